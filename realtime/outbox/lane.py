"""One destination: its letters in their order, tried until they have arrived or a day is over."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from dataclasses import dataclass

from realtime.outbox.delivery import NotDelivered, Way
from realtime.outbox.letter import Letter
from realtime.outbox.store import Store

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Pace:
    """How often, how long and how many; seconds of wall time."""

    first_s: float = 5.0
    most_s: float = 15 * 60.0
    give_up_s: float = 24 * 3600.0
    letters: int = 1000
    """More than these wait nowhere: the oldest go."""


@dataclass(frozen=True, slots=True)
class Waiting:
    number: int
    letter: Letter
    until_s: float
    """When it is given up, on this life's monotonic clock; after a try at any rate."""


class Lane:
    """A thread of its own: a destination that does not answer keeps none of the others waiting."""

    def __init__(self, way: Way, store: Store, pace: Pace) -> None:
        self._way = way
        self._store = store
        self._pace = pace
        self._waiting: deque[Waiting] = deque()
        self._news = threading.Condition()
        self._closed = False
        self._thread = threading.Thread(target=self._work, name=f"outbox {way.name}", daemon=True)

    def begin(self) -> None:
        """Go on with what an earlier life left."""
        now_s = time.time()
        for number, since_s, letter in self._store.left(self._way.name):
            age_s = max(0.0, now_s - since_s)  # a clock that was set back makes it young, never lost
            self._put(number, letter, self._pace.give_up_s - age_s)
        self._thread.start()

    def add(self, letter: Letter) -> None:
        self._put(self._store.add(self._way.name, time.time(), letter), letter, self._pace.give_up_s)

    def _put(self, number: int, letter: Letter, for_s: float) -> None:
        with self._news:
            self._waiting.append(Waiting(number, letter, time.monotonic() + for_s))
            too_many = [self._waiting.popleft() for _ in range(len(self._waiting) - self._pace.letters)]
            self._news.notify()
        for dropped in too_many:
            log.error("too many alarms wait for %s; dropped: %s", self._way.name, dropped.letter.text)
            self._store.remove(dropped.number)

    @property
    def waits(self) -> int:
        """Letters that have not arrived yet."""
        return len(self._waiting)

    def close(self) -> None:
        """Begin nothing more."""
        with self._news:
            self._closed = True
            self._news.notify()

    def join(self, limit_s: float) -> None:
        self._thread.join(limit_s)

    # On its thread

    def _work(self) -> None:
        pause_s = self._pace.first_s
        while (waiting := self._next()) is not None:
            if self._try(waiting):
                pause_s = self._pace.first_s
            elif not self._pause(pause_s):
                return
            else:
                pause_s = min(2 * pause_s, self._pace.most_s)

    def _next(self) -> Waiting | None:
        with self._news:
            self._news.wait_for(lambda: self._waiting or self._closed)
            return None if self._closed else self._waiting[0]

    def _pause(self, for_s: float) -> bool:
        """Whether we go on after it."""
        with self._news:
            return not self._news.wait_for(lambda: self._closed, for_s)

    def _try(self, waiting: Waiting) -> bool:
        """Whether it is done with, one way or the other."""
        try:
            self._way.deliver(waiting.letter)
        except Exception as error:
            if not self._is_over(waiting, error):
                return False
        self._store.remove(waiting.number)
        with self._news:
            if self._waiting and self._waiting[0] is waiting:  # else it was dropped meanwhile
                self._waiting.popleft()
        return True

    def _is_over(self, waiting: Waiting, error: Exception) -> bool:
        name, text = self._way.name, waiting.letter.text
        if not isinstance(error, NotDelivered):
            log.error("%s failed", name, exc_info=error)
        elif error.hopeless:
            log.error("%s will not take an alarm (%s), which is given up: %s", name, error, text)
            return True
        if time.monotonic() >= waiting.until_s:
            log.error("%s was not reached in time (%s); an alarm is given up: %s", name, error, text)
            return True
        log.warning("%s: %s; tried again later", name, error)
        return False
