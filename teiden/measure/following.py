"""Measures what the running service tells, while it happens: its event files, followed from now on."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

from sequencer.events import NAMES, Event, Source
from teiden.measure.stopwatch import Kind, Measured, Stopwatch
from teiden.web.tail import LOOK_S, Tail, Told

FIXED = frozenset(("t", "time", "event", "subject", "by", "source"))


class Following:
    """`found` grows. `now`: seconds since 1970; `pause` waits between two looks."""

    def __init__(
        self,
        folder: Path,
        *,
        now: Callable[[], float] = time.time,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self.found: list[Measured] = []
        self._watch = Stopwatch(facts=False, told=self.found.append)
        self._tail = Tail(folder, lambda: None)
        self._now = now
        self._pause = pause
        self._tail.look()
        self._tail.events.clear()
        self._head: Told | None = None

    @property
    def why_not(self) -> str:
        """Why nothing can be read; '' if it can."""
        return self._tail.why_not

    def begin(self, kind: Kind, device: str) -> None:
        """Now: somebody has just given the command."""
        self._watch.begin(kind, device, self._now())

    def until(self, over: Callable[[], bool], for_s: float) -> Iterator[Measured]:
        """Each duration as it ends, until `over()`, for so long at most."""
        end_s, told = self._now() + for_s, 0
        while True:
            self.look()
            yield from self.found[told:]
            told = len(self.found)
            if over() or self._now() >= end_s:
                return
            self._pause(LOOK_S)

    def look(self) -> None:
        self._tail.look()
        if self._tail.head is not None and self._tail.head is not self._head:
            self._head = self._tail.head
            self._take(self._head)
        while self._tail.events:
            self._take(self._tail.events.popleft())

    def _take(self, told: Told) -> None:
        timed = timed_event(told)
        if timed is not None:
            self._watch.take(*timed)

    def close(self) -> None:
        """Whatever is under way has not been seen to end."""
        self._watch.close()


def timed_event(told: Told) -> tuple[float, Event] | None:
    """A line of an event file and its instant, seconds since 1970; None: it is none of ours."""
    try:
        if told["event"] not in NAMES:
            return None  # of a later version
        details = {key: value for key, value in told.items() if key not in FIXED}
        source, at = Source(told["source"]), datetime.fromisoformat(told["time"])
        if at.tzinfo is None:
            return None
        event = Event(float(told["t"]), told["event"], str(told["subject"]), str(told["by"]), source, details)
        return at.timestamp(), event
    except (KeyError, ValueError, TypeError):
        return None
