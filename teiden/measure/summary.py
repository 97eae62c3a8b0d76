"""What many durations of one device come to: how many, the smallest, the median, the largest, the last."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median
from typing import Any

from teiden.measure.stopwatch import Cut, Kind, Measured


@dataclass(frozen=True, slots=True)
class Summary:
    """Of one device and one kind, in seconds. Cut-off ones are none of `whole`."""

    kind: Kind
    device: str
    whole: tuple[Measured, ...]
    """In the order in which they began."""
    longer: tuple[Measured, ...]
    """They took longer than this; how long nobody knows."""
    away: int
    """Nobody looked meanwhile: they say nothing."""

    @property
    def times_s(self) -> tuple[float, ...]:
        return tuple(one.took_s for one in self.whole)

    @property
    def largest_s(self) -> float | None:
        return max(self.times_s, default=None)

    @property
    def longer_than_s(self) -> float | None:
        return max((one.took_s for one in self.longer), default=None)

    @property
    def at_least_s(self) -> float | None:
        """The longest that anything says about it."""
        told = [s for s in (self.largest_s, self.longer_than_s) if s is not None]
        return max(told, default=None)

    @property
    def by_sight(self) -> int:
        """So many of the whole ones were begun by somebody else: up to one look is missing at their start."""
        return sum(not (one.by_command or one.fact) for one in self.whole)

    def as_json(self) -> dict[str, Any]:
        times_s = self.times_s
        return {
            "what": self.kind.value,
            "device": self.device,
            "n": len(times_s),
            "smallest_s": min(times_s, default=None),
            "median_s": round(median(times_s), 3) if times_s else None,
            "largest_s": self.largest_s,
            "last_s": times_s[-1] if times_s else None,
            "begun_by_command": sum(one.by_command for one in self.whole),
            "facts": sum(one.fact for one in self.whole),
            "longer_than": [
                {"s": one.took_s, "why": _why(one), "at": one.at.isoformat(timespec="milliseconds")}
                for one in self.longer
            ],
            "service_was_away": self.away,
        }


def summaries(measured: Iterable[Measured], kinds: Iterable[Kind] = tuple(Kind)) -> list[Summary]:
    """By kind, in the order of `kinds`, then by device in the order in which each first began."""
    found: dict[tuple[Kind, str], list[Measured]] = {}
    for one in measured:
        found.setdefault((one.kind, one.device), []).append(one)
    return [
        Summary(
            kind,
            device,
            tuple(one for one in every if one.whole),
            tuple(one for one in every if one.longer),
            sum(one.cut is Cut.AWAY for one in every),
        )
        for wanted in kinds
        for (kind, device), every in found.items()
        if kind is wanted
    ]


def _why(one: Measured) -> str:
    return one.cut.value if one.cut is not None else ""
