"""From sample to sample: when a UPS lost its mains and had them again, when it ran on its battery."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from realtime.samples.sample import Values

OUTAGE, BATTERY = "outage", "battery"
APART_S = 900
"""On battery, unheard for longer, on battery again: another discharge, nobody knows what was between."""


@dataclass(slots=True)
class Stretch:
    ups: str
    kind: str
    began: int
    until: int
    """An outage: when the mains were seen again. On battery: when it was last seen so."""
    over: bool = False
    charge_from: int | None = None
    charge_least: int | None = None
    load_sum: int = 0
    load_times: int = 0

    def goes_on(self, at: int, values: Values) -> None:
        self.until = max(self.until, at)
        charge, load = values.charge_permille, values.load_permille
        if charge is not None:
            self.charge_from = charge if self.charge_from is None else self.charge_from
            self.charge_least = charge if self.charge_least is None else min(self.charge_least, charge)
        if load is not None:
            self.load_sum += load
            self.load_times += 1


def stretch_of(ups: str, row: Sequence[Any]) -> Stretch:
    """From a row of the table; its first column is the UPS's number."""
    _, kind, began, until, over, charge_from, charge_least, load_sum, load_times = row
    return Stretch(ups, kind, began, until, bool(over), charge_from, charge_least, load_sum, load_times)


class Stretches:
    """`open` ones by UPS and kind; those of an earlier life go on."""

    def __init__(self) -> None:
        self.open: dict[tuple[str, str], Stretch] = {}

    def see(self, ups: str, at: int, values: Values) -> list[Stretch]:
        """Those that this sample begins, goes on with or ends. Silence does nothing: it is no news."""
        changed = []
        if values.mains is not None:
            changed += self._outage(ups, at, values)
        if values.on_battery is not None:
            changed += self._battery(ups, at, values)
        return changed

    def _outage(self, ups: str, at: int, values: Values) -> list[Stretch]:
        known = self.open.get((ups, OUTAGE))
        if not values.mains:
            return [self._more(known, ups, OUTAGE, at, values)]
        if known is None:
            return []
        known.until = max(known.until, at)
        return [self._end(known)]

    def _battery(self, ups: str, at: int, values: Values) -> list[Stretch]:
        known, ended = self.open.get((ups, BATTERY)), []
        if known is not None and (not values.on_battery or at - known.until > APART_S):
            ended, known = [self._end(known)], None
        return [*ended, self._more(known, ups, BATTERY, at, values)] if values.on_battery else ended

    def _more(self, known: Stretch | None, ups: str, kind: str, at: int, values: Values) -> Stretch:
        if known is None:
            known = self.open[ups, kind] = Stretch(ups, kind, at, at)
        known.goes_on(at, values)
        return known

    def _end(self, known: Stretch) -> Stretch:
        known.over = True
        del self.open[known.ups, known.kind]
        return known
