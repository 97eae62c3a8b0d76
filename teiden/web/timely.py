"""Hangs up on connections that do not get on: many slow ones would keep others out.

Each stage of a request has its limit, and what trickles in sets none back. Of those that have not said yet
what they want only so many are kept: for one more the oldest goes, of whoever has most. A browser says what
it wants at once, so it gets in while hundreds of slow ones hang on and come back.
"""

from __future__ import annotations

import asyncio
import socket
from collections import Counter
from typing import ClassVar

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD_S = 10.0
"""From the connection, or the end of the last answer, to the end of the next request's head."""
BODY_S = 15.0
"""From there to the end of its body: longer than a form is waited for, so that it is told so first."""
ANSWER_S = 60.0
"""From there to the end of the answer, and for a reader to take what was written."""
LASTING = "/news"
"""The one answer that has no end."""
MOST_WAITING = 100
GRACE_S = 1.0
"""So long nobody makes room: what he wants may have come already, and not been read yet."""
MOST_YOUNG = 500
"""Unless there are so many."""


class Timely(H11Protocol):
    """uvicorn waits for a head, or for a body that is not asked for, as long as bytes trickle in."""

    waiting: ClassVar[dict[Timely, float]] = {}
    """Those whose request is not whole, the oldest first, and since when, as the loop tells time."""
    _hurry: asyncio.TimerHandle | None = None
    _stage: tuple[float | None, object] = (None, None)

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        end = transport.get_extra_info("socket")
        if end is not None and end.family in (socket.AF_INET, socket.AF_INET6):
            # Whoever takes nothing of what was sent is gone, also from an answer that has no end.
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(ANSWER_S * 1000))
        self._look()
        while len(self.waiting) > MOST_WAITING and self._make_room():
            pass

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._look()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if (
            self.conn.their_state is h11.SEND_BODY
        ):  # it was answered before it was whole: nobody reads the rest
            self.transport.close()
        self._look()

    def connection_lost(self, exc: Exception | None) -> None:
        self.waiting.pop(self, None)
        self._set(None)
        super().connection_lost(exc)

    def _look(self) -> None:
        """A stage that goes on keeps its clock; another one has its own."""
        if self.transport.is_closing():
            return
        limit_s = self._limit_s()
        if limit_s in (HEAD_S, BODY_S):
            self.waiting.setdefault(self, self.loop.time())
        else:
            self.waiting.pop(self, None)
        if (stage := (limit_s, self.cycle)) != self._stage:
            self._stage = stage
            self._set(limit_s)

    def _limit_s(self) -> float | None:
        if self.conn.their_state is h11.IDLE:
            return HEAD_S
        if self.conn.their_state is h11.SEND_BODY:
            return BODY_S
        asked = self.scope is not None  # it is None before the first request
        return None if asked and self.scope["path"] == LASTING else ANSWER_S

    def _set(self, limit_s: float | None) -> None:
        if self._hurry is not None:
            self._hurry.cancel()
        self._hurry = None if limit_s is None else self.loop.call_later(limit_s, self._late, limit_s)

    def _late(self, after_s: float) -> None:
        if after_s < ANSWER_S and self.transport.get_write_buffer_size():
            self._set(ANSWER_S)  # it is still taking the last answer
        else:
            self._hurry = None
            self.transport.abort()

    def _make_room(self) -> bool:
        before_s = self.loop.time() - (GRACE_S if len(self.waiting) <= MOST_YOUNG else 0.0)
        old = [one for one, since_s in self.waiting.items() if since_s <= before_s]
        if not old:
            return False
        count = Counter(map(_source, old))
        most = max(count.values())
        victim = next(one for one in old if count[_source(one)] == most)
        del self.waiting[victim]
        victim.transport.abort()
        return True


def _source(one: Timely) -> str:
    return one.client[0] if one.client else ""
