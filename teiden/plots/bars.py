"""The rows of the timeline: bars, off lines and margins.

Everything is in inches: x from the left edge of the panel, y downwards from its top.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Polygon, Rectangle

from teiden.plots.bar_texts import LEAST_LAG_S, texts_of
from teiden.plots.lanes import Lane, Lanes
from teiden.plots.margins import Margin
from teiden.plots.marks import Command
from teiden.plots.rows import Bar
from teiden.plots.style import ALARM, FAINT, INK, LOOKS, MUTED, OFF, width_in
from teiden.plots.time_axis import TimeAxis, told

VISIBLE_IN = 0.015
"""What is narrower is no state that anyone would look up in the legend."""


def draw(
    axes: Axes,
    stack: Lanes,
    axis: TimeAxis,
    margins: Iterable[Margin],
    sent: Sequence[Command],
    poles: Sequence[float],
) -> set[str]:
    """Draw every row; answers what was shown, for the legend. Texts on the ground keep off the poles."""
    shown: set[str] = set()
    lane_of = {name: lane.row.name for lane in stack.lanes for name in lane.row.names}
    spare: defaultdict[str, list[Margin]] = defaultdict(list)
    marks: defaultdict[str, list[float]] = defaultdict(list)
    for margin in margins:
        spare[lane_of[margin.row]].append(margin)
    for command in sent:
        marks[lane_of.get(command.row, "")].append(axis.x(command.t))
    for lane in stack.lanes:
        taken = [part for m in spare[lane.row.name] for part in _margin(axes, stack, lane, axis, m)]
        if taken:
            shown.add("margin")
        for bar in lane.row.bars:
            parts = axis.shown(*_visible(bar))
            if not parts:
                continue
            if max(x1 - x0 for x0, x1 in parts) > VISIBLE_IN:
                shown.add("trouble" if bar.trouble else bar.state)
            if bar.state == OFF:
                _off(axes, stack, lane.y, bar, axis, parts, taken, [*poles, *marks[lane.row.name]])
            else:
                _bar(axes, stack, lane.y, bar, axis, parts)
    return shown


def _visible(bar: Bar) -> tuple[float, float]:
    """From when to when: where the edges of a folded row are slanted, at half their height."""
    t0, t1 = bar.t0 + bar.lag0 / 2, bar.t1 + bar.lag1 / 2
    return (t0, t1) if bar.state == OFF else (bar.t0, bar.t1 + bar.lag1)


def _bar(
    axes: Axes, stack: Lanes, y: float, bar: Bar, axis: TimeAxis, parts: Sequence[tuple[float, float]]
) -> None:
    look = LOOKS[bar.state]
    for shape in _shapes(bar, y, stack.bar_in, axis, parts):
        shape.set(facecolor=look.fill, edgecolor="white", linewidth=0.5, zorder=2)
        axes.add_artist(shape)  # as add_patch, which would also measure it for limits that are set already
    if look.hatch:
        for lines in _shapes(bar, y, stack.bar_in, axis, parts):
            lines.set(fill=False, edgecolor=look.lines, hatch=look.hatch, linewidth=0, zorder=2.1)
            axes.add_artist(lines)
    x0, x1 = max(parts, key=lambda part: part[1] - part[0])
    text = _fitting(texts_of(bar, axis), x1 - x0 - 0.06, stack.size)
    if text:
        ground = {"facecolor": look.fill, "edgecolor": "none", "pad": 0.8} if look.hatch else None
        _say(axes, (x0 + x1) / 2, y, text, stack.size, look.ink, ground)


def _shapes(
    bar: Bar, y: float, high: float, axis: TimeAxis, parts: Sequence[tuple[float, float]]
) -> list[Patch]:
    """A box for every visible part; for a folded row its edges slant from the first device to the last."""
    if bar.lag0 < LEAST_LAG_S and bar.lag1 < LEAST_LAG_S:
        return [Rectangle((x0, y - high / 2), x1 - x0, high) for x0, x1 in parts]
    top = [(axis.x(bar.t0), y - high / 2), (axis.x(bar.t1), y - high / 2)]
    low = [(axis.x(bar.t1 + bar.lag1), y + high / 2), (axis.x(bar.t0 + bar.lag0), y + high / 2)]
    return [Polygon([*top, *low], closed=True)]


def _off(
    axes: Axes,
    stack: Lanes,
    y: float,
    bar: Bar,
    axis: TimeAxis,
    parts: Sequence[tuple[float, float]],
    taken: Sequence[tuple[float, float]],
    poles: Sequence[float],
) -> None:
    """A thin dashed line, open where its text stands and where a margin is drawn."""
    colour = ALARM if bar.trouble else FAINT
    free = [piece for part in parts for piece in _without(part, taken)]
    clear = [piece for part in free for piece in _without(part, [(x, x) for x in poles])]
    x0, x1 = max(clear, key=lambda part: part[1] - part[0], default=(0.0, 0.0))
    text = _fitting(texts_of(bar, axis), x1 - x0 - 0.14, stack.size)
    if text:
        half = width_in(text, stack.size) / 2 + 0.05
        middle = (x0 + x1) / 2
        free = [piece for part in free for piece in _without(part, [(middle - half, middle + half)])]
        _say(axes, middle, y, text, stack.size, ALARM if bar.trouble else MUTED, None)
    for a, b in free:
        axes.add_artist(Line2D([a, b], [y, y], color=colour, lw=0.9, dashes=(4, 3), zorder=1.5))
    if bar.trouble and bar.t0 >= axis.t0:
        axes.plot([axis.x(bar.t0) + 0.05], [y], marker="X", ms=6, mfc=ALARM, mec="white", mew=0.6, zorder=5)


def _without(part: tuple[float, float], taken: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    free = [part]
    for a, b in taken:
        if b < part[0] or a > part[1]:
            continue
        free = [
            piece for x0, x1 in free for piece in ((x0, min(x1, a)), (max(x0, b), x1)) if piece[1] > piece[0]
        ]
    return free


def _fitting(texts: Sequence[str], room: float, size: float) -> str:
    return next((text for text in texts if width_in(text, size) <= room), "")


def _say(
    axes: Axes, x: float, y: float, text: str, size: float, ink: str, ground: dict[str, Any] | None
) -> None:
    axes.text(x, y, text, size=size, color=ink, ha="center", va="center_baseline", bbox=ground, zorder=4)


def _margin(
    axes: Axes, stack: Lanes, lane: Lane, axis: TimeAxis, margin: Margin
) -> list[tuple[float, float]]:
    """A dimension line with its length; answers the room it takes, nothing where it is too short to draw."""
    parts = axis.shown(margin.t0, margin.t1)
    text = told(margin.t1 - margin.t0)
    if len(parts) != 1 or parts[0][1] - parts[0][0] < width_in(text, stack.size, bold=True) + 0.34:
        return []
    (x0, x1), y = parts[0], lane.y
    middle, half = (x0 + x1) / 2, width_in(text, stack.size, bold=True) / 2 + 0.04
    for start, end in ((middle - half, x0 + 0.015), (middle + half, x1 - 0.015)):
        axes.annotate(
            "",
            (end, y),
            (start, y),
            arrowprops={
                "arrowstyle": "-|>",
                "lw": 0.9,
                "color": INK,
                "shrinkA": 0,
                "shrinkB": 0,
                "mutation_scale": 7,
            },
            zorder=4,
        )
    for x in (x0, x1):
        axes.plot([x, x], [y - stack.bar_in / 2, y + stack.bar_in / 2], color=INK, lw=0.9, zorder=4)
    axes.text(
        middle,
        y,
        text,
        size=stack.size,
        weight="bold",
        color=INK,
        ha="center",
        va="center_baseline",
        zorder=4,
    )
    return parts
