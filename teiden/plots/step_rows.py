"""The rows of the waterfall: a bar for each step at its limit, the run's own under it, figures beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from teiden.language.say import t
from teiden.plan.arithmetic import names, number
from teiden.plots.budget import Kind, Step
from teiden.plots.head import MARGIN_IN
from teiden.plots.page import RIGHT_IN, Page
from teiden.plots.scale import Scale
from teiden.plots.style import ALARM, GOOD, INK, LOOKS, MUTED, Look, width_in
from teiden.plots.taken import Taken

LEFT_IN = 3.3
"""Where the panel begins: left of it the groups and the steps' names."""
COLUMN_IN = 0.78
"""Of the figures right of the panel."""
BAR_IN = 0.25
SLIM_IN = 0.075
"""The bar of the run, under that of the limit."""

WAITING = Look("#DCE3E9", ink="#44515c")
COUNTDOWN = (Look("#E69F00"), Look("#F2C14E"), Look("#F9DFA4"))
"""The three pieces of a delay."""
LATE = Look("#FFFFFF", "....", lines="#5f6b76")
SPARE = Look("#CFEBDD", ink=GOOD)
SHORT = Look(ALARM, "xxxx", "white", "#F3C9B5")
RUN = Look("#1f2d3a", ink="white")
HOLDING = Look("#DCE3E9", "////", "black", "#5f6b76")
LOOK_OF = {
    Kind.CONFIRM: WAITING,
    Kind.WAIT: WAITING,
    Kind.SHUTDOWN: LOOKS["shutting down"],
    Kind.HALT_FIRST: LOOKS["shutting down"],
    Kind.NODES: LOOKS["shutting down"],
    Kind.CLUSTER: LOOKS["shutting down"],
    Kind.OFF: COUNTDOWN[0],
    Kind.CUT: COUNTDOWN[0],
    Kind.FLUSH: LOOKS["flushing"],
    Kind.HELD: HOLDING,
}


@dataclass(frozen=True, slots=True)
class Row:
    step: Step
    y: float
    """Middle, from the paper's lower edge."""
    taken: Taken | None


def draw(page: Page, axis: Scale, row: Row, run: bool) -> None:
    step, y = row.step, row.y
    named(page, step, y)
    low, high = y - BAR_IN / 2, y + BAR_IN / 2
    if run:
        low += SLIM_IN + 0.02
    if step.parts:
        _parts(page, axis, step, low, high)
    else:
        text = t("limit {n} s", n=number(step.seconds)) if step.spare_s is not None else ""
        _bar(page, axis, step, y, LOOK_OF[step.kind], text, low=low)
    if step.spare_s and step.spare_s > 0:
        x0, x1 = axis.x(step.t1), axis.x(step.t1 + step.spare_s)
        told = t("{n} s to spare", n=number(step.spare_s))
        if x1 - x0 > width_in(told, 8) + 0.3:
            page.span(x0 + 0.02, x1 - 0.02, (low + high) / 2, MUTED)
            ground = {"facecolor": "white", "edgecolor": "none", "pad": 1.0}
            page.text((x0 + x1) / 2, (low + high) / 2, told, ha="center", size=8, color=MUTED, bbox=ground)
    if row.taken is not None:
        slim(page, axis, row.taken.t0, row.taken.t1, y, row.taken.trouble)
    figures(page, axis, step, y, row.taken, columns=run)


def _bar(
    page: Page,
    axis: Scale,
    step: Step,
    y: float,
    look: Look,
    text: str,
    low: float | None = None,
    edge: str = "white",
) -> None:
    low = y - BAR_IN / 2 if low is None else low
    high = y + BAR_IN / 2
    x0, x1 = axis.x(step.t0), axis.x(step.t1)
    page.box(x0, x1, low, high, look, edge=edge, gid=f"bar-{step.kind.value}")
    text = text or number(step.seconds)
    if width_in(text, 8.5) + 0.12 < x1 - x0:
        ground = {"facecolor": look.fill, "edgecolor": "none", "pad": 0.8} if look.hatch else None
        page.text((x0 + x1) / 2, (low + high) / 2, text, ha="center", color=look.ink, bbox=ground)


def _parts(page: Page, axis: Scale, step: Step, low: float, high: float) -> None:
    at = step.t0
    for number_, part in enumerate(step.parts):
        look = COUNTDOWN[number_ % 3] if step.kind is Kind.OFF else LOOK_OF[step.kind]
        x0, x1 = axis.x(at), axis.x(at + part.seconds)
        page.box(x0, x1, low, high, look, gid=f"bar-{step.kind.value}")
        full = f"{number(part.seconds)} {part.words}".strip()
        text = next((s for s in (full, number(part.seconds)) if width_in(s, 8) + 0.1 < x1 - x0), "")
        ground = {"facecolor": look.fill, "edgecolor": "none", "pad": 0.8} if look.hatch else None
        page.text((x0 + x1) / 2, (low + high) / 2, text, ha="center", size=8, color=look.ink, bbox=ground)
        at += part.seconds


def slim(page: Page, axis: Scale, t0: float, t1: float, y: float, trouble: bool) -> None:
    low = y - BAR_IN / 2
    look = Look(ALARM) if trouble else RUN
    page.box(axis.x(t0), max(axis.x(t1), axis.x(t0) + 0.02), low, low + SLIM_IN, look, zorder=3, gid="taken")


def stairs(page: Page, axis: Scale, rows: Sequence[Row]) -> None:
    """From the end of a step down to the beginning of the next."""
    for row, after in pairwise(rows):
        x = axis.x(row.step.t1)
        page.line(
            [x, x],
            [row.y - BAR_IN / 2, after.y + BAR_IN / 2],
            color=MUTED,
            lw=0.9,
            ls=(0, (2, 1.5)),
            zorder=1.4,
        )


def named(page: Page, step: Step, y: float, colour: str = INK) -> None:
    right = LEFT_IN - 0.12
    who = names(step.who, most=4)
    if len(step.who) > 4:
        who = f"{who} ({len(step.who)})"
    bold = step.spare_s is None
    up = 0.085 if who else 0.0
    weight = "bold" if bold else "normal"
    room = LEFT_IN - 0.12 - MARGIN_IN - 0.35
    page.text(
        right, y + up, step.what, ha="right", size=9, weight=weight, color=colour, room=room, gid="step"
    )
    page.text(right, y - 0.085, who, ha="right", size=7.5, color=MUTED, room=room, gid="who")


def figures(page: Page, axis: Scale, step: Step, y: float, taken: Taken | None, *, columns: bool) -> None:
    x = axis.x1 + COLUMN_IN
    bold = "bold" if step.spare_s is None else "normal"
    page.text(x, y, number(step.seconds), ha="right", size=9.5, weight=bold, gid="limit")
    page.text(x + COLUMN_IN, y, number(step.t1), ha="right", size=9, color=MUTED, gid="until")
    if columns and taken is not None:
        colour = ALARM if taken.trouble else INK
        page.text(RIGHT_IN, y, f"{taken.longest_s:.0f}", ha="right", size=9.5, color=colour, gid="run")
