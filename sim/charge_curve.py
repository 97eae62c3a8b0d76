"""The curve of a battery's charge for the picture and the judge: points that straight lines may join."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import simpy

from sim.battery import Battery
from sim.later import after


class ChargeCurve:
    """`on_battery`: how long it lasts is told only then. `fact`: tells an event of this UPS."""

    def __init__(
        self,
        env: simpy.Environment,
        battery: Battery,
        on_battery: Callable[[], bool],
        fact: Callable[..., None],
    ) -> None:
        self._env = env
        self._battery = battery
        self._on_battery = on_battery
        self._fact = fact
        self._drawn = 0

    def draw(self, *, bends: bool) -> None:
        """The charge now, and where its curve bends if it does."""
        self.tell()
        self._drawn += 1
        now = float(self._env.now)
        for bend_s in self._battery.slope_points(now) if bends else ():
            after(self._env, bend_s - now, partial(self._bend, self._drawn))

    def _bend(self, drawn: int) -> None:
        if drawn == self._drawn:
            self.tell()

    def tell(self) -> None:
        now = float(self._env.now)
        left_s = self._battery.runtime_at(now) if self._on_battery() else None
        self._fact(
            "ups.charge",
            charge_pct=round(100 * self._battery.charge_at(now), 2),
            runtime_s=None if left_s is None else round(left_s, 1),
        )
