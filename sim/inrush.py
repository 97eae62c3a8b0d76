"""Loads that start together and trip the UPS that feeds them (P14)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sim.supply import Load

TOGETHER_S = 10.0
"""Loads that start within so long of each other start together."""

TRIPS_AFTER_S = 0.5
"""A breaker needs a moment."""

START = 0.5
"""Of its full load; who draws so much more than before has started. What a halted machine draws is less."""


class Inrush:
    """Asked each time a load of this outlet draws more or less."""

    def __init__(self, outlet: str, loads: Iterable[Load], most: int) -> None:
        self._outlet = outlet
        self._most = most
        self._drew = self._draws(loads)
        self._started_s: dict[str, float] = {}

    def is_too_much(self, now_s: float, loads: Iterable[Load]) -> bool:
        """More loads than it bears have started within a while."""
        loads = list(loads)
        drew, self._drew = self._drew, self._draws(loads)
        for load in loads:
            more = self._drew[load.name] - drew.get(load.name, 0.0)
            if more > START * load.full_watts_from(self._outlet):
                self._started_s[load.name] = now_s
        together = [name for name, at_s in self._started_s.items() if now_s - at_s <= TOGETHER_S]
        if len(together) <= self._most:
            return False
        self._started_s.clear()
        return True

    def _draws(self, loads: Iterable[Load]) -> Mapping[str, float]:
        return {load.name: load.watts_from(self._outlet) for load in loads}
