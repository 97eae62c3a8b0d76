"""The line to one management controller: HTTPS with a pinned CA, one request at a time, bounded answers.

Controllers are small computers: two requests at once upset some, and most let only a few sessions in.
So there is one connection, kept alive, and one session, given back at the end. What a controller
answers is untrusted: too long, too slow, not JSON or of the wrong shape is a reason, never an error.
"""

from __future__ import annotations

import asyncio
import base64
import json
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from realtime.contacts import RedfishContact
from realtime.secret import NoSecret, Secret, secret_at
from realtime.servers.banner import no_way

MOST_BYTES = 256 * 1024
"""A ComputerSystem of a full blade is some 10 kB."""
SESSIONS = "/redfish/v1/SessionService/Sessions"
NO_SESSIONS = (404, 405, 501)
"""Answers of a controller that only knows a name and a pass phrase with each request."""


class NoLink(Exception):
    """No answer that could be understood; why. `sent`: the request may have arrived all the same."""

    def __init__(self, reason: str, *, sent: bool = False) -> None:
        super().__init__(reason)
        self.sent = sent


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    body: dict[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    @property
    def words(self) -> str:
        """What it says against it, as far as it follows the standard."""
        error = self.body.get("error")
        error = error if isinstance(error, dict) else {}
        infos = error.get("@Message.ExtendedInfo")
        first = infos[0] if isinstance(infos, list) and infos and isinstance(infos[0], dict) else {}
        said = first.get("Message") or error.get("message")
        return f"HTTP {self.status}: {said[:200]}" if isinstance(said, str) else f"HTTP {self.status}"


class Link:
    """`limit_s`: of one request, waiting for its turn and opening a session included."""

    def __init__(
        self, contact: RedfishContact, *, limit_s: float, secret: Callable[[str], Secret] = secret_at
    ) -> None:
        self._contact = contact
        self._limit_s = limit_s
        self._secret = secret
        self._one_at_a_time = asyncio.Lock()
        self._http: aiohttp.ClientSession | None = None
        self._entry: dict[str, str] = {}
        """The header that lets us in."""
        self._session_at = ""
        """Where the session is to be given back."""

    async def ask(
        self,
        method: str,
        path: str,
        body: dict[str, Any] | None = None,
        headers: Mapping[str, str] = {},
        *,
        limit_s: float | None = None,
    ) -> Reply:
        """Raises NoLink. A session that the controller has forgotten is opened anew, once."""
        limit_s = self._limit_s if limit_s is None else limit_s
        sent = False
        try:
            async with asyncio.timeout(limit_s), self._one_at_a_time:
                if not self._entry:
                    await self._enter()
                sent = method != "GET"
                reply = await self._send(method, path, body, headers)
                if reply.status == 401:
                    await self._enter()
                    reply = await self._send(method, path, body, headers)
        except TimeoutError:
            raise NoLink(f"no answer in {limit_s:g} s", sent=sent) from None
        if reply.status == 401:
            raise NoLink(f"it does not let {self._contact.user or 'us'} in")
        return reply

    async def close(self) -> None:
        if self._http is None:
            return
        if self._session_at:
            try:
                async with asyncio.timeout(self._limit_s), self._one_at_a_time:
                    await self._send("DELETE", self._session_at)
            except (TimeoutError, NoLink):
                pass  # it forgets the session by itself, in time
        await self._http.close()
        self._http, self._entry, self._session_at = None, {}, ""

    async def _enter(self) -> None:
        """A session if it knows them, else name and pass phrase with every request."""
        self._entry, self._session_at = {}, ""
        user = self._contact.user
        if not user:
            return
        try:
            secret = self._secret(self._contact.secret)
        except NoSecret as error:
            raise NoLink(str(error)) from None
        reply = await self._send("POST", SESSIONS, {"UserName": user, "Password": secret.reveal()})
        token = reply.headers.get("X-Auth-Token", "")
        if reply.ok and token:
            self._entry = {"X-Auth-Token": token}
            self._session_at = path_in(reply.body, "@odata.id") or path_in(reply.headers, "Location")
        elif reply.status in NO_SESSIONS:
            both = f"{user}:{secret.reveal()}".encode()
            self._entry = {"Authorization": f"Basic {base64.b64encode(both).decode()}"}
        else:
            raise NoLink(f"it opens no session for {user}: {reply.words}")

    async def _send(
        self, method: str, path: str, body: dict[str, Any] | None = None, headers: Mapping[str, str] = {}
    ) -> Reply:
        try:
            async with self._open().request(
                method,
                self._contact.url.rstrip("/") + path,
                json=body,
                headers={**self._entry, **headers, "Accept-Encoding": "identity"},
                allow_redirects=False,  # our entry is for this controller alone
            ) as response:
                return Reply(response.status, await _body(response), response.headers)
        except aiohttp.ClientConnectorCertificateError as error:
            raise NoLink(f"its certificate is not trusted: {_why(error.certificate_error)}") from None
        except aiohttp.ClientConnectorDNSError:
            raise NoLink("its name has no address") from None
        except aiohttp.ClientConnectorError as error:
            raise NoLink(no_way(error.os_error)) from None
        except (aiohttp.InvalidURL, aiohttp.NonHttpUrlClientError):
            raise NoLink(f"{self._contact.url!r} is no https address") from None
        except (aiohttp.ClientError, OSError) as error:
            raise NoLink(f"the connection was lost: {type(error).__name__}", sent=True) from None

    def _open(self) -> aiohttp.ClientSession:
        if self._http is None:
            if not self._contact.url.startswith("https://"):
                raise NoLink(f"{self._contact.url!r} is no https address")
            connector = aiohttp.TCPConnector(limit=1, ssl=trusting(self._contact.ca), keepalive_timeout=60.0)
            self._http = aiohttp.ClientSession(connector=connector, auto_decompress=False)
        return self._http


def trusting(ca: str) -> ssl.SSLContext:
    """Trusts what this file certifies, and nothing else: not what the system trusts either (SEC-8)."""
    if not ca:
        raise NoLink("no certificate of it, or of its CA, is named (ca)")
    try:
        context = ssl.create_default_context(cafile=ca)
    except (OSError, ssl.SSLError) as error:
        raise NoLink(f"{ca}: {error.strerror or 'no certificate in it'}") from None
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN  # the controller's own certificate will do
    return context


def path_in(answer: Mapping[str, Any], key: str) -> str:
    """On the same controller, or empty: an answer must not send us, and what lets us in, elsewhere."""
    where = answer.get(key)
    fine = (
        isinstance(where, str) and where.startswith("/redfish/") and where.isascii() and where.isprintable()
    )
    return str(where) if fine else ""


async def _body(response: aiohttp.ClientResponse) -> dict[str, Any]:
    """{} where there is none, or an unsuccessful answer has none that we understand."""
    data = bytearray()
    async for piece in response.content.iter_chunked(16 * 1024):
        data += piece
        if len(data) > MOST_BYTES:
            raise NoLink(f"its answer is longer than {MOST_BYTES} bytes", sent=True)
    if not data:
        return {}
    try:
        body = json.loads(data)
    except (ValueError, RecursionError):
        body = None
    if isinstance(body, dict):
        return body
    if response.status >= 300:
        return {}
    raise NoLink("its answer is no JSON object", sent=True)


def _why(error: Exception) -> str:
    return str(getattr(error, "verify_message", "") or getattr(error, "reason", "") or type(error).__name__)
