"""What the pages of statistics tell: read from the service's samples on a thread, once a minute at most."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from realtime.samples.stretches import OUTAGE, Stretch
from teiden.stats.samples import Kept, Step, kept
from teiden.stats.summary import Summary, summaries, summary
from teiden.web.drawing import Spark, spark
from teiden.web.settings import Settings

T = TypeVar("T")

WEEK_S = 7 * 86_400
SPARK_S = 3 * 3600
"""A point of a sparkline, two pixels of it."""
FRESH_S = 60.0
"""Hours are reckoned every five minutes, so nothing is missed for long."""
STEPS = 600
"""Of the picture of a week: one in 17 minutes, a little more than a pixel."""
MOST_OUTAGES = 20
MOST_KEPT = 64


@dataclass(frozen=True)
class Line:
    """One UPS of the table, with its two sparklines."""

    summary: Summary
    charge: Spark
    load: Spark


@dataclass(frozen=True)
class Course:
    """Of one UPS: its last week, and its outages, the newest first, as long as they are kept."""

    summary: Summary
    since: int
    until: int
    curve: list[Step]
    """`STEPS` of them."""
    outages: list[Stretch]


class Statistics:
    """Any question may raise NoReadings."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._known: dict[object, tuple[float, Any]] = {}
        self._reading = asyncio.Lock()

    async def lines(self) -> list[Line]:
        """Every UPS of the site that samples are kept of, in the site's order."""
        return await self._once("lines", self._lines)

    async def course(self, ups: str) -> Course | None:
        """None: there are no samples of it."""
        return await self._once(ups, lambda found: self._course(found, ups))

    async def _once(self, key: object, ask: Callable[[Kept], T]) -> T:
        """One reads at a time; whoever asks meanwhile has the same answer."""
        async with self._reading:
            at_s, told = self._known.get(key, (-FRESH_S, None))
            if time.monotonic() - at_s >= FRESH_S:
                if len(self._known) >= MOST_KEPT:
                    self._known.clear()
                told = await asyncio.to_thread(self._ask, ask)
                self._known[key] = time.monotonic(), told
        found: T = told
        return found

    def _ask(self, ask: Callable[[Kept], T]) -> T:
        with kept(self._settings.events) as found:
            return ask(found)

    def _lines(self, found: Kept) -> list[Line]:
        now = int(time.time())
        since = now - WEEK_S
        told = {one.ups: one for one in self._summaries(found, since)}
        courses = found.course(since, SPARK_S)
        first = since // SPARK_S * SPARK_S
        return [
            Line(
                told[name],
                spark([(one.at, one.charge_pct) for one in courses[name]], first, now, SPARK_S),
                spark([(one.at, one.load_pct) for one in courses[name]], first, now, SPARK_S),
            )
            for name in self._settings.site_file.site.upses
            if name in told
        ]

    def _summaries(self, found: Kept, since: int) -> list[Summary]:
        return summaries(found, since, site_file=self._settings.site_file, quick=True)

    def _course(self, found: Kept, ups: str) -> Course | None:
        if ups not in found.numbers:
            return None
        now = int(time.time())
        since = now - WEEK_S
        return Course(
            summary(found, ups, since, site_file=self._settings.site_file, quick=True),
            since,
            now,
            found.curve(ups, since, WEEK_S // STEPS),
            found.stretches(ups, OUTAGE, 0)[: -MOST_OUTAGES - 1 : -1],
        )
