"""The battery panel: one line per UPS, named at its end, and the lowest point of all marked."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import pandas as pd
from matplotlib.axes import Axes

from teiden.language.say import t
from teiden.plots import batteries
from teiden.plots.apart import moved_apart
from teiden.plots.batteries import Line
from teiden.plots.style import DASHES, FAINT, INK, MUTED, SERIES, fitted, height_in, width_in
from teiden.plots.time_axis import TimeAxis

HEIGHT_IN = 1.95
SIZE = 8.5
LABEL_ROOM_IN = 1.5
"""Right of the panel, for the names at the lines' ends."""
MOST = 8
"""More lines than this cannot be told apart: only those that fall lowest are named and coloured."""


def lowest(charges: pd.DataFrame) -> tuple[str, float, float] | None:
    """UPS, percent and time of the least charge of the whole run."""
    if charges.empty:
        return None
    first = charges.iloc[int(charges["charge_pct"].argmin())]
    return str(first["ups"]), float(first["charge_pct"]), float(first["t"])


def lines(charges: pd.DataFrame, axis: TimeAxis) -> list[Line]:
    """Every battery's line, lowest first; equal ones joined."""
    times, charged = charges["t"].astype(float), charges["charge_pct"].astype(float)
    points: dict[str, list[tuple[float, float]]] = {}
    for ups, at_s, pct in zip(charges["ups"], times, charged, strict=True):
        points.setdefault(str(ups), []).append((at_s, pct))
    return batteries.lines(points, axis)


def draw(axes: Axes, found: Sequence[Line], axis: TimeAxis) -> None:
    """Lines, their names at the right, the lowest point."""
    axes.set_ylim(0, 105)
    axes.set_yticks([0, 20, 40, 60, 80, 100])
    axes.tick_params(axis="y", labelsize=SIZE, length=3, color=INK)
    axes.set_ylabel(t("Battery charge %"), size=SIZE, color=MUTED, labelpad=4)
    for number, line in reversed(list(enumerate(found))):
        for part in line.parts:
            xs, ys = zip(*part, strict=True)
            axes.plot(xs, ys, color=_colour(number, found), ls=_dash(number, found), lw=1.7, zorder=3)
    _name_ends(axes, found, axis.width)
    if found:
        _mark_lowest(axes, found, axis)


def _colour(number: int, found: Sequence[Line]) -> str:
    return SERIES[number % len(SERIES)] if len(found) <= MOST or number < len(SERIES) else FAINT


def _dash(number: int, found: Sequence[Line]) -> str | tuple[int, tuple[float, ...]]:
    return DASHES[number % len(DASHES)] if len(found) <= MOST or number < len(DASHES) else "-"


def _name_ends(axes: Axes, found: Sequence[Line], width: float) -> None:
    """Names beside the lines' ends, pushed apart where they would touch, with a leader back to the line."""
    named = list(enumerate(found))[: len(found) if len(found) <= MOST else len(SERIES)]
    named.sort(key=lambda pair: pair[1].end)
    pct_per_in = 105 / HEIGHT_IN
    apart = height_in(SIZE) * pct_per_in
    for (number, line), y in zip(
        named, moved_apart([line.end for _, line in named], apart, 105 - apart / 2), strict=True
    ):
        colour = _colour(number, found)
        axes.plot(
            [width, width + 0.07, width + 0.2], [line.end, line.end, y], color=colour, lw=0.7, clip_on=False
        )
        charge = f"{line.end:.0f} %"
        text = f"{_names(line, LABEL_ROOM_IN - 0.35 - width_in(f' {charge}', SIZE, bold=True))} {charge}"
        axes.text(
            width + 0.23,
            y,
            text,
            size=SIZE,
            weight="bold",
            color=colour,
            va="center_baseline",
            gid=f"end-{number}",
        )


def _names(line: Line, room: float) -> str:
    """All of them, or the first and how many more."""
    text = " ".join(line.upses)
    if width_in(text, SIZE, bold=True) <= room:
        return text
    more = f" +{len(line.upses) - 1}" if len(line.upses) > 1 else ""
    return fitted(line.upses[0], room - width_in(more, SIZE, bold=True), SIZE, bold=True) + more


def _mark_lowest(axes: Axes, found: Sequence[Line], axis: TimeAxis) -> None:
    """A ring at the lowest point and its number where it hides no line."""
    line = found[0]
    at_s, pct = line.lowest
    if not axis.t0 <= at_s <= axis.t1:
        return
    x = axis.x(at_s)
    axes.plot([x], [pct], "o", ms=7, mfc="white", mec=SERIES[0], mew=1.8, zorder=5, clip_on=False)
    text = t("lowest: {upses}  {pct} %", upses=_names(line, 1.5), pct=f"{pct:.0f}")
    wide, high = width_in(text, SIZE, bold=True), height_in(SIZE) * 105 / HEIGHT_IN
    spots = [
        (x + dx if dx > 0 else x + dx - wide, pct + dy * high)
        for dx in (0.1, -0.1, 0.4, -0.4, 0.8, -0.8)  # the nearest of those that hide least
        for dy in (-1.0, 1.0, 0.0, -1.6, 1.6, -2.4, 2.4)
    ]
    inside = [
        s for s in spots if s[0] > 0.05 and s[0] + wide < axis.width and high / 2 < s[1] < 105 - high / 2
    ]
    if inside:
        left, middle = min(inside, key=lambda s: _hidden(s, wide, high, found, axis))
        axes.text(
            left, middle, text, size=SIZE, weight="bold", color=SERIES[0], va="center_baseline", zorder=6
        )


def _hidden(
    spot: tuple[float, float], wide: float, high: float, found: Sequence[Line], axis: TimeAxis
) -> int:
    """How much of the lines, and of the cuts, a text at this spot would hide."""
    left, middle = spot
    steps = [left + wide * k / 24 for k in range(25)]
    hidden = sum(
        abs(_height_at(part, x) - middle) < 0.6 * high
        for line in found
        for part in line.parts
        for x in steps
        if part[0][0] <= x <= part[-1][0]
    )
    cuts = sum(a.x1 - 0.05 < x < b.x0 + 0.05 for a, b in axis.gaps for x in steps)
    return hidden + 5 * cuts


def _height_at(part: Sequence[tuple[float, float]], x: float) -> float:
    for (x0, a), (x1, b) in pairwise(part):
        if x0 <= x <= x1:
            return a + (b - a) * ((x - x0) / (x1 - x0) if x1 > x0 else 0.0)
    return part[-1][1]
