"""One site to be tuned: its demands, what may be set, and how values are rounded."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from sequencer.site import Site, Timing, Ups
from sim.settings import effective
from teiden.plan.arithmetic import KeyPath
from teiden.plan.nights import DAY_S, seconds
from teiden.rules.finding import Change
from teiden.rules.remedies import FIELDS, applied
from teiden.tune.settings import (
    BATTERY,
    CLOCK,
    DELAYS,
    LOWERED,
    ROUNDED,
    AllBut,
    Keep,
    Setting,
    is_tuned,
    key,
    kind,
    lowest,
    value_of,
)
from teiden.tune.wants import Demand

Values = dict[KeyPath, Setting]


@dataclass(frozen=True)
class State:
    """Some values set. What was raised because a rule demands it is not lowered again."""

    values: Values = field(default_factory=dict)
    raised: frozenset[KeyPath] = frozenset()
    steps: int = 0

    @property
    def identity(self) -> tuple[frozenset[tuple[KeyPath, Setting]], frozenset[KeyPath]]:
        return frozenset(self.values.items()), self.raised


Cost = tuple[int, int, float]
"""Batteries to buy, values to set, and how far these move, each against what it was."""


@dataclass(frozen=True)
class Case:
    site: Site
    demand: Demand
    keep: Keep | AllBut
    flush_limit_s: float
    """The product's own flush limit: none shorter is proposed (R6-48)."""
    grid_s: float
    """Proposed values are whole multiples of this."""

    def at(self, state: State) -> Site:
        return with_values(self.site, state.values)

    def value(self, state: State, path: KeyPath) -> Setting | None:
        found: Setting | None = state.values[path] if path in state.values else value_of(self.site, path)
        return found

    def moved(self, state: State, path: KeyPath, to: Setting) -> Setting | None:
        """The value nearest to `to` that may be set here, on the far side; None if there is none."""
        if not is_tuned(path) or path in self.keep:
            return None
        now = self.value(state, path)
        if now is None or to == now:
            return None
        if key(path) == CLOCK:
            return to if self._is_later(path, str(now), str(to)) else None
        if isinstance(to, bool | str) or isinstance(now, bool | str):
            return to if path not in state.raised else None
        if to > now:
            return self._up(path, to)
        if key(path) not in LOWERED or path in state.raised:
            return None
        low_s = self._down(path, to)
        return low_s if low_s < now else None

    def _up(self, path: KeyPath, to: float) -> float | None:
        to = math.ceil(to / self.grid_s) * self.grid_s if key(path) in ROUNDED else to
        kept = self._kept(path, to)
        return kept if kept >= to else None

    def _down(self, path: KeyPath, to: float) -> float:
        lowest_s = lowest(self.site, path, self.flush_limit_s)
        to = max(lowest_s, math.floor(to / self.grid_s) * self.grid_s)
        while to > lowest_s and self._kept(path, to) != to:
            to = max(lowest_s, to - self.grid_s)
        return self._kept(path, to)

    def _kept(self, path: KeyPath, value: float) -> float:
        if path[0] != "upses" or key(path) not in DELAYS:
            return value
        return kept_by_card(self.site.upses[str(path[1])].timing, FIELDS[kind(path)], value)

    def stepped(self, state: State, move: Values) -> State:
        values, raised = dict(state.values), set(state.raised)
        for path, to in move.items():
            now = self.value(state, path)
            if isinstance(to, bool | str) or isinstance(now, bool | str) or now is None or to > now:
                raised.add(path)
            values[path] = to
            if to == value_of(self.site, path):
                del values[path]
        return State(values, frozenset(raised), state.steps + 1)

    def cost(self, state: State) -> Cost:
        batteries = sum(key(path) == BATTERY for path in state.values)
        far = sum(self._moved_by(path, to) for path, to in state.values.items())
        return batteries, len(state.values), round(far, 9)

    def _moved_by(self, path: KeyPath, to: Setting) -> float:
        now: Setting = value_of(self.site, path)
        if key(path) == CLOCK:
            return ((seconds(str(to)) - seconds(str(now))) % DAY_S) / DAY_S
        if isinstance(to, bool | str) or isinstance(now, bool | str):
            return 1.0
        return abs(to - now) / max(1.0, now)

    def _is_later(self, path: KeyPath, now: str, to: str) -> bool:
        """Later the same night: the gap from off to on only grows."""
        off_s = seconds(self.site.schedules[str(path[1])].off or now)
        return (seconds(to) - off_s) % DAY_S > (seconds(now) - off_s) % DAY_S


@cache
def kept_by_card(timing: Timing, field: str, value: float) -> float:
    """What a card makes of this value: it keeps only those it knows (R6-23)."""
    settings: dict[str, Any] = {field: value}
    return float(getattr(effective(Ups("", 1, "", 0.0, timing, **settings)), field))


def with_values(site: Site, values: Values) -> Site:
    return applied(site, [Change(path, value) for path, value in values.items()])
