"""CLUSTERPRO's status by its RESTful API (X 4.2 and later, TCP 29009): servers and groups, read only.

`GET /api/v1/servers` answers `{"servers": [{"name", "status"}, ...], "result": {"code", "message"}}`,
`GET /api/v1/groups` `{"groups": [{"name", "status", "current"}, ...], "result": ...}`, with Basic
authentication by a user of the system. Commands are not sent this way: who stops a cluster over the
network stops with the network.
"""

from __future__ import annotations

import asyncio
import base64
import json
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from realtime.clusters.report import Group, Report, group
from realtime.contacts import ClusterContact
from realtime.secret import NoSecret, Secret, secret_at
from sequencer.ports import Unreachable

MOST_BYTES = 1024 * 1024
"""Of one answer; a group is some hundred."""


class NoReport(Exception):
    """Why it told nothing, in words."""


class RestStatus:
    """Keeps its connection. `limit_s`: for both requests together."""

    def __init__(self, contact: ClusterContact, *, limit_s: float) -> None:
        self._contact = contact
        self._base = contact.rest_url.rstrip("/") + "/api/v1/"
        self._limit_s = limit_s
        self._session: aiohttp.ClientSession | None = None

    async def read(self) -> Report | Unreachable:
        try:
            async with asyncio.timeout(self._limit_s):
                servers, groups = await self._list("servers"), await self._list("groups")
            return Report(
                {_text(s, "name").lower(): _text(s, "status").lower() for s in servers}, _groups(groups)
            )
        except TimeoutError:
            return Unreachable(f"no answer in {self._limit_s:g} s")
        except (NoReport, NoSecret) as error:
            return Unreachable(str(error))
        except (aiohttp.ClientError, OSError, ValueError) as error:
            return Unreachable(f"{self._contact.rest_url}: {str(error) or type(error).__name__}")

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _list(self, what: str) -> list[dict[str, Any]]:
        login = self._login()
        session = self._open_session()
        async with session.get(self._base + what, headers=login, allow_redirects=False) as answer:
            told = _object(await _bounded(answer))
            result = told.get("result")
            code = result.get("code") if isinstance(result, dict) else None
            if answer.status != 200 or code not in (0, None):
                message = result.get("message", "") if isinstance(result, dict) else ""
                raise NoReport(
                    f"{what}: HTTP {answer.status}, result {code}: {str(message)[:200]}".rstrip(": ")
                )
            found = told.get(what)
        if not isinstance(found, list) or not all(isinstance(entry, dict) for entry in found):
            raise NoReport(f"{what}: the answer has no list of them")
        return found

    def _open_session(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar(), trust_env=False)
        return self._session

    def _login(self) -> dict[str, str]:
        """SEC-8: over plain HTTP the password would be read by anybody on the way."""
        contact = self._contact
        if not contact.rest_user:
            return {}
        address = urlsplit(contact.rest_url)
        if address.scheme != "https" and address.hostname not in ("localhost", "127.0.0.1", "::1"):
            raise NoReport("a password over http:// goes to this machine only; use https://")
        return {"Authorization": basic(contact.rest_user, secret_at(contact.rest_secret))}


def basic(user: str, word: Secret) -> str:
    """The value of an Authorization header (RFC 7617)."""
    return "Basic " + base64.b64encode(f"{user}:{word.reveal()}".encode()).decode("ascii")


async def _bounded(answer: aiohttp.ClientResponse) -> bytes:
    content = b""
    async for piece in answer.content.iter_any():
        content += piece
        if len(content) > MOST_BYTES:
            raise NoReport(f"an answer has more than {MOST_BYTES} bytes")
    return content


def _object(content: bytes) -> dict[str, Any]:
    with suppress(ValueError, RecursionError):
        told = json.loads(content)
        if isinstance(told, dict):
            return told
    return {}


def _groups(told: list[dict[str, Any]]) -> tuple[Group, ...]:
    return tuple(group(_text(g, "name"), _text(g, "status"), str(g.get("current") or "")) for g in told)


def _text(entry: dict[str, Any], key: str) -> str:
    value = entry.get(key)
    if not isinstance(value, str):
        raise NoReport(f"an entry has no {key}")
    return value
