"""An SNMP card: it answers while it has power, and for a while it boots.

It is fed by its UPS: from the mains, or from the battery while the output is on. A UPS that goes
off without mains outlives its output by a few seconds (`card_hold_up_s`), and its card with it.
"""

from __future__ import annotations

from collections.abc import Callable

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
        self._silenced = False
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

    def silence(self, silent: bool) -> None:
        """Fault U1, U2: the card hangs, or answers again."""
        self._silenced = silent
        self._tell()

    def _tell(self) -> None:
        if self.answers != self._told:
            self._told = self.answers
            self._changed(self.answers)
