"""What is turned away before any page is asked: other names than ours, and bodies that are no form."""

from __future__ import annotations

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from teiden.web.forms import LARGEST
from teiden.web.settings import Settings

METHODS = frozenset(("GET", "HEAD", "POST"))


class Doorstep:
    """Plain ASGI. A name that is not ours is a page elsewhere that calls our address by its own (SEC-10)."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._hosts = settings.hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and (refusal := self._refusal(scope)) is not None:
            await refusal(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _refusal(self, scope: Scope) -> PlainTextResponse | None:
        headers: list[tuple[bytes, bytes]] = scope["headers"]
        hosts = [value.decode("latin-1") for name, value in headers if name == b"host"]
        if len(hosts) != 1 or _name(hosts[0]) not in self._hosts:
            return PlainTextResponse("nobody of that name lives here\n", status_code=421)
        if scope["method"] not in METHODS:
            return PlainTextResponse("no such method here\n", status_code=405)
        sizes = [value for name, value in headers if name == b"content-length"]
        chunked = any(name == b"transfer-encoding" for name, _ in headers)
        if sizes and (chunked or len(sizes) > 1):
            return _closed("a body has one length\n", 400)  # two ends of a wire may choose another one each
        if any(not size.isdigit() or int(size[:20]) > LARGEST for size in sizes):
            return _closed(f"{LARGEST} bytes are enough\n", 413)
        if scope["method"] != "POST" and (chunked or any(int(size) for size in sizes)):
            return _closed("nothing to read there\n", 413)
        return None


def _closed(why: str, status: int) -> PlainTextResponse:
    return PlainTextResponse(why, status_code=status, headers={"Connection": "close"})


def _name(host: str) -> str:
    """Without the port, without the brackets of an IPv6 address."""
    if host.startswith("["):
        return host[1:].partition("]")[0].lower()
    return host.partition(":")[0].lower()
