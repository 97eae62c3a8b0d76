"""Polls one card: finds out what it has, asks only for that, and tells what it means.

What a card has is looked up at the start, after it has started anew (its uptime went back) and every few
minutes; a try that the limit cuts short keeps what it has found, and the next one goes on.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from realtime.snmp.answers import Failure, silent
from realtime.snmp.engine import Engine, Target
from realtime.snmp.reading import Reading
from realtime.snmp.table import Table
from realtime.snmp.values import SYS_UP_TIME, Oid, Value, number

SETTINGS_EVERY_S = 300.0
"""How long settings and identity are believed."""

AT_ONCE = 12
"""Objects a request asks for while nobody knows yet what a card can bear."""


class Poll:
    """`monotonic` gives seconds of a clock that nobody sets."""

    def __init__(
        self,
        engine: Engine,
        table: Table,
        *,
        settings_every_s: float = SETTINGS_EVERY_S,
        monotonic: Callable[[], float],
    ) -> None:
        self._engine = engine
        self.table = table
        self._every_s = settings_every_s
        self._monotonic = monotonic
        self._fast: tuple[Oid, ...] = ()
        """What is asked at every poll: all of it exists."""
        self._slow: dict[Oid, Value | None] = {}
        self._learnt_at_s: float | None = None
        self._learning: Lookup | None = None
        self._uptime: int | None = None

    def forget(self) -> None:
        """Look up again what the card has, at the next poll."""
        self._learnt_at_s = self._learning = None

    async def read(self, target: Target) -> Reading | Failure:
        """One reading within the target's limit."""
        try:
            async with asyncio.timeout(target.limit_s):
                return await self._read(target)
        except TimeoutError:
            return silent(target.limit_s)

    async def _read(self, target: Target) -> Reading | Failure:
        now_s = self._monotonic()
        if self._learnt_at_s is None or now_s - self._learnt_at_s > self._every_s:
            unknown = await self._learn(target)
            if unknown is not None:
                return unknown
        values = await self._engine.get(target, self._fast)
        if isinstance(values, Failure):
            return values
        trouble = await also(self._engine, target, self.table, values)
        if trouble is not None:
            return trouble
        uptime = number(values.get(SYS_UP_TIME))
        if uptime is not None and self._uptime is not None and uptime < self._uptime:
            self.forget()  # the card has started anew: it may have other objects and other settings now
        self._uptime = uptime
        return self.table.reading(self._slow | values)

    async def _learn(self, target: Target) -> Failure | None:
        if self._learning is None:
            self._learning = Lookup(self.table)
        trouble = await self._learning.go_on(self._engine, target)
        if trouble is None:
            found = self._learning.found
            self._fast = tuple(oid for oid in found if oid not in self.table.slow)
            self._slow = {oid: found[oid] for oid in self.table.slow if oid in found}
            self._learnt_at_s, self._learning = self._monotonic(), None
        return trouble


async def also(
    engine: Engine, target: Target, table: Table, values: dict[Oid, Value | None]
) -> Failure | None:
    """Add the columns that these values make worth reading."""
    for column in table.also(values):
        rows = await engine.column(target, column)
        if isinstance(rows, Failure):
            return rows
        values.update(rows)
    return None


class Lookup:
    """Which of the table's objects a card has; goes on where a time-out cut it short."""

    def __init__(self, table: Table) -> None:
        objects = (*table.fast, *table.slow)
        self._parts = [objects[at : at + AT_ONCE] for at in range(0, len(objects), AT_ONCE)]
        self._columns = list(table.columns)
        self.found: dict[Oid, Value | None] = {}

    async def go_on(self, engine: Engine, target: Target) -> Failure | None:
        while self._parts:
            told = await engine.get(target, self._parts[0])
            if isinstance(told, Failure):
                return told
            self.found |= {oid: value for oid, value in told.items() if value is not None}
            del self._parts[0]
        while self._columns:
            told = await engine.column(target, self._columns[0])
            if isinstance(told, Failure):
                return told
            self.found |= told  # a row without a value is there all the same
            del self._columns[0]
        return None
