"""The charge of every battery as lines within a time axis: equal ones joined, the lowest first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from sequencer.events import Event
from teiden.plots.time_axis import TimeAxis
from teiden.states import in_order, told

ALIKE_PCT = 0.25
"""Batteries that never differ by more than this share a line."""

Points = list[tuple[float, float]]
"""Seconds or a place on the axis, and percent."""


@dataclass(frozen=True, slots=True)
class Line:
    """The charge of one UPS, or of several that never differ, within the window."""

    upses: tuple[str, ...]
    parts: tuple[tuple[tuple[float, float], ...], ...]
    """Points in inches and percent, one part per visible piece of the time axis."""
    lowest: tuple[float, float]
    """When (seconds since the start of the run) and how low (percent)."""

    @property
    def end(self) -> float:
        return self.parts[-1][-1][1]


def reported(events: Sequence[Event]) -> dict[str, Points]:
    """Seconds and percent of every battery, at the changes of its slope."""
    found: dict[str, Points] = {}
    for event in in_order(told(events)):
        charge_pct = event.details.get("charge_pct")
        if event.name == "ups.charge" and charge_pct is not None:
            found.setdefault(event.subject, []).append((event.t, float(charge_pct)))
    return found


def lines(charges: Mapping[str, Points], axis: TimeAxis) -> list[Line]:
    """Every battery's line, lowest first; equal ones joined."""
    found: list[Line] = []
    for ups, points in charges.items():
        parts = tuple(tuple(_part(points, piece.t0, piece.t1, axis)) for piece in axis.pieces)
        line = Line((ups,), parts, min(points, key=lambda point: (point[1], point[0])))
        twin = next((k for k, other in enumerate(found) if _alike(line, other)), None)
        if twin is None:
            found.append(line)
        else:
            found[twin] = Line((*found[twin].upses, ups), found[twin].parts, found[twin].lowest)
    return sorted(found, key=lambda line: (line.lowest[1], line.upses))


def _part(points: Points, t0: float, t1: float, axis: TimeAxis) -> Points:
    """The points within one visible piece, with both of its borders."""
    inside = [(axis.x(t), pct) for t, pct in points if t0 < t < t1]
    return [(axis.x(t0), _at(points, t0)), *inside, (axis.x(t1), _at(points, t1))]


def _at(points: Points, t: float) -> float:
    """Straight between two reports; before the first and after the last nothing else is known."""
    if t <= points[0][0]:
        return points[0][1]
    for (t0, a), (t1, b) in pairwise(points):
        if t0 <= t < t1:
            return a + (b - a) * (t - t0) / (t1 - t0)
    return points[-1][1]


def _alike(line: Line, other: Line) -> bool:
    mine, theirs = ([p for part in one.parts for p in part] for one in (line, other))
    return len(mine) == len(theirs) and all(
        abs(a - b) < ALIKE_PCT and abs(x - y) < 0.01 for (x, a), (y, b) in zip(mine, theirs, strict=True)
    )
