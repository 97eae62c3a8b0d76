"""Heat map of the outcome over two varied parameters: the darker, the worse; what breaks is hatched.

The line between what holds and what breaks is drawn thick. A cell without a run says so.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.colors import LinearSegmentedColormap, to_hex, to_rgb
from matplotlib.figure import Figure

from teiden.language.say import t
from teiden.plots import legend
from teiden.plots.cells import BROKEN, LOWEST, Cell, Cells, cells, rule
from teiden.plots.fonts import in_words_that_print, only
from teiden.plots.head import MARGIN_IN
from teiden.plots.headline import Number
from teiden.plots.legend import Entry
from teiden.plots.page import RIGHT_IN, Page
from teiden.plots.steps import Steps
from teiden.plots.style import INK, MUTED, Look, fitted, width_in
from teiden.plots.style import paper as paper_settings

GROUND_IN = 7.2
"""How high all cells are together, at most."""
CELL_IN = (1.9, 0.5)
"""A cell, at most."""
LEAST_IN = 0.16
KEY_IN = 1.35
"""Right of the cells, for the scale."""
FOOT_IN = 0.55

RAMP = LinearSegmentedColormap.from_list("worse", ["#F1F5F8", "#F6D9A8", "#E69F00", "#B03A00", "#5E1B00"])
"""Falls evenly in grey too."""
NOT_PLAYED = Look("#FFFFFF", "xx", lines="#D5DBE1")


def draw(
    runs: pd.DataFrame,
    x: str,
    y: str,
    value: str = BROKEN,
    *,
    provenance: str = "",
    fonts: Collection[str] | None = None,
) -> Figure:
    """Draw the runs of a sweep over two of its parameters.

    `value`: `broken`, the share of runs that broke something; `broken.S2`, that broke this; `lowest_charge`,
    the lowest of all batteries; or a column such as `margin.linked_stop_s`, of which the smallest counts.
    Columns that are missing raise InputError.
    """
    with only(fonts), in_words_that_print(), paper_settings():
        return _draw(cells(runs, x, y, value), provenance)


@dataclass(frozen=True, slots=True)
class _Grid:
    """Where the cells stand, in inches; rows count upwards."""

    left: float
    low: float
    wide: float
    high: float

    def box(self, column: int, row: int) -> tuple[float, float, float, float]:
        x, y = self.left + column * self.wide, self.low + row * self.high
        return x, x + self.wide, y, y + self.high


@dataclass(frozen=True, slots=True)
class _Range:
    """From the best value to the worst, as the colours run."""

    best: float
    worst: float

    def colour(self, value: float) -> str:
        span = self.worst - self.best
        part = (value - self.best) / span if span else 0.0
        return to_hex(RAMP(min(1.0, max(0.0, part))))


def _draw(found: Cells, provenance: str) -> Figure:
    across, up = found.shape
    keys = _keys(found)
    left = MARGIN_IN + 0.45 + max(width_in(label, 8.5) for label in found.y.labels) + 0.15
    left = min(left, 3.2)
    wide = min(CELL_IN[0], (RIGHT_IN - KEY_IN - left) / across)
    high = max(LEAST_IN, min(CELL_IN[1], GROUND_IN / up))
    body = legend.height(keys) + 0.12 + high * up + FOOT_IN
    page = Page(_title(found), _numbers(found), body, provenance=provenance)
    legend.draw(page, keys, page.top)
    grid = _Grid(left, page.low + FOOT_IN, wide, high)
    limits = _limits(found)
    several = len({cell.n for cell in found.cells.values()}) > 1
    for column in range(across):
        for row in range(up):
            _cell(page, grid, found.cells.get((column, row)), (column, row), limits, found, several)
    _edges(page, grid, found)
    _labels(page, grid, found)
    _scale(page, grid, found, limits)
    return page.figure


def _limits(found: Cells) -> _Range:
    values = [cell.value for cell in found.cells.values() if cell.value is not None]
    if found.is_share or not values:
        return _Range(0.0, 1.0)
    return _Range(max(values), min(values))


def _cell(
    page: Page,
    grid: _Grid,
    cell: Cell | None,
    place: tuple[int, int],
    limits: _Range,
    found: Cells,
    several: bool,
) -> None:
    x0, x1, low, high = grid.box(*place)
    gid = f"cell-{place[0]}-{place[1]}"
    if cell is None:
        page.box(x0, x1, low, high, NOT_PLAYED, edge="#D5DBE1", gid=gid)
        return
    fill = limits.colour(cell.value) if cell.value is not None else "#FFFFFF"
    lines = "#5E1B00" if _contrast(fill, "#5E1B00") > 3.5 else "#F6D9A8"
    hatch = "///" if cell.broken else ""
    page.box(x0, x1, low, high, Look(fill, hatch, lines=lines), linewidth=0.8, gid=gid)
    ink = "white" if _contrast(fill, "#FFFFFF") > _contrast(fill, INK) else INK
    size = min(9.5, grid.high * 72 * 0.42)
    text = "–" if cell.value is None else _value_text(found, cell.value)
    room = grid.wide - 0.1
    small = f"n={cell.n}"
    beneath = several and grid.high >= 0.36 and width_in(small, 7) < room
    if width_in(text, size, bold=bool(cell.broken)) > room or size < 5.5:
        return
    y = (low + high) / 2 + (0.075 if beneath else 0.0)
    ground = {"facecolor": fill, "edgecolor": "none", "pad": 0.9} if hatch else None
    look: dict[str, Any] = {"ha": "center", "color": ink, "bbox": ground}
    weight = "bold" if cell.broken else "normal"
    page.text((x0 + x1) / 2, y, text, size=size, weight=weight, gid=f"value-{place[0]}-{place[1]}", **look)
    if beneath:
        page.text((x0 + x1) / 2, y - 0.16, small, size=7, gid=f"n-{place[0]}-{place[1]}", **look)


def _contrast(one: str, other: str) -> float:
    """As in the accessibility guidelines: from 1 (the same) to 21 (black on white)."""

    def luminance(colour: str) -> float:
        parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    dark, bright = sorted((luminance(one), luminance(other)))
    return (bright + 0.05) / (dark + 0.05)


def _edges(page: Page, grid: _Grid, found: Cells) -> None:
    """Between a played cell that holds and one beside it that breaks; a white line below keeps it visible."""
    across, up = found.shape
    for column in range(across):
        for row in range(up):
            here = found.breaks(column, row)
            x0, x1, low, high = grid.box(column, row)
            for other, xs, ys in (
                ((column + 1, row), [x1, x1], [low, high]),
                ((column, row + 1), [x0, x1], [high, high]),
            ):
                there = found.breaks(*other)
                if here is not None and there is not None and here is not there:
                    page.line(xs, ys, color="white", lw=5.0, zorder=3, solid_capstyle="projecting")
                    page.line(xs, ys, lw=2.6, zorder=3.1, solid_capstyle="projecting", gid="edge")


def _labels(page: Page, grid: _Grid, found: Cells) -> None:
    across, up = found.shape
    every = _every(found.x, grid.wide)
    for k, label in enumerate(found.x.labels):
        if k % every == 0:
            x = grid.left + (k + (0.0 if found.x.binned else 0.5)) * grid.wide
            page.text(x, grid.low - 0.13, label, ha="center", gid="x-label")
    skip = max(1, -int(-0.15 // grid.high))
    for k, label in enumerate(found.y.labels):
        if k % skip == 0:
            y = grid.low + (k + (0.0 if found.y.binned else 0.5)) * grid.high
            page.text(grid.left - 0.1, y, label, ha="right", room=2.4, gid="y-label")
    middle = grid.left + across * grid.wide / 2
    page.text(middle, grid.low - 0.36, found.x.name, ha="center", weight="bold", size=9.5, gid="x-name")
    name = fitted(found.y.name, grid.high * up + 0.4, 9.5, bold=True)
    y = grid.low + up * grid.high / 2
    page.text(
        MARGIN_IN + 0.1, y, name, rotation=90, ha="center", va="center", weight="bold", size=9.5, gid="y-name"
    )


def _every(axis: Steps, wide: float) -> int:
    """Labels that would touch are left out evenly."""
    widest = max(width_in(label, 8.5) for label in axis.labels) + 0.1
    return max(1, int(np.ceil(widest / wide)))


def _scale(page: Page, grid: _Grid, found: Cells, limits: _Range) -> None:
    """What the colours say, the worst at the top."""
    across, up = found.shape
    x = grid.left + across * grid.wide + 0.25
    high = min(grid.high * up, 2.4)
    low = grid.low + grid.high * up - high
    n = 60
    for k in range(n):
        value = limits.best + (limits.worst - limits.best) * (k + 0.5) / n
        y = low + high * k / n
        page.box(x, x + 0.16, y, y + high / n + 0.005, Look(limits.colour(value)), linewidth=0)
    for part in (0.0, 0.5, 1.0) if high > 0.7 else (0.0, 1.0):
        value = limits.best + (limits.worst - limits.best) * part
        page.text(x + 0.22, low + high * part, _value_text(found, value), size=8, gid="scale")


def _value_text(found: Cells, value: float) -> str:
    if found.is_share:
        return _percent(value)
    if found.value.endswith("_pct") or found.value == LOWEST:
        return f"{value:.0f} %"
    return f"{value:.0f} s".replace("-", "−") if found.value.endswith("_s") else f"{value:g}"


def _percent(share: float) -> str:
    """Never rounded to nothing, nor to all."""
    whole = round(100 * share)
    if 0 < share < 1 and whole in (0, 100):
        return "< 1 %" if whole == 0 else "> 99 %"
    return f"{whole} %"


def _title(found: Cells) -> str:
    bad = sum(1 for cell in found.cells.values() if cell.broken)
    n = len(found.cells)
    if not bad:
        return t("Holds in all {n} cells of {x} by {y}", n=n, x=found.x.name, y=found.y.name)
    if bad == n:
        return t("Breaks in all {n} cells of {x} by {y}", n=n, x=found.x.name, y=found.y.name)
    parted = rule(found)
    if parted is not None:
        name, value, upwards = parted
        if upwards:
            return t("Breaks where {name} is {value} or more, and nowhere else", name=name, value=value)
        return t("Breaks where {name} is less than {value}, and nowhere else", name=name, value=value)
    return t("Breaks in {bad} of {n} cells of {x} by {y}", bad=bad, n=n, x=found.x.name, y=found.y.name)


def _numbers(found: Cells) -> list[Number]:
    runs = sum(cell.n for cell in found.cells.values())
    bad = sum(cell.broken for cell in found.cells.values())
    numbers = [
        Number(t("{bad} of {n} runs broke {rule}", bad=f"{bad:,}", n=f"{runs:,}", rule=_rule(found)), bad > 0)
        if _rule(found)
        else Number(t("{bad} of {n} runs broke something", bad=f"{bad:,}", n=f"{runs:,}"), bad > 0)
    ]
    numbers.append(Number(_meaning(found)))
    played = {cell.n for cell in found.cells.values()}
    if len(played) == 1 and played != {1}:
        numbers.append(Number(t("{n} runs a cell", n=played.pop())))
    return numbers


def _rule(found: Cells) -> str:
    """The rule that is asked for; empty: any."""
    return found.value.partition(".")[2] if found.is_share else ""


def _meaning(found: Cells) -> str:
    if found.value == BROKEN:
        return t("in the cells: share of runs that broke something")
    if found.is_share:
        return t("in the cells: share of runs that broke {rule}", rule=_rule(found))
    if found.value == LOWEST:
        return t("in the cells: the lowest charge of any battery")
    return t("in the cells: the smallest {name}", name=found.value)


def _keys(found: Cells) -> list[Entry]:
    across, up = found.shape
    keys = []
    if any(cell.broken for cell in found.cells.values()):
        keys.append(Entry(t("breaks in at least one run"), Look("#F6D9A8", "///", lines="#5E1B00")))
        keys.append(Entry(t("edge between holds and breaks"), line={"color": INK, "lw": 2.6}))
    if len(found.cells) < across * up:
        keys.append(Entry(t("not played"), NOT_PLAYED, edge=MUTED))
    return keys
