"""A machine that sleeps, or stops us, when the test says so."""

from __future__ import annotations

import time
from typing import Any

from realtime.clock import WallClock


class Machine:
    """Its clocks: real ones, that jump when the machine sleeps or we are stopped."""

    def __init__(self) -> None:
        self.awake_s = 0.0
        self.asleep_s = 0.0

    def monotonic(self) -> float:
        return time.monotonic() + self.awake_s

    def boottime(self) -> float:
        return self.monotonic() + self.asleep_s

    def clock(self, **settings: Any) -> WallClock:
        return WallClock(monotonic=self.monotonic, boottime=self.boottime, **settings)

    def goes(self, cause: str, for_s: float) -> None:
        if cause == "suspend":
            self.asleep_s += for_s
        else:
            self.awake_s += for_s
