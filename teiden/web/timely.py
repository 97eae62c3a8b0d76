"""Hangs up on connections that do not say in time what they want: many slow ones would keep others out."""

from __future__ import annotations

import asyncio

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

LIMIT_S = 10.0
"""From the connection, or the end of the last answer, to the end of the next request's head."""


class Timely(H11Protocol):
    """uvicorn waits for the head of a request as long as bytes trickle in; this one does not."""

    _hurry: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._hurry is not None:
            self._hurry.cancel()
        super().connection_lost(exc)

    def _wait(self) -> None:
        """The clock runs while no request is under way; what trickles in does not set it back."""
        idle = self.conn.their_state is h11.IDLE
        if idle and self._hurry is None:
            self._hurry = self.loop.call_later(LIMIT_S, self._late)
        elif not idle and self._hurry is not None:
            self._hurry.cancel()
            self._hurry = None

    def _late(self) -> None:
        self._hurry = None
        if not self.transport.is_closing():
            self.transport.abort()
