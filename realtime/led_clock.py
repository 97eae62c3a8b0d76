"""One clock for all processes of a rehearsal, as fast as they can follow and no faster.

Whoever leads, the emulated room, writes into a page of shared memory when the clock began and how fast it
runs; the services follow. Each writes how late its own loop is, and the leader slows down when
somebody cannot keep up: on a busy machine a rehearsal takes longer, and nobody falls silent for it. While
one that should follow is still being started, time passes no faster than on the wall. And while one waits
for the answer to a command or a look, not much faster: a login takes its tenth of a second on the wall,
however fast the story goes. So it hurries through the waits only.
"""

from __future__ import annotations

import asyncio
import mmap
import os
from collections.abc import Callable, Iterable
from math import inf
from pathlib import Path
from types import TracebackType

from realtime.clock import WallClock

PLACES = 8
"""The leader, and a service on each of up to seven control nodes."""
COUNT, ORIGIN, RATE, LATE = 0, 1, 2, 3
"""Doubles of the page: a counter that is odd while the next two are written; then one of each process."""
WANTED = LATE + PLACES
SIZE = 8 * (WANTED + PLACES)
LOOK_S = 0.01
"""Everybody looks at the page this often, seconds of wall time: so long two clocks may go apart."""
TOO_LATE_S, IN_TIME_S = 0.03, 0.012
"""Of a loop that was to be woken every `LOOK_S`: slow down, may go faster."""
SLOWER, FASTER = 0.7, 1.05
SLOWEST = 1.0
WHILE_WANTED = 3.0
"""No faster than this while somebody waits for an answer."""
HOLD_S = 60.0
"""A process that does not follow after this, seconds of wall time, is no longer waited for."""


class Page:
    """The shared page. `own`: the place of this process, 0 for the leader."""

    def __init__(self, path: Path, own: int, *, create: bool = False) -> None:
        """OSError: it is not there."""
        flags = os.O_RDWR | (os.O_CREAT | os.O_TRUNC if create else 0)
        file = os.open(path, flags, 0o600)
        try:
            if create:
                os.ftruncate(file, SIZE)
            self._memory = mmap.mmap(file, SIZE)
        finally:
            os.close(file)
        self._own = own
        self._doubles = memoryview(self._memory).cast("d")
        """Each is written as a whole: a struct packed into the page would be all zeros for a moment."""
        if create:
            self._doubles[ORIGIN], self._doubles[RATE] = inf, 1.0

    def __enter__(self) -> Page:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self.late(0.0)
        self.wanted(False)
        self._doubles.release()
        self._memory.close()

    def read(self) -> tuple[float, float]:
        """Origin, as time.monotonic() tells it, and rate."""
        page = self._doubles
        while True:
            before = page[COUNT]
            told = page[ORIGIN], page[RATE]
            if before == page[COUNT] and before % 2 == 0:
                return told

    def write(self, origin_s: float, rate: float) -> None:
        page = self._doubles
        page[COUNT] += 1
        page[ORIGIN], page[RATE] = origin_s, rate
        page[COUNT] += 1

    def late(self, by_s: float) -> None:
        """How late this process was woken."""
        self._doubles[LATE + self._own] = by_s

    def wanted(self, whether: bool) -> None:
        """Whether this process waits for an answer."""
        self._doubles[WANTED + self._own] = float(whether)

    def any_wanted(self, places: Iterable[int]) -> bool:
        return any(self._doubles[WANTED + place] for place in places)

    def latest_s(self, places: Iterable[int]) -> float:
        """Of these processes; one that was killed has left its last word behind."""
        return max(self._doubles[LATE + place] for place in places)


async def follow(clock: WallClock, page: Page) -> None:
    """Keep this clock at the leader's pace. Never returns."""
    loop = asyncio.get_running_loop()
    known = None
    while True:
        if (now := page.read()) != known:
            known = now
            clock.keep_to(*now)
        due_s = loop.time() + LOOK_S
        await asyncio.sleep(LOOK_S)
        page.late(loop.time() - due_s)
        page.wanted(bool(clock.wanted))


def nobody_awaited() -> bool:
    return False


async def lead(
    clock: WallClock,
    page: Page,
    fastest: float,
    followers: Callable[[], Iterable[int]],
    awaits: Callable[[], bool] = nobody_awaited,
) -> None:
    """Go as fast as everybody can follow, `fastest` at most. Never returns. `followers`: their places.

    `awaits`: a process that should follow does not yet. Until it does, and for `HOLD_S` at most, time passes
    as on the wall: the start of Python costs the story no more than it costs a real service.
    """
    loop = asyncio.get_running_loop()
    held_since_s: float | None = None
    while True:
        due_s = loop.time() + LOOK_S
        await asyncio.sleep(LOOK_S)
        page.late(loop.time() - due_s)
        places = (0, *followers())
        late_s = page.latest_s(places)
        top = min(fastest, WHILE_WANTED) if page.any_wanted(places) else fastest
        held_since_s = (held_since_s or loop.time()) if awaits() else None
        if held_since_s is not None and loop.time() - held_since_s < HOLD_S:
            if clock.rate > SLOWEST:
                clock.set_rate(SLOWEST)
        elif late_s > TOO_LATE_S and clock.rate > SLOWEST:
            clock.set_rate(max(SLOWEST, clock.rate * SLOWER))
        elif clock.rate > top:
            clock.set_rate(max(top, clock.rate * SLOWER))
        elif late_s < IN_TIME_S and clock.rate < top:
            clock.set_rate(min(top, clock.rate * FASTER))
        if page.read() != (clock.origin_s, clock.rate):
            page.write(clock.origin_s, clock.rate)
