"""A clock that takes news from other threads and is driven by the test itself: as fast as they come."""

from __future__ import annotations

import queue
from collections.abc import Callable
from typing import TypeVar

import simpy

from sequencer.journal import Kind, Row
from sequencer.ports import Answer

T = TypeVar("T")


class Injected(simpy.Environment):
    """It has the one method of `realtime.clock.WallClock` that other threads use."""

    def __init__(self) -> None:
        super().__init__()
        self._news: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()

    def inject(self, do: Callable[[], None]) -> None:
        self._news.put(do)

    def until(self, true: Callable[[], object], limit_s: float = 10.0) -> None:
        """Bring in what comes until it is true."""
        while not true():
            self._news.get(timeout=limit_s)()
            self.run()

    def value(self, answer: Answer[T]) -> T:
        self.until(lambda: answer.triggered)
        return answer.value


def row(number: int, kind: Kind = Kind.JOB, epoch: int = 1, **details: object) -> Row:
    return Row(kind, f"ups{number}", epoch, "control1/1", float(number), {"job": f"job {number}", **details})
