"""An SNMP card: it answers while it has power, and for a while it boots.

It is fed by its UPS: from the mains, or from the battery while the output is on. A UPS that goes
off without mains outlives its output by a few seconds (`card_hold_up_s`), and its card with it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from math import inf

import simpy

from sim.later import after
from sim.model import UpsModel

LONG_AGO_S = -86400.0
"""A card that answers when the run starts has been up for a day."""


class Card:
    def __init__(
        self,
        env: simpy.Environment,
        model: UpsModel,
        changed: Callable[[bool], None],
        *,
        powered: bool,
    ) -> None:
        self._env = env
        self._model = model
        self._changed = changed
        self._powered = powered
        self._up = powered
        self._silenced: set[str] = set()
        """Why it answers nobody although it works."""
        self.replies = True
        """Fault U6 when false: it does as it is told, and its answer to that is lost."""
        self._slow: list[tuple[float, float]] = []
        """From when on its answers have taken how much longer."""
        self.slowest_s = 0.0
        """The most of these."""
        self._reboots = 0
        self._told = powered
        self._plan = 0
        self.up_since_s = LONG_AGO_S

    @property
    def answers(self) -> bool:
        return self._up and not self._silenced

    def set_power(self, powered: bool, *, holds_up: bool = True) -> None:
        """Its UPS has power for it, or no more. Only a UPS whose output was on holds it up for a while."""
        if powered == self._powered:
            return
        self._powered = powered
        self._plan += 1
        if powered == self._up:
            return  # back within its hold-up, or gone again while it booted
        plan = self._plan
        hold_up_s = self._model.card_hold_up_s if holds_up else 0.0
        delay_s = self._model.card_boot_s if powered else hold_up_s
        after(self._env, delay_s, lambda: self._turn(powered) if plan == self._plan else None)

    def _turn(self, up: bool) -> None:
        self._up = up
        if up:
            self.up_since_s = float(self._env.now) - self._model.card_boot_s
        self._tell()

    def silence(self, silent: bool, why: str = "U2") -> None:
        """Fault U2, U16, U17: nobody gets an answer for this reason, or no longer for it."""
        (self._silenced.add if silent else self._silenced.discard)(why)
        self._tell()

    def refuse(self, refuses: bool, for_s: float = 0.0) -> None:
        """Fault U17: it takes nobody's messages for new until both sides agree on the time again."""
        self._pause(refuses, for_s, "U17", lambda: None)

    def reboot(self, reboots: bool, for_s: float = 0.0) -> None:
        """Fault U1: it is silent while it boots, and its uptime starts anew; or it is there again."""
        self._pause(reboots, for_s, "U1", self._begin_anew)

    def _pause(self, begins: bool, for_s: float, why: str, ended: Callable[[], None]) -> None:
        self._reboots += 1
        reboots = self._reboots
        if begins:
            self.silence(True, why)
            after(self._env, for_s, lambda: end() if reboots == self._reboots else None)

        def end() -> None:
            if why in self._silenced:
                ended()
                self.silence(False, why)

        if not begins:
            end()

    def _begin_anew(self) -> None:
        self.up_since_s = float(self._env.now)

    def slow_down(self, by_s: float) -> None:
        """Fault U20: from now on its answers take so much longer."""
        self._slow.append((float(self._env.now), by_s))
        self.slowest_s = max(self.slowest_s, by_s)

    def slow_s(self, at_s: float) -> float:
        """How much longer the answer to a request of that time takes."""
        if not self._slow:
            return 0.0
        return self._slow[at - 1][1] if (at := bisect_right(self._slow, (at_s, inf))) else 0.0

    def _tell(self) -> None:
        if self.answers != self._told:
            self._told = self.answers
            self._changed(self.answers)
