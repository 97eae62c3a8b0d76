"""Sees that this machine was away: asleep (a suspend), or awake without us (a stall).

Asleep, CLOCK_MONOTONIC stands still and CLOCK_BOOTTIME goes on, where the platform has it. A process that
was stopped, a virtual machine that was frozen and a loop that was blocked all look alike: it is woken much
later than it asked to be.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

SLEPT_AT_LEAST_S = 0.5
"""A sleep shorter than this is none: no machine goes to sleep and wakes again so fast."""

AT_ONCE_S = 0.01
"""Two clocks are compared when both could be read within this; else we were interrupted, and read again."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Time that passed without us."""

    at_s: float
    """When it was noticed, seconds of the clock that was away."""
    lost_s: float
    """Seconds of wall time."""
    cause: str
    """`suspend` or `stall`."""


def boottime_here() -> Callable[[], float] | None:
    """CLOCK_BOOTTIME, seconds; None where there is none."""
    clock = getattr(time, "CLOCK_BOOTTIME", None)
    return None if clock is None else lambda: time.clock_gettime(clock)


BOOTTIME = boottime_here()


class Sleep:
    """How long the machine has been asleep since this was asked last."""

    def __init__(self, monotonic: Callable[[], float], boottime: Callable[[], float] | None) -> None:
        self._monotonic = monotonic
        self._boottime = boottime
        self._ahead_s = self._now_ahead_s()

    def slept_s(self) -> float:
        """0 if it was not, or where nobody can tell."""
        ahead_s = self._now_ahead_s()
        slept_s = ahead_s - self._ahead_s
        if slept_s < SLEPT_AT_LEAST_S:
            return 0.0
        self._ahead_s = ahead_s
        return slept_s

    def _now_ahead_s(self) -> float:
        if self._boottime is None:
            return 0.0
        for _ in range(10):
            before_s = self._monotonic()
            boottime_s = self._boottime()
            after_s = self._monotonic()
            if after_s - before_s <= AT_ONCE_S:
                break
        return boottime_s - after_s
