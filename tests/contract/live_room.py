"""The same room on the wall clock: live ports, asyncio, and drivers that read the pretend devices.

Between two calls of a test the clock stands still, so that what the test itself takes does not count.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine
from typing import Any

import simpy

from realtime.clock import WallClock
from realtime.ports import ArrayPort, ClusterPort, HostPort, ServerPort, UpsPort
from realtime.ports import Link as LiveLink
from realtime.wall import CHECK_S, WallPort
from sequencer.ports import Answer, HostStatus, Ports
from sequencer.site import Site
from sim.model import Model
from sim.room import Room
from tests.contract import in_process as drivers
from tests.contract.rooms import A_MOMENT_S, END_S, PretendRoom, T

RATE = 50.0

LATE_S = 0.04
"""A loaded machine runs an event as late as this, wall time."""


class StoppingClock:
    """time.monotonic(), but it stands still while nobody drives the room."""

    def __init__(self) -> None:
        self._behind_s = 0.0
        self._stands_at_s: float | None = time.monotonic()

    def __call__(self) -> float:
        return time.monotonic() - self._behind_s if self._stands_at_s is None else self._stands_at_s

    def go_on(self) -> None:
        assert self._stands_at_s is not None
        self._behind_s = time.monotonic() - self._stands_at_s
        self._stands_at_s = None

    def stand(self, at_s: float) -> None:
        self._stands_at_s = at_s


class LiveRoom(PretendRoom):
    """Its devices are those of the pretend room. Journal, peers and requests are lent from there too."""

    slack_s = LATE_S * RATE
    clock_s = CHECK_S * RATE

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._clock = StoppingClock()
        self._env = WallClock(rate=RATE, monotonic=self._clock, boottime=None)
        self._drive(self._env.live(A_MOMENT_S))
        self._links: list[LiveLink] = []
        super().__init__()

    def make(self, site: Site, model: Model) -> Room:
        return Room(site, model, horizon_s=END_S, env=self._env)

    @property
    def answer_s(self) -> float:
        return self.polling.timeout_s + self.slack_s

    def new_life(self, *, deaf: bool = False) -> Ports:
        """It begins with a look at its cluster, as a service does before it decides anything."""
        lent = super().new_life(deaf=deaf)
        room, env = self._room, self._env
        link = self._live = LiveLink(env, self.me, self.polling)
        self._links.append(link)
        lan = drivers.Network(env, room.lan, self.me, deaf)
        wall = WallPort(env, clock=room.clocks[self.me].now)
        link.at_close(wall.close)
        limit_s = self.polling.timeout_s / RATE
        cluster = ClusterPort(link, room.cluster.name, drivers.ClusterDriver(env, room.cluster))
        self.value(cluster.look(), within_s=self.answer_s)
        return Ports(
            upses={n: UpsPort(link, n, drivers.UpsDriver(lan, u)) for n, u in room.upses.items()},
            servers={
                n: ServerPort(link, n, drivers.ServerDriver(lan, s, limit_s)) for n, s in room.servers.items()
            },
            arrays={n: ArrayPort(link, n, drivers.ArrayDriver(lan, a)) for n, a in room.arrays.items()},
            cluster=cluster,
            peers=lent.peers,
            journal=lent.journal,
            wall=wall,
            requests=lent.requests,
            hosts={
                n: HostPort(link, n, drivers.DeviceDriver[HostStatus](lan, n, h))
                for n, h in room.hosts.items()
            },
        )

    def end_life(self) -> None:
        super().end_life()
        self._live.close()

    def close(self) -> None:
        for link in self._links:
            link.close()
        self._clock.go_on()
        self._loop.run_until_complete(self._env.close())
        self._loop.close()

    # Time

    def wait(self, for_s: float = A_MOMENT_S) -> None:
        self._drive(self._env.live(self.now + for_s))

    def value(self, answer: Answer[T], within_s: float) -> T:
        """It may be late by the slack."""
        return super().value(answer, within_s + self.slack_s)

    def comes(self, answer: Answer[T], within_s: float) -> bool:
        end: simpy.Event = self._env.event()
        self._env.after(within_s, lambda: None if end.triggered else end.succeed())
        self._drive(self._env.live(answer | end))
        return answer.triggered

    def _drive(self, living: Coroutine[Any, Any, None]) -> None:
        """The clock then stands at the last event: whatever the test does is done at that moment."""
        self._clock.go_on()
        try:
            self._loop.run_until_complete(living)
        finally:
            self._clock.stand(self._env.origin_s + float(self._env.now) / self._env.rate)
