"""The ground under rows and batteries, shared by both: shading without mains, grid, ticks, cuts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from sequencer.events import Event
from teiden.language.say import t
from teiden.plots.lanes import Lanes
from teiden.plots.outages import Darkness, darknesses
from teiden.plots.style import DARK_MAINS, FAINT, GRID, INK, MUTED, fitted, width_in
from teiden.plots.time_axis import TimeAxis, told
from teiden.plots.zero import Clock

TICKS_IN = 0.47
"""Two lines of labels under the panels: since the mains were lost, and the clock."""
SIZE = 8.5
TORN_IN = 0.035
"""How far a torn edge swings to each side."""
APART_IN = 0.78
"""Between two ticks, at least."""
EDGE_IN, BESIDE_IN = 0.1, 0.42
"""Left of the captions, at least, and between them and the panels."""
WIDEST_MARGIN_IN = 2.6
"""A longer caption is cut: the rows need their room."""


@dataclass(frozen=True, slots=True)
class Panel:
    """The area of rows and batteries, in inches on the paper."""

    axis: TimeAxis
    left: float
    top: float
    rows_low: float
    low: float


def ground(
    paper: Axes, panel: Panel, events: Sequence[Event], stack: Lanes, poles: Sequence[float], zero: float
) -> None:
    """Shade what is dark, then grid lines, then the flags' poles all the way down."""
    lanes = stack.heights
    for dark in darknesses(events):
        _shade(paper, panel, dark, lanes, stack.pitch)
    for x in map(panel.axis.x, panel.axis.ticks(zero, APART_IN)):
        _upright(paper, panel, x, color=GRID, lw=0.7)
    for x in poles:
        _upright(paper, panel, x, color=FAINT, lw=0.8, ls=(0, (1, 2)))
    for piece in panel.axis.pieces:
        ends = [panel.left + piece.x0, panel.left + piece.x1]
        for y in {panel.low, panel.rows_low}:
            paper.plot(ends, [y, y], color=INK, lw=0.9, solid_capstyle="butt")


def _upright(paper: Axes, panel: Panel, x: float, **look: Any) -> None:
    paper.plot([panel.left + x] * 2, [panel.low, panel.top], **look)


def _shade(paper: Axes, panel: Panel, dark: Darkness, lanes: dict[str, float], pitch: float) -> None:
    """A feed darkens the whole panel; the input of one UPS only its row."""
    low, top = panel.low, panel.top
    if dark.subject in lanes:
        low, top = (panel.top - lanes[dark.subject] + side * pitch / 2 for side in (-1, 1))
    end = panel.axis.t1 if dark.t1 is None else dark.t1
    for x0, x1 in panel.axis.shown(dark.t0, end):
        box = Rectangle((panel.left + x0, low), x1 - x0, top - low, facecolor=DARK_MAINS, edgecolor="none")
        box.set_gid("mains-away")
        paper.add_patch(box)


def cuts(paper: Axes, panel: Panel) -> None:
    """Torn edges where the axis is cut, and how long the piece is that is left out."""
    for before, after in panel.axis.gaps:
        x0, x1 = panel.left + before.x1, panel.left + after.x0
        edges = [_torn(x, panel.low - 0.05, panel.top) for x in (x0 - TORN_IN, x1 + TORN_IN)]
        (left, ys), (right, _) = edges
        paper.fill_betweenx(ys, left, right, color="white", linewidth=0)
        for xs, _ in edges:
            paper.plot(xs, ys, color=FAINT, lw=0.9)
        text = t("{time} cut out, nothing happens", time=told(after.t0 - before.t1))
        if width_in(text, SIZE) > panel.top - panel.low - 0.2:
            text = told(after.t0 - before.t1)
        middle = (panel.top + panel.low) / 2
        paper.text(
            (x0 + x1) / 2,
            middle,
            text,
            size=SIZE,
            color=MUTED,
            rotation=90,
            ha="center",
            va="center",
            gid="cut",
        )


def _torn(x: float, low: float, top: float) -> tuple[list[float], list[float]]:
    steps = max(8, round((top - low) / 0.03))
    ys = [low + (top - low) * k / steps for k in range(steps + 1)]
    return [x + TORN_IN * math.sin(y * 2 * math.pi / 0.22) for y in ys], ys


def caption_room_in(since: str) -> float:
    """How wide the margin left of the panels must be for this caption, whatever the devices are called."""
    return min(width_in(since, SIZE - 0.5) + BESIDE_IN + EDGE_IN + 0.01, WIDEST_MARGIN_IN)


def ticks(paper: Axes, panel: Panel, clock: Clock, since: str) -> None:
    """Time since the zero, which `since` names, and the clock below it."""
    times = panel.axis.ticks(clock.zero, APART_IN)
    captions = [since]
    clocks = _clocks(clock, times)
    if clock.start is not None:
        first = clock.at(times[0] if times else 0.0)
        captions.append(t("clock {date}", date=f"{first:%Y-%m-%d}"))
    for k, at_s in enumerate(times):
        x = panel.left + panel.axis.x(at_s)
        paper.plot([x, x], [panel.low, panel.low - 0.045], color=INK, lw=0.9)
        paper.text(x, panel.low - 0.2, told(at_s - clock.zero), size=SIZE, ha="center", gid="tick")
        if clocks:
            text = clocks[k]
            paper.text(x, panel.low - 0.36, text, size=SIZE - 0.5, color=MUTED, ha="center", gid="clock")
    for k, caption in enumerate(captions):
        y = panel.low - 0.2 - 0.16 * k
        room = panel.left - BESIDE_IN - EDGE_IN
        paper.text(
            panel.left - BESIDE_IN,
            y,
            fitted(caption, room, SIZE - 0.5),
            size=SIZE - 0.5,
            color=MUTED,
            ha="right",
            gid="caption",
        )


def _clocks(clock: Clock, times: Sequence[float]) -> list[str]:
    """Whole minutes where every tick is one; the day where another one begins."""
    instants = [at for at_s in times if (at := clock.at(round(at_s))) is not None]
    form = "%H:%M:%S" if any(i.second or i.microsecond for i in instants) else "%H:%M"
    new = [k > 0 and i.date() != instants[k - 1].date() for k, i in enumerate(instants)]
    return [i.strftime(f"%m-%d {form}" if other else form) for i, other in zip(instants, new, strict=True)]
