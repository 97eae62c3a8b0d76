"""A pretend array that answers our line protocol on a real socket (docs/array-protocol.md).

It says nothing while the array has no power or is unreachable: whoever connects waits in vain, as with
a machine that is off. Its faults are switches that may be turned while it runs.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol, TypeVar

from realtime.arrays.protocol import MAX_LINE, Greeting, Handshake, Misspoken, fresh_challenge, text_of
from realtime.arrays.words import words_of
from realtime.secret import Secret
from sequencer.ports import Receipt
from sim.array import Array

T = TypeVar("T")


class Act(Protocol):
    """Does something with the room at the wall's now."""

    def __call__(self, do: Callable[[], T], /) -> T: ...


class ArrayService:
    """`word`: whoever asks must prove that he knows it, and is shown that we do."""

    def __init__(
        self,
        array: Array,
        act: Act,
        *,
        word: Secret | None = None,
        reachable: Callable[[], bool] = lambda: True,
    ) -> None:
        self._array = array
        self._act = act
        self._reachable = reachable
        self._word = word
        self._server: asyncio.Server | None = None
        self._callers: set[asyncio.Task[None]] = set()
        self.port = 0
        self.silent = False
        """Fault: it hears everything and says nothing."""
        self.hangs_up = False
        """Fault: it carries out a request and hangs up without an answer."""
        self.version = 1
        """Fault: any other number is a version nobody here speaks."""

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> None:
        """Port 0: any that is free; `port` says which. OSError if it is taken."""
        self._server = await asyncio.start_server(self._serve, host, port, limit=MAX_LINE)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        assert self._server is not None
        self._server.close()
        callers = list(self._callers)
        for caller in callers:
            caller.cancel()
        await asyncio.gather(*callers, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        caller = asyncio.current_task()
        assert caller is not None
        self._callers.add(caller)
        try:
            await self._converse(reader, writer)
        except (OSError, EOFError, asyncio.LimitOverrunError, asyncio.CancelledError):
            pass  # it has gone, never ends its line, or the service is closing
        finally:
            self._callers.discard(caller)
            writer.close()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        greeting = Greeting(self._array.name, fresh_challenge() if self._word else "", self.version)
        proven = self._word is None
        if self._answers():
            writer.write(greeting.line)
        while line := await reader.readuntil(b"\n"):
            if not self._answers():
                continue
            try:
                number, verb, rest = _request(line)
            except Misspoken as error:
                writer.write(f"0 error {error}\n".encode())
                return
            if verb == "prove" and not proven:
                answer, proven = self._prove(greeting, rest)
            else:
                answer = self._answer(verb) if proven else "error prove first"
            if self.hangs_up:
                return
            if not self._reachable():
                continue  # the LAN went while it was asked, and nobody hears the answer
            writer.write(f"{number} {answer}\n".encode())
            await writer.drain()
            if answer.startswith("error"):
                return

    def _answers(self) -> bool:
        return not self.silent and self._reachable() and self._act(self._array.read) is not None

    def _prove(self, greeting: Greeting, rest: str) -> tuple[str, bool]:
        challenge, _, proof = rest.partition(" ")
        assert self._word is not None
        handshake = Handshake(greeting.name, greeting.challenge, challenge)
        if not handshake.is_proven(proof, self._word, "client"):
            return "error wrong proof", False
        return f"proven {handshake.proof(self._word, 'service')}", True

    def _answer(self, verb: str) -> str:
        match verb:
            case "state":
                status = self._act(self._array.read)
                return "error no power" if status is None else words_of(status)
            case "flush":
                return _told(self._act(self._array.flush))
        return "error unknown request"


def _request(line: bytes) -> tuple[str, str, str]:
    number, _, told = text_of(line).partition(" ")
    verb, _, rest = told.partition(" ")
    if not number.isdecimal() or len(number) > 20 or not verb:
        raise Misspoken("a request is a number and a word")
    return number, verb, rest


def _told(receipt: Receipt) -> str:
    return f"{'accepted' if receipt.ok else 'refused'} {receipt.reason}".rstrip()
