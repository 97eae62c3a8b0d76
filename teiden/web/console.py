"""What all pages of a console share: its settings, what the service tells, who gets in."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any, TypeVar

from starlette.requests import Request

from teiden.language.say import language
from teiden.web.bell import Bell
from teiden.web.guard.gate import Gate
from teiden.web.guard.roles import Who
from teiden.web.pending import Waiting
from teiden.web.rehearsing import Rehearsing
from teiden.web.settings import Settings
from teiden.web.statistics import Statistics
from teiden.web.tail import Tail
from teiden.web.watch import Watch

STATUS, EVENTS = "status", "events"
"""What the bell rings for: another status, new events."""
MOST_ANSWERS = 100
MOST_STORIES = 30
"""They hold pictures."""
T = TypeVar("T")


class Console:
    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.bell = Bell()
        self.streams: Counter[str] = Counter()
        """Pages that are open, by whose they are."""
        self.gate = Gate(settings)
        self.watch = Watch(settings.socket, lambda: self.bell.ring(STATUS))
        self.statistics = Statistics(settings)
        self.pending = Waiting()
        self.rehearsing = Rehearsing(settings.site_file, MOST_ANSWERS)
        self.stories = Rehearsing(settings.site_file, MOST_STORIES)
        """What takes long: nobody who asks for off waits behind it."""
        self._making = asyncio.Lock()
        self._newest: dict[str, tuple[object, float, Any]] = {}
        self._told: dict[tuple[Any, ...], Any] = {}
        self.tail = Tail(settings.events, lambda: self.bell.ring(EVENTS))

    async def newest(self, name: str, state: object, make: Callable[[], T], *, every_s: float = 0.0) -> T:
        """`make()` on a thread, one at a time: again only for another state, and no sooner than `every_s`.

        Of each name only the last is kept, and it is made for one language.
        """
        key = f"{name} {language()}"
        async with self._making:
            kept = self._newest.get(key)
            if kept is None or (kept[0] != state and time.monotonic() - kept[1] >= every_s):
                made = await asyncio.to_thread(make)
                self._newest[key] = kept = (state, time.monotonic(), made)
        found: T = kept[2]
        return found

    async def told(self, show: str, tell: Callable[[Console, str], T]) -> T:
        """What `tell` makes of the last events, on a thread: once for all who look until there are others."""
        key = (tell, show, language(), self.tail.count)
        if key not in self._told:
            self._told = {k: v for k, v in self._told.items() if k[-1] == self.tail.count}
            self._told[key] = await asyncio.to_thread(tell, self, show)
        found: T = self._told[key]
        return found

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        tasks = [asyncio.create_task(self.watch.keep()), asyncio.create_task(self.tail.follow())]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            for task in tasks:
                with suppress(asyncio.CancelledError):
                    await task


def console_of(request: Request) -> Console:
    found = request.app.state.console
    assert isinstance(found, Console)
    return found


def who_asks(request: Request) -> Who:
    found = request.state.who
    assert isinstance(found, Who)
    return found
