"""Where each row stands, and what is written left of it: group, bracket, label, name. All in inches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes

from teiden.plots.rows import Row
from teiden.plots.style import INK, MUTED, can_print, fitted, width_in
from teiden.plots.words import word

PITCH_IN = 0.265
"""From row to row, where there is room."""
TALLEST_IN = 14.0
"""Many rows share at most this height ..."""
NARROWEST_IN = 0.125
"""... down to this pitch."""
GROUP_GAP_IN = 0.13
GROUP_SIZE = 8.5
LABEL_ROOM_IN = 1.9
"""A longer name or label is cut."""


@dataclass(frozen=True, slots=True)
class Lane:
    """A row and the middle of its bar."""

    row: Row
    y: float


@dataclass(frozen=True, slots=True)
class Lanes:
    lanes: tuple[Lane, ...]
    pitch: float
    height: float

    @property
    def bar_in(self) -> float:
        return 0.7 * self.pitch

    @property
    def heights(self) -> dict[str, float]:
        """The middle of every device's bar, also where it shares one."""
        return {name: lane.y for lane in self.lanes for name in lane.row.names}

    @property
    def size(self) -> float:
        """Of the texts in bars."""
        return min(8.0, self.pitch * 72 * 0.42)


def stacked(rows: Sequence[Row]) -> Lanes:
    """Stack the rows, group by group."""
    pitch = min(PITCH_IN, max(NARROWEST_IN, TALLEST_IN / max(1, len(rows))))
    y, placed = 0.04, []
    for row, before in zip(rows, [None, *rows], strict=False):
        if before is not None and before.group != row.group:
            y += GROUP_GAP_IN
        placed.append(Lane(row, y + pitch / 2))
        y += pitch
    return Lanes(tuple(placed), pitch, y + 0.04)


def names_width(stack: Lanes) -> float:
    """The room that brackets, labels and names take left of the panel."""
    labels = _widest([_label(lane.row) for lane in stack.lanes], _label_size(stack))
    return _names_in(stack) + labels + _groups_in(stack) + (0.13 if labels else 0.0) + 0.34


def names(paper: Axes, stack: Lanes, left: float, top: float) -> None:
    """Group, bracket, label and name of every row; `left` and `top` of the panel on the paper."""
    aside: dict[str, Any] = {"ha": "right", "va": "center_baseline"}
    size, small = _name_size(stack), _label_size(stack)
    label_x = left - _names_in(stack) - 0.19
    for lane in stack.lanes:
        y, name = top - lane.y, lane.row.name
        paper.text(left - 0.08, y, _name(lane.row), size=size, gid=f"row-{name}", **aside)
        paper.text(label_x, y, _label(lane.row), size=small, color=MUTED, **aside)
    bracket = left - names_width(stack) + _groups_in(stack) + 0.14
    for group in dict.fromkeys(lane.row.group for lane in stack.lanes):
        ys = [top - lane.y for lane in stack.lanes if lane.row.group == group]
        high, low = max(ys) + stack.bar_in / 2, min(ys) - stack.bar_in / 2
        paper.plot([bracket, bracket], [low, high], color=INK, lw=2.2, solid_capstyle="butt")
        paper.text(bracket - 0.09, (low + high) / 2, word(group), size=GROUP_SIZE, weight="bold", **aside)


def _names_in(stack: Lanes) -> float:
    return _widest([_name(lane.row) for lane in stack.lanes], _name_size(stack))


def _groups_in(stack: Lanes) -> float:
    return _widest([word(lane.row.group) for lane in stack.lanes], GROUP_SIZE, bold=True)


def _widest(texts: Sequence[str], size: float, bold: bool = False) -> float:
    return max((width_in(text, size, bold) for text in texts), default=0.0)


def _name_size(stack: Lanes) -> float:
    return min(9.5, stack.size * 1.18)


def _label_size(stack: Lanes) -> float:
    return min(7.5, stack.size)


def _name(row: Row) -> str:
    return fitted(row.name, LABEL_ROOM_IN, 9.5)


def _label(row: Row) -> str:
    """Site files may name devices in any script; without a font for it the name alone must do."""
    label = " ".join(row.device.label.split())
    if not label or label == row.name or not can_print(label):
        return ""
    return fitted(label, LABEL_ROOM_IN, 7.5)
