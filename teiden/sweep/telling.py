"""Which varied parameters tell whether a run breaks: how often it does at their low and their high values."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from teiden.files import units
from teiden.sweep.interval import Share

SAMPLE = 3_000
"""Thirds are cut by the values of so many first runs: they are as good as any others."""
FEW = 8
"""A parameter with no more values than this is told value by value."""
_READERS = (
    units.duration_s,
    units.percent,
    units.size_bytes,
    units.rate_bytes_per_s,
    units.power_w,
    units.temperature_c,
)


def number(written: str) -> float | None:
    """What a parameter's text comes to in the unit of its kind; None: it is no quantity."""
    try:
        return float(written)
    except ValueError:
        pass
    for reader in _READERS:
        try:
            return reader(written)
        except units.UnitError:
            continue
    return None


@dataclass(slots=True)
class Group:
    """Values that lie together."""

    first: str
    last: str
    """As written; the same as `first` where the group is one value."""
    n: int = 0
    broken: int = 0

    @property
    def share(self) -> Share:
        return Share(self.broken, self.n)

    def as_dict(self) -> dict[str, Any]:
        return {"from": self.first, "to": self.last, **self.share.as_dict()}


@dataclass(slots=True)
class Telling:
    """One parameter. Bounded in memory: only the first runs are kept, and only until the groups are cut."""

    name: str
    groups: list[Group] = field(default_factory=list)
    _cuts: list[float] | None = None
    """Where the second and the third group begin; None: told value by value, or not cut yet."""
    _values: dict[str, int] | None = None
    """Value by value: the place of its group."""
    _first: list[tuple[str, bool]] = field(default_factory=list)
    _silent: bool = False
    """Many values and no order among them: nothing can be said."""

    def take(self, written: str, broken: bool) -> None:
        if self._silent:
            return
        if self._cuts is None and self._values is None:
            self._first.append((written, broken))
            if len(self._first) >= SAMPLE:
                self.finish()
            return
        self._count(written, broken)

    def finish(self) -> None:
        """Cut the groups, if that has not been done, and count what was kept."""
        first, self._first = self._first, []
        if not first:
            return
        distinct = list(dict.fromkeys(written for written, _ in first))
        numbers = {written: number(written) for written in distinct}
        if len(distinct) <= FEW:
            self._by_value(distinct, numbers)
        elif all(value is not None for value in numbers.values()):
            self._by_thirds(sorted(value for w, _ in first if (value := numbers[w]) is not None))
        else:
            self._silent = True
            return
        for written, broken in first:
            self._count(written, broken)

    def _by_value(self, distinct: Sequence[str], numbers: Mapping[str, float | None]) -> None:
        in_order = sorted(distinct, key=lambda w: (numbers[w] is None, numbers[w] or 0.0, w))
        self._values = {written: place for place, written in enumerate(in_order)}
        self.groups = [Group(written, written) for written in in_order]

    def _by_thirds(self, values: Sequence[float]) -> None:
        self._cuts = [values[len(values) // 3], values[2 * len(values) // 3]]
        self.groups = [Group("", "") for _ in range(3)]

    def _count(self, written: str, broken: bool) -> None:
        group = self._group(written)
        if group is None:
            return
        group.n += 1
        group.broken += broken

    def _group(self, written: str) -> Group | None:
        if self._values is not None:
            if written not in self._values:
                if len(self.groups) > FEW:
                    return None
                self._values[written] = len(self.groups)
                self.groups.append(Group(written, written))
            return self.groups[self._values[written]]
        value = number(written)
        if value is None or self._cuts is None:
            return None
        group = self.groups[bisect_right(self._cuts, value)]
        if not group.first or value < (number(group.first) or 0.0):
            group.first = written
        if not group.last or value > (number(group.last) or 0.0):
            group.last = written
        return group

    # What it says

    @property
    def most(self) -> Group:
        return max(self.groups, key=lambda group: (group.share.share, group.n))

    @property
    def least(self) -> Group:
        return min(self.groups, key=lambda group: (group.share.share, -group.n))

    @property
    def tells(self) -> bool:
        """The group that breaks most and the one that breaks least do not overlap in what they may be."""
        return len(self.groups) > 1 and self.most.share.low > self.least.share.high

    def as_dict(self) -> dict[str, Any]:
        return {
            "parameter": self.name,
            "tells": self.tells,
            "groups": [group.as_dict() for group in self.groups],
        }
