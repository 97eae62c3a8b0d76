"""What is drawn over the bars: commands, silent cards, devices in somebody's hands, jobs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from teiden.plots.beside import (
    HELD_BY_HAND,
    JOB,
    JOB_FAILED,
    SILENT,
    Command,
    Stretch,
    by_row,
    commands,
    stretches,
)
from teiden.plots.lanes import Lanes
from teiden.plots.style import ALARM, COMMAND, HAND, HELD, MUTED
from teiden.plots.time_axis import TimeAxis

__all__ = [
    "HELD_BY_HAND",
    "JOB",
    "JOB_FAILED",
    "SILENT",
    "Command",
    "Stretch",
    "by_row",
    "commands",
    "draw",
    "stretches",
    "triangles",
]

APART_IN = 0.085
"""Triangles closer than this would smear into one: the first of them stands for all."""


def triangles(axes: Axes, stack: Lanes, axis: TimeAxis, sent: Sequence[Command]) -> set[str]:
    """A triangle on top of the bar where a command was sent; answers which kinds there were."""
    shown: set[str] = set()
    at = stack.heights
    last: dict[tuple[float, str], float] = {}
    for c in sorted(sent, key=lambda command: command.t):
        if c.row not in at or not axis.shown(c.t - 0.5, c.t + 0.5):
            continue
        y, x = at[c.row] - stack.bar_in / 2, axis.x(c.t)
        if x - last.get((y, c.kind), float("-inf")) < APART_IN:
            continue
        last[y, c.kind] = x
        shown.add(c.kind)
        look: dict[str, Any] = {"ms": 5.5, "mfc": COMMAND, "mec": "white", "mew": 0.6, "clip_on": False}
        axes.add_artist(Line2D([x], [y], marker=c.kind, ls="", zorder=6, gid=f"command-{c.row}", **look))
    return shown


def draw(axes: Axes, stack: Lanes, axis: TimeAxis, found: Sequence[Stretch]) -> set[str]:
    """Draw all of them over their rows; answers which kinds there were, for the legend."""
    shown: set[str] = set()
    at = stack.heights
    for stretch in found:
        parts = axis.shown(stretch.t0, stretch.t1) if stretch.row in at else []
        for x0, x1 in parts:
            _LOOKS[stretch.kind](axes, stack, at[stretch.row], x0, x1)
        if parts:
            shown.add(JOB if stretch.kind == JOB_FAILED else stretch.kind)
    return shown


def _silent(axes: Axes, stack: Lanes, y: float, x0: float, x1: float) -> None:
    box = Rectangle((x0, y - stack.bar_in / 2), x1 - x0, stack.bar_in, fill=False, lw=0, zorder=2.3)
    box.set(edgecolor=MUTED, hatch="xxx", gid="silent")
    axes.add_patch(box)


def _held(axes: Axes, stack: Lanes, y: float, x0: float, x1: float) -> None:
    """Behind the bar and out over it, so that it is seen whether the device runs or not."""
    box = Rectangle((x0, y - stack.pitch * 0.47), x1 - x0, stack.pitch * 0.94, zorder=1.2)
    box.set(facecolor=HELD, edgecolor="none", gid="held")
    axes.add_patch(box)
    frame = Rectangle((x0, y - stack.pitch * 0.47), x1 - x0, stack.pitch * 0.94, fill=False, zorder=2.4)
    frame.set(edgecolor=HAND, linewidth=1.8)
    axes.add_patch(frame)


def _job(axes: Axes, stack: Lanes, y: float, x0: float, x1: float) -> None:
    _job_line(axes, stack, y, x0, x1, COMMAND)


def _failed_job(axes: Axes, stack: Lanes, y: float, x0: float, x1: float) -> None:
    _job_line(axes, stack, y, x0, x1, ALARM)


def _job_line(axes: Axes, stack: Lanes, y: float, x0: float, x1: float, colour: str) -> None:
    """A line below the bar with a tick at either end."""
    low = y + stack.bar_in / 2
    axes.plot([x0, x1], [low, low], color=colour, lw=2.2, solid_capstyle="butt", zorder=5, gid="job")
    for x in (x0, x1):
        axes.plot([x, x], [low - 0.045, low + 0.02], color=colour, lw=1.0, zorder=5)


_LOOKS = {SILENT: _silent, HELD_BY_HAND: _held, JOB: _job, JOB_FAILED: _failed_job}
