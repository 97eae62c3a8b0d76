"""The listening side of the link: lets callers in as far as they can show a certificate, and never too many.

A caller that has shown none is a stranger. Strangers are few at a time: when one more comes, the one that
has been at it longest has to go, so that a crowd that only holds its connections open does not keep a
peer out. Whoever has shown its certificate is no stranger any more and is not touched by the crowd.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import ssl
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial

from realtime.breaking_off import break_off
from realtime.contacts import PeerContact
from realtime.peers.complaints import Complaints
from realtime.peers.lines import MAX_LINE
from realtime.peers.tls import names_of

log = logging.getLogger(__name__)

BACKLOG = 128
"""Callers that the system holds for us. With too few of them a peer waits a second before it knocks again."""
CROWDED_S = 0.002
"""While strangers are being sent away, one more is let in this often: the rest of the service goes on."""
NO_FILES_S = 0.2
"""Breath after the system could not give us a connection, e.g. because too many files are open."""
HANG_UP_S = 0.5
BEGIN_S = 0.01
"""A caller let in just now is not served yet; it gets this long, to be hung up on in good order."""
FREEBIND = {socket.AF_INET: (socket.IPPROTO_IP, 15), socket.AF_INET6: (socket.IPPROTO_IPV6, 78)}
"""Linux: an address may be listened at before it is there; after an outage the switch comes up last."""

Converse = Callable[[asyncio.StreamReader, asyncio.StreamWriter, frozenset[str]], Awaitable[None]]


class CannotListen(Exception):
    """Where, and why not."""


class Listener:
    """`converse` gets each caller whose certificate is from our CA, and the names in it."""

    def __init__(
        self,
        contact: PeerContact,
        context: ssl.SSLContext,
        converse: Converse,
        *,
        stranger_limit_s: float = 3.0,
        most_strangers: int = 16,
    ) -> None:
        """`stranger_limit_s`: a caller shows its certificate within this time."""
        self._contact = contact
        self._context = context
        self._converse = converse
        self._stranger_limit_s = stranger_limit_s
        self._most_strangers = most_strangers
        self._socket: socket.socket | None = None
        self._accepting: asyncio.Task[None] | None = None
        self._callers: set[asyncio.Task[None]] = set()
        self._strangers: dict[asyncio.Task[None], None] = {}
        """In the order in which they came."""
        self._complaints = Complaints(log)
        self.turned_away = 0
        """Callers without a certificate of ours, so far."""

    def open(self) -> None:
        """Listen from here on, or CannotListen. On a running loop."""
        self._socket = _listening(self._contact)
        self._accepting = asyncio.get_running_loop().create_task(self._accept(self._socket))

    @property
    def port(self) -> int:
        assert self._socket is not None, "not open"
        return int(self._socket.getsockname()[1])

    async def close(self) -> None:
        if self._socket is None or self._accepting is None:
            return
        self._accepting.cancel()
        await asyncio.gather(self._accepting, return_exceptions=True)
        self._socket.close()
        await asyncio.sleep(BEGIN_S)
        callers = list(self._callers)
        for caller in callers:
            caller.cancel()
        await asyncio.gather(*callers, return_exceptions=True)

    async def _accept(self, listener: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                connection, _ = await loop.sock_accept(listener)
            except OSError as error:
                self._complaints.say("the listener", f"no connection can be taken: {error.strerror}")
                await asyncio.sleep(NO_FILES_S)
                continue
            crowded = len(self._strangers) >= self._most_strangers
            if crowded:
                next(iter(self._strangers)).cancel()
            caller = loop.create_task(self._meet(connection))
            self._callers.add(caller)
            self._strangers[caller] = None
            caller.add_done_callback(partial(self._gone, connection))
            await asyncio.sleep(CROWDED_S if crowded else 0)  # the caller has begun by now

    def _gone(self, connection: socket.socket, caller: asyncio.Task[None]) -> None:
        self._callers.discard(caller)
        if caller in self._strangers:
            del self._strangers[caller]
            self.turned_away += 1
        connection.close()  # also where it was sent away before it had begun
        if not caller.cancelled() and (fault := caller.exception()) is not None:
            told = {"message": "a peer could not be answered", "exception": fault}
            caller.get_loop().call_exception_handler(told)

    async def _meet(self, connection: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        reader = asyncio.StreamReader(limit=MAX_LINE, loop=loop)
        protocol = asyncio.StreamReaderProtocol(reader, loop=loop)
        try:
            transport, _ = await loop.connect_accepted_socket(
                lambda: protocol,
                connection,
                ssl=self._context,
                ssl_handshake_timeout=self._stranger_limit_s,
                ssl_shutdown_timeout=HANG_UP_S,
            )
        except OSError as error:  # an ssl.SSLError is one too
            self._complaints.say(
                "strangers", f"one without a certificate of ours was turned away ({_why(error)})"
            )
            return
        caller = asyncio.current_task()
        assert caller is not None
        self._strangers.pop(caller, None)
        writer = asyncio.StreamWriter(transport, protocol, reader, loop)
        try:
            await self._converse(reader, writer, names_of(writer.get_extra_info("ssl_object")))
        finally:
            await hang_up(writer)


async def hang_up(writer: asyncio.StreamWriter) -> None:
    """What was said last still goes out, unless nobody reads it."""
    writer.close()
    try:
        async with asyncio.timeout(HANG_UP_S):
            await writer.wait_closed()
    except OSError:  # time-outs too
        pass
    finally:
        break_off(writer)


def _listening(contact: PeerContact) -> socket.socket:
    family = socket.AF_INET6 if ":" in contact.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if sys.platform == "linux":
            with suppress(OSError):
                listener.setsockopt(*FREEBIND[family], 1)
        listener.bind((contact.host, contact.port))
        listener.listen(BACKLOG)
        listener.setblocking(False)
    except OSError as error:
        listener.close()
        why = error.strerror or str(error)
        raise CannotListen(f"{contact.host} port {contact.port}: {why}") from None
    return listener


def _why(error: OSError) -> str:
    return str(getattr(error, "reason", None) or error.strerror or error)
