"""What was scheduled before a gap: set aside while somebody looks, and run afterwards one by one.

Each event of it is run at the wall's now, with all that follows from it, before the next.
"""

from __future__ import annotations

from collections import deque
from heapq import heapify, heappush

import simpy
from simpy.core import SimTime
from simpy.events import EventPriority

Entry = tuple[SimTime, EventPriority, int, simpy.Event]
"""As in SimPy's queue: when, how urgent, the number of the event, the event."""


class Overdue:
    def __init__(self) -> None:
        self._aside: list[Entry] | None = None
        self._due: deque[Entry] = deque()

    def __bool__(self) -> bool:
        """Whether something is to be run at once."""
        return self._aside is None and bool(self._due)

    def set_aside(self, queue: list[Entry]) -> list[Entry]:
        """The queue to go on with. In a gap within a gap it is the same."""
        if self._aside is not None:
            return queue
        self._aside = queue
        return []

    def take_back(self, news: list[Entry], now_s: float) -> list[Entry]:
        """The queue to go on with. What came in meanwhile is run first, then what has become due."""
        before, self._aside = self._aside or [], None
        self._due = deque((*due(news, now_s), *self._due, *due(before, now_s)))
        queue = [entry for entry in (*news, *before) if entry[0] > now_s]
        heapify(queue)
        return queue

    def next(self, queue: list[Entry], now_s: float) -> bool:
        """Put the next one into the queue; whether there was one."""
        if not self._due:
            return False
        _, priority, number, event = self._due.popleft()
        heappush(queue, (now_s, priority, number, event))
        return True


def due(queue: list[Entry], now_s: float) -> list[Entry]:
    return sorted(entry for entry in queue if entry[0] <= now_s)
