"""The calling side of the link: one kept connection to a peer, made anew when it is gone.

It is dropped as soon as a question stays without its answer, and the next question makes a new one. What
was asked and is not answered is never sent again by itself.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from realtime.breaking_off import break_off
from realtime.contacts import PeerContact
from realtime.peers.lines import (
    MAX_LINE,
    Hello,
    Malformed,
    Told,
    hello_line,
    line_of,
    number_of,
    object_of,
    short,
    told_from,
)
from realtime.peers.listener import HANG_UP_S, hang_up
from realtime.peers.tls import names_of

MOST_WAITING = 100
"""Questions without an answer on one connection."""
Answer = dict[str, Any]
Part = Callable[[Answer], None]


class Silent(Exception):
    """No answer, and why. `sent`: the question may have been heard all the same."""

    def __init__(self, reason: str, *, sent: bool = False) -> None:
        super().__init__(reason)
        self.sent = sent


class Connection:
    """One conversation, greeted and known to be with the peer that is meant."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, welcome: Told) -> None:
        self.welcome = welcome
        self.over = False
        self._reader = reader
        self._writer = writer
        self._n = 0
        self._silent_since_s: float | None = None
        """Since when it owes us an answer and says nothing; None: it does not."""
        self._waiting: dict[int, tuple[asyncio.Future[Answer], Part | None]] = {}
        self._hearing = asyncio.get_running_loop().create_task(self._hear())

    async def ask(self, told: Answer, by_s: float, part: Part | None = None) -> Answer:
        """Its answer; the parts before the last go to `part`. `by_s` is a time of the loop's clock."""
        if len(self._waiting) >= MOST_WAITING:
            raise Silent("too many questions wait for an answer")
        self._n += 1
        n = self._n
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Answer] = loop.create_future()
        self._waiting[n] = answer, part
        if self._silent_since_s is None:
            self._silent_since_s = loop.time()
        try:
            async with asyncio.timeout_at(by_s):
                self._writer.write(line_of({"n": n, **told}))
                await self._writer.drain()
                return await answer
        except TimeoutError:
            self.drop("no answer in time")
            raise Silent("no answer in time", sent=True) from None
        except OSError as error:
            self.drop(reason_of(error))
            raise Silent(reason_of(error), sent=True) from None
        finally:
            self._waiting.pop(n, None)
            if answer.done() and not answer.cancelled():
                answer.exception()  # looked at, whoever went away first

    def lost(self, limit_s: float) -> bool:
        """Whether another one should be made: it is over, or has owed us an answer for too long."""
        silent_since_s = self._silent_since_s
        owes = silent_since_s is not None and asyncio.get_running_loop().time() - silent_since_s > limit_s
        return self.over or owes

    def drop(self, why: str) -> None:
        """Nothing more is heard on it; what still waits is told why."""
        self.over = True
        break_off(self._writer)
        for answer, _ in self._waiting.values():
            if not answer.done():
                answer.set_exception(Silent(why, sent=True))

    async def close(self) -> None:
        self.drop("the link is closed")
        self._hearing.cancel()
        await asyncio.gather(self._hearing, return_exceptions=True)
        await hang_up(self._writer)

    async def _hear(self) -> None:
        try:
            while True:
                told = object_of(await _line(self._reader))
                self._silent_since_s = None
                answer, part = self._waiting.get(number_of(told), (None, None))
                if told.get("more") is True and part is not None:
                    part(told)
                elif answer is not None and not answer.done():
                    answer.set_result(told)
        except Malformed as error:
            self.drop(f"it does not speak our language: {error}")
        except OSError as error:
            self.drop(reason_of(error))
        except EOFError:
            self.drop("it hung up")


class Caller:
    """Reaches one peer. Questions of one node to another are few: one connection carries them all."""

    def __init__(
        self, name: str, contact: PeerContact | None, context: ssl.SSLContext, hello: Hello, limit_s: float
    ) -> None:
        """`limit_s`: of a connection and its answer. `contact` None: the site does not say where it is."""
        self._name = name
        self._contact = contact
        self._context = context
        self._hello = hello
        self._limit_s = limit_s
        self._kept: Connection | None = None
        self._making: asyncio.Task[Connection] | None = None
        self._closed = False

    async def ask(self, told: Answer) -> Answer:
        """On the kept connection. Raises Silent."""
        by_s = asyncio.get_running_loop().time() + self._limit_s
        connection = await self._in_time(self._connection(), by_s)
        return await connection.ask(told, by_s)

    async def ask_apart(self, told: Answer, limit_s: float, part: Part | None = None) -> Answer:
        """On a connection of its own, for what may take longer. Raises Silent."""
        began_s = asyncio.get_running_loop().time()
        connection = await self._in_time(self._greeted(), began_s + self._limit_s)
        try:
            return await connection.ask(told, began_s + limit_s, part)
        finally:
            await connection.close()

    async def close(self) -> None:
        self._closed = True
        if self._making is not None:
            self._making.cancel()
            await asyncio.gather(self._making, return_exceptions=True)
        if self._kept is not None:
            await self._kept.close()

    async def _connection(self) -> Connection:
        """The kept one. It is made by a task of its own: who asks may give up sooner, and the next has it."""
        if self._kept is not None and not self._kept.lost(self._limit_s):
            return self._kept
        if self._making is None or self._making.done():
            self._making = asyncio.get_running_loop().create_task(self._renew())
            self._making.add_done_callback(_looked_at)
        return await asyncio.shield(self._making)

    async def _renew(self) -> Connection:
        if self._kept is not None:
            await self._kept.close()
            self._kept = None
        async with asyncio.timeout(self._limit_s):
            self._kept = await self._greeted()
        return self._kept

    async def _in_time(self, connecting: Awaitable[Connection], by_s: float) -> Connection:
        try:
            async with asyncio.timeout_at(by_s):
                return await connecting
        except TimeoutError:
            raise Silent(f"no answer in {self._limit_s:g} s") from None
        except OSError as error:
            raise Silent(reason_of(error)) from None
        except EOFError:
            raise Silent("it hung up") from None
        except Malformed as error:
            raise Silent(f"it does not speak our language: {error}") from None

    async def _greeted(self) -> Connection:
        if self._closed:
            raise Silent("the link is closed")
        if self._contact is None:
            raise Silent(f"the site names no address of {self._name}")
        reader, writer = await asyncio.open_connection(
            self._contact.host,
            self._contact.port,
            limit=MAX_LINE,
            ssl=self._context,
            server_hostname="",
            ssl_handshake_timeout=self._limit_s,
            ssl_shutdown_timeout=HANG_UP_S,
        )
        try:
            names = names_of(writer.get_extra_info("ssl_object"))
            if self._name not in names:
                shown = ", ".join(sorted(names)) or "nobody"
                raise Silent(f"its certificate is for {shown}, not for {self._name}")
            writer.write(hello_line(self._hello))
            told = object_of(await _line(reader))
            if "refused" in told:
                raise Silent(f"it turned us away: {short(told['refused'])}")
            welcome = told_from(told)
            if welcome.node != self._name:
                raise Silent(f"it calls itself {short(welcome.node)}")
            return Connection(reader, writer, welcome)
        except BaseException:
            break_off(writer)
            with suppress(OSError):
                await writer.wait_closed()
            raise


def _looked_at(made: asyncio.Task[Connection]) -> None:
    """Nobody may be waiting for it any more."""
    if not made.cancelled():
        made.exception()


async def _line(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.readuntil(b"\n")
    except asyncio.LimitOverrunError:
        raise Malformed(f"a line has {MAX_LINE} bytes at most") from None


def reason_of(error: OSError) -> str:
    """Why the connection did not come about or broke, in words."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not one of ours ({error.verify_message})"
    if isinstance(error, ssl.SSLError):
        return f"no agreement on certificates ({error.reason or error.strerror})"
    return (error.strerror or str(error)).lower() or "the connection broke"
