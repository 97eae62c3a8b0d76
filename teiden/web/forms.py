"""What a form sent: small, of one kind, read once."""

from __future__ import annotations

import asyncio
from urllib.parse import parse_qsl

from starlette.requests import ClientDisconnect, Request

LARGEST = 64 * 1024
MOST_FIELDS = 2_100
"""Every server of the largest hall, and a few words."""
LIMIT_S = 10.0
KIND = "application/x-www-form-urlencoded"


class NoForm(Exception):
    """Why nothing can be made of what came, and the status to answer with."""

    def __init__(self, why: str, status: int) -> None:
        super().__init__(why)
        self.status = status


class Form:
    """Fields in the order in which they were sent; a name may come several times."""

    def __init__(self, fields: list[tuple[str, str]]) -> None:
        self._fields = fields

    def get(self, name: str, default: str = "") -> str:
        return next((value for key, value in self._fields if key == name), default)

    def all(self, name: str) -> tuple[str, ...]:
        return tuple(value for key, value in self._fields if key == name)


async def form_of(request: Request) -> Form:
    """The form of this request, however often it is asked for. Raises NoForm."""
    kept = getattr(request.state, "form", None)
    if kept is None:
        kept = request.state.form = await _read(request)
    assert isinstance(kept, Form)
    return kept


async def _read(request: Request) -> Form:
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != KIND:
        raise NoForm(f"a form comes as {KIND}", 415)
    text = b""
    try:
        async with asyncio.timeout(LIMIT_S):
            async for part in request.stream():
                text += part
                if len(text) > LARGEST:
                    raise NoForm(f"a form has {LARGEST} bytes at most", 413)
        fields = parse_qsl(
            text.decode("utf-8"), keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict"
        )
    except (TimeoutError, ClientDisconnect):
        raise NoForm(f"it did not come within {LIMIT_S:g} s", 408) from None
    except ValueError:
        raise NoForm("it is no form", 400) from None
    return Form(fields)
