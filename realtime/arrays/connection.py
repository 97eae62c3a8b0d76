"""One connection to an array's service: greeted, proven, one numbered request at a time."""

from __future__ import annotations

import asyncio

from realtime.arrays.protocol import (
    MAX_LINE,
    Greeting,
    Handshake,
    Misspoken,
    fresh_challenge,
    greeting_from,
    text_of,
)
from realtime.breaking_off import break_off
from realtime.secret import Secret


class HungUp(ConnectionError):
    """The other side closed the connection."""


class Connection:
    """Time limits are its caller's; whatever goes wrong, it is closed and not used again."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._asked = 0

    @property
    def lost(self) -> bool:
        """As far as it is known without asking: the other side has hung up, or we have."""
        return self._reader.at_eof() or self._writer.is_closing()

    async def ask(self, request: str) -> str:
        """Send one request and hear its answer. An answer with another number is none (Misspoken)."""
        self._asked += 1
        self._writer.write(f"{self._asked} {request}\n".encode())
        await self._writer.drain()
        number, _, answer = text_of(await self._line()).partition(" ")
        if number != str(self._asked):
            raise Misspoken(f"it answered to {number[:20]!r}, which was not asked")
        if answer == "error" or answer.startswith("error "):
            raise Misspoken(f"it said: {answer[:200]}")
        return answer

    async def greeted(self) -> Greeting:
        return greeting_from(await self._line())

    def close(self) -> None:
        """At once: what is still under way there is the service's business."""
        break_off(self._writer)

    async def _line(self) -> bytes:
        try:
            return await self._reader.readuntil(b"\n")
        except asyncio.IncompleteReadError as end:
            raise HungUp("it hung up in the middle of a line" if end.partial else "it hung up") from None
        except asyncio.LimitOverrunError:
            raise Misspoken(f"a line has more than {MAX_LINE} bytes") from None


async def connected(host: str, port: int, name: str, word: Secret | None) -> Connection:
    """Connect to the service of the array `name`, and prove the shared word both ways if there is one.

    OSError if nobody is there; Misspoken if it is another array, another protocol, or does not know the
    word. A service that asks for no proof where a word is set may be anybody's: it is not believed.
    """
    connection = Connection(*await asyncio.open_connection(host, port, limit=MAX_LINE))
    try:
        greeting = await connection.greeted()
        if greeting.name != name:
            raise Misspoken(f"it speaks for {greeting.name!r}, not for {name!r}: is the address right?")
        await _prove(connection, greeting, word)
    except BaseException:
        connection.close()
        raise
    return connection


async def _prove(connection: Connection, greeting: Greeting, word: Secret | None) -> None:
    if not greeting.challenge:
        if word is not None:
            raise Misspoken("it asks for no proof, but a shared word is set for it")
        return
    if word is None:
        raise Misspoken("it asks for a proof of a shared word, and none is set for it")
    handshake = Handshake(greeting.name, greeting.challenge, fresh_challenge())
    asked = f"prove {handshake.from_client} {handshake.proof(word, 'client')}"
    verb, _, proof = (await connection.ask(asked)).partition(" ")
    if verb != "proven" or not handshake.is_proven(proof, word, "service"):
        raise Misspoken("it does not know the shared word")
