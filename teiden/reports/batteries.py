"""The battery panel of a page: a line for each battery, named at its end, and the lowest point of all."""

from __future__ import annotations

from dataclasses import dataclass

from teiden.plots.apart import moved_apart
from teiden.plots.batteries import Line, lines
from teiden.plots.palette import SERIES
from teiden.reports.scene import PX, Scene

HIGH = 170.0
"""Pixels from 0 to 100 %."""
ABOVE = 12.0
"""From the rows to 100 %."""
MOST = 8
"""More lines than this cannot be told apart: only those that fall lowest are named and coloured."""
APART = 14.0
"""Between two names, at least."""


@dataclass(frozen=True, slots=True)
class Curve:
    upses: tuple[str, ...]
    colour: str
    """Class: `c0`, `c1` ... or `faint`."""
    points: str
    name: str
    end_pct: float
    end_y: float
    name_y: float | None
    """Where its name stands; None: it has none."""


@dataclass(frozen=True, slots=True)
class Panel:
    curves: tuple[Curve, ...]
    lowest_u: float
    lowest_y: float
    lowest_pct: float
    lowest_name: str
    low: float
    """Of the panel; equal to its top where nothing is known of the batteries."""
    top: float


def panel(scene: Scene, top: float) -> Panel:
    """`top`: where the rows end."""
    found = lines(scene.charges, scene.axis)
    if not found:
        return Panel((), 0, 0, 0, "", top, top)
    full = top + ABOVE
    named = found[: len(found) if len(found) <= MOST else len(SERIES)]
    ends = sorted(named, key=lambda line: -line.end)
    ys = moved_apart([_y(full, line.end) for line in ends], APART, full + HIGH - 4)
    at = {line.upses: y for line, y in zip(ends, ys, strict=True)}
    curves = tuple(_curve(n, line, full, at.get(line.upses)) for n, line in enumerate(found))
    when, pct = found[0].lowest
    u, y = scene.u(when), _y(full, pct)
    return Panel(curves, u, y, pct, _name(found[0]), full + HIGH, full)


def _curve(number: int, line: Line, full: float, name_y: float | None) -> Curve:
    points = " ".join(f"{PX * x:.1f},{_y(full, pct):.1f}" for part in line.parts for x, pct in part)
    colour = "faint" if name_y is None else f"c{number % len(SERIES)}"
    return Curve(line.upses, colour, points, _name(line), line.end, _y(full, line.end), name_y)


def _y(full: float, pct: float) -> float:
    return round(full + HIGH * (1 - pct / 100), 1)


def _name(line: Line) -> str:
    first, *others = line.upses
    return " ".join(line.upses) if len(others) < 2 else f"{first} +{len(others)}"
