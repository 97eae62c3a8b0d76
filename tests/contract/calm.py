"""A clock that stands still between two calls of a test, and whether anybody waits for an answer."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine
from typing import Any

from realtime.clock import WallClock
from sequencer.journal import Row
from sequencer.ports import Answer, JournalPort


class StoppingClock:
    """time.monotonic(), but it stands still while nobody drives the room."""

    def __init__(self) -> None:
        self._behind_s = 0.0
        self._stands_at_s: float | None = time.monotonic()

    def __call__(self) -> float:
        return time.monotonic() - self._behind_s if self._stands_at_s is None else self._stands_at_s

    def go_on(self) -> None:
        assert self._stands_at_s is not None
        self._behind_s = time.monotonic() - self._stands_at_s
        self._stands_at_s = None

    def stand(self, at_s: float) -> None:
        self._stands_at_s = at_s


class CalmClock(WallClock):
    """Knows whether anybody waits for an answer; who merely stands by, since the opening, does not count."""

    def __init__(self, monotonic: StoppingClock, rate: float) -> None:
        super().__init__(rate=rate, monotonic=monotonic, boottime=None)
        self.opening = False
        self._asked: set[asyncio.Task[None]] = set()

    @property
    def calm(self) -> bool:
        return not self._asked

    def start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = super().start(work)
        if not self.opening:
            self._asked.add(task)
            task.add_done_callback(self._asked.discard)
        return task


class WatchedJournal:
    """Knows whether the disk is still busy with a row: that is waited for on a thread of its own."""

    def __init__(self, journal: JournalPort) -> None:
        self._journal = journal
        self._committing: list[Answer[None]] = []

    @property
    def calm(self) -> bool:
        return all(answer.triggered for answer in self._committing)

    @property
    def healthy(self) -> bool:
        return self._journal.healthy

    def rows(self) -> Answer[tuple[Row, ...]]:
        return self._journal.rows()

    def commit(self, row: Row) -> Answer[None]:
        self._committing.append(self._journal.commit(row))
        return self._committing[-1]
