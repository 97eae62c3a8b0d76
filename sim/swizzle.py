"""Cards that go dark one by one in a drawn order, and come back one by one in another (N6)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import simpy

from sim.chance import draw
from sim.later import after
from sim.ups import Ups


class Swizzle:
    def __init__(self, env: simpy.Environment, upses: Mapping[str, Ups], seed: int) -> None:
        self._env = env
        self._upses = upses
        self._seed = seed
        self._turns = 0

    def turn(self, dark: bool, *, gap_s: float) -> None:
        """From now on one more every `gap_s` goes dark, or comes back; the last word counts."""
        self._turns += 1
        for n, name in enumerate(self.order(self._turns)):
            after(self._env, n * gap_s, partial(self._silence, self._turns, name, dark))

    def order(self, turn: int) -> list[str]:
        """In which order the cards take the n-th turn; another in every run, and every time."""
        return sorted(self._upses, key=lambda name: draw(self._seed, name, "swizzle", turn))

    def _silence(self, turn: int, name: str, dark: bool) -> None:
        if turn == self._turns:
            self._upses[name].card.silence(dark)
