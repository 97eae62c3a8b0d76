"""A life that is stopped where it is and goes on later (C7): SIGSTOP, or a machine that swaps.

Meanwhile nothing of it goes on: no poll leaves, no timer counts for it, no answer is read, nobody is
answered. What had been sent is on its way all the same. When it goes on it does as in live mode: first
eyes, then timers. Nothing that was read before counts; every device it watched is looked at anew, and
only then is worked off what came in and what has become due meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable

import simpy

from sequencer.run import Run
from sim.ports import Link


class Stall:
    """Begins at once. `over` is called when the life goes on, unless it has ended first."""

    def __init__(self, env: simpy.Environment, run: Run, link: Link, over: Callable[[], None]) -> None:
        self._env = env
        self._run = run
        self._link = link
        self._over = over
        self._since_s = float(env.now)
        self._looking = 0
        run.stop()
        link.stop()

    def end(self) -> None:
        """It goes on: first eyes."""
        if self._run.over:
            return
        lost_s = round(float(self._env.now) - self._since_s, 3)
        self._run.tell("clock.gap", self._run.me, lost_s=lost_s, cause="stall")
        looks = self._link.go_on()
        self._looking = len(looks)
        for look in looks:
            look.callbacks.append(self._looked)
        if not looks:
            self._go_on()

    def _looked(self, _: simpy.Event) -> None:
        self._looking -= 1
        if not self._looking:
            self._go_on()

    def _go_on(self) -> None:
        """Then timers."""
        if not self._run.over:
            self._over()
            self._run.go_on()
