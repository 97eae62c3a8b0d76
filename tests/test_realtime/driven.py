"""A driver that does what the test says, and a clock with ports over it that runs a hundred times as fast."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from math import inf
from typing import Any

from realtime.clock import WallClock
from realtime.ports import Link, UpsPort
from sequencer.ports import Accepted, Condition, Off, Receipt, Unreachable, UpsStatus
from sequencer.site import Polling
from tests import unhurried

RATE = 100.0
POLLING = Polling()
LATE_S = 0.1
"""Env seconds that a few turns of the loop may take: of its own time, see `tests/unhurried.py`."""

ON_LINE = UpsStatus(True, True, False, False, False, 100.0, 900.0, 86400.0, 420.0, 180.0, 0.0)
ON_BATTERY = replace(ON_LINE, mains=False, on_battery=True)
IS_ON_BATTERY = Condition[UpsStatus]("on battery", lambda s: s.on_battery)
IS_ON_LINE = Condition[UpsStatus]("on line", lambda s: s.mains)


class Driven:
    """A UPS driver: `status` is what it reads, after `takes_s` of env time (inf: never)."""

    def __init__(self, env: WallClock) -> None:
        self._env = env
        self.status: UpsStatus | Unreachable | Exception = ON_LINE
        self.takes_s = 0.0
        self.command_takes_s: float | None = None
        """None: as long as a read."""
        self.left_s: list[float] = []
        """When its reads left."""
        self.commands: list[str] = []
        self.at_once = 0
        self.most_at_once = 0

    async def read(self) -> UpsStatus | Unreachable:
        self.left_s.append(self._env.wall_now)
        status = self.status
        await self._takes()
        if isinstance(status, Exception):
            raise status
        return status

    async def switch_off(self, how: Off, *, sleep_s: float = 0.0) -> Receipt:
        self.commands.append(how.value)
        await self._takes(self.command_takes_s)
        return Receipt(Accepted.YES)

    async def switch_on(self) -> Receipt:
        self.commands.append("on")
        await self._takes(self.command_takes_s)
        return Receipt(Accepted.YES)

    async def close(self) -> None:
        """Nothing is open."""

    async def _takes(self, takes_s: float | None = None) -> None:
        takes_s = self.takes_s if takes_s is None else takes_s
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            if takes_s == inf:
                await asyncio.Event().wait()
            await asyncio.sleep(takes_s / self._env.rate)
        finally:
            self.at_once -= 1


class Desk:
    """One node, one UPS, and the port between them."""

    def __init__(self, polling: Polling = POLLING, *, rate: float = RATE, **settings: Any) -> None:
        clock = {"monotonic": asyncio.get_running_loop().time, "boottime": None, **settings}
        self.env = WallClock(rate=rate, **clock)
        self.link = Link(self.env, "control1", polling)
        self.driver = Driven(self.env)
        self.noticed: list[tuple[bool | None, bool | None]] = []
        """Each as whether it was on battery, and is."""
        self.port = self.new_port()

    def new_port(self, limit_s: float | None = None) -> UpsPort:
        def notice(old: UpsStatus | None, new: UpsStatus | None) -> None:
            was, now = (None if s is None else s.on_battery for s in (old, new))
            self.noticed.append((was, now))

        return UpsPort(self.link, "ups1", self.driver, notice, limit_s=limit_s)

    async def wait(self, for_s: float) -> None:
        await self.env.live(self.env.now + for_s)


def at_desk(play: Callable[[Desk], Awaitable[None]], **settings: Any) -> None:
    """Play this at a new desk, on a loop that no busy machine makes late; all is closed afterwards."""

    async def main() -> None:
        desk = Desk(**settings)
        try:
            await play(desk)
        finally:
            desk.link.close()
            await desk.env.close()

    unhurried.run(main())
