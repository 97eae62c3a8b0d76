"""An array behind our own line protocol on TCP 6001 (R6-41; docs/array-protocol.md).

The vendor's protocol on that port is not public and this is not it. It is what a small service in
front of an array speaks, or a script at its management host.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass

from realtime.arrays.connection import Connection, connected
from realtime.arrays.protocol import Misspoken
from realtime.arrays.words import status_from
from realtime.contacts import ArrayContact
from realtime.secret import NoSecret, secret_at
from sequencer.ports import Accepted, ArrayStatus, Receipt, Unreachable


@dataclass
class Attempt:
    sent: bool = False
    """The request may have reached the service."""


class LineArray:
    """An ArrayDriver. Keeps one connection, connects anew when it is lost, asks one thing at a time.

    `limit_s`: for a request as a whole, with connecting and waiting for the one before. After a late or
    wrong answer the connection is given up, so that no answer is ever taken for another request's.
    """

    def __init__(self, contact: ArrayContact, name: str, *, limit_s: float) -> None:
        self._contact = contact
        self._name = name
        self._limit_s = limit_s
        self._turn = asyncio.Lock()
        self._connection: Connection | None = None

    async def read(self) -> ArrayStatus | Unreachable:
        answer = await self._within_limit(self._ask("state", Attempt()))
        if isinstance(answer, Unreachable):
            return answer
        return status_from(answer) or Unreachable(f"it said {answer[:60]!r}, which is no state")

    async def flush(self) -> Receipt:
        """Accepted also when a flush is under way already: it then starts nothing new."""
        attempt = Attempt()
        answer = await self._within_limit(self._ask("flush", attempt))
        if isinstance(answer, Unreachable):
            silent = attempt.sent or answer.reason.startswith("no answer")
            return Receipt(Accepted.UNKNOWN if silent else Accepted.NO, answer.reason)
        verdict, _, reason = answer.partition(" ")
        if verdict not in ("accepted", "refused"):
            return Receipt(Accepted.UNKNOWN, f"it said {answer[:60]!r}, which is no answer to a flush")
        return Receipt(Accepted.YES if verdict == "accepted" else Accepted.NO, reason)

    async def close(self) -> None:
        self._drop()

    async def _within_limit(self, asking: Awaitable[str]) -> str | Unreachable:
        try:
            async with asyncio.timeout(self._limit_s):
                return await asking
        except TimeoutError:
            return Unreachable(f"no answer in {self._limit_s:g} s")
        except (Misspoken, NoSecret) as trouble:
            return Unreachable(str(trouble))
        except OSError as trouble:
            return Unreachable((trouble.strerror or str(trouble)).lower())

    async def _ask(self, request: str, attempt: Attempt) -> str:
        async with self._turn:
            answered = False
            try:
                connection = await self._open_connection()
                attempt.sent = True
                answer = await connection.ask(request)
                answered = True
                return answer
            finally:
                if not answered:
                    self._drop()

    async def _open_connection(self) -> Connection:
        if self._connection is None or self._connection.lost:
            self._drop()
            contact = self._contact
            word = secret_at(contact.secret) if contact.secret else None
            self._connection = await connected(contact.host, contact.port, self._name, word)
        return self._connection

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
