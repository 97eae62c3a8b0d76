"""Those who look at devices, and must look again after a gap before anything else is done."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from realtime.work import Work, finished, unused

Look = Callable[[], Awaitable[None]]


class Eyes:
    """`limit_s`: nobody is waited for longer, seconds of wall time."""

    def __init__(self, work: Work, limit_s: float) -> None:
        self._work = work
        self._limit_s = limit_s
        self._looks: list[Look] = []
        self._tasks: list[asyncio.Task[None]] = []

    def __bool__(self) -> bool:
        return bool(self._looks)

    @property
    def looking(self) -> bool:
        return bool(self._tasks)

    def add(self, look: Look) -> Callable[[], None]:
        """Gives a function that takes it back."""
        self._looks.append(look)
        return lambda: self._looks.remove(look)

    def look(self, then: Callable[[], None]) -> None:
        """Call them all at once, and `then` when all have looked. In a gap within a gap, all over again."""
        for task in self._tasks:
            task.cancel()
        looks = [self._begin(look()) for look in list(self._looks)]
        self._tasks = [*looks, self._work.start(self._wait(looks, then))]

    def _begin(self, look: Awaitable[None]) -> asyncio.Task[None]:
        task = self._work.start(finished(look))
        task.add_done_callback(lambda _: unused(look))
        return task

    async def _wait(self, looks: list[asyncio.Task[None]], then: Callable[[], None]) -> None:
        _, late = await asyncio.wait(looks, timeout=self._limit_s)
        for look in late:
            look.cancel()
        self._tasks = []
        then()
