"""One line of what the colours and marks of a picture mean; only what the picture shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from teiden.plots.head import MARGIN_IN
from teiden.plots.page import RIGHT_IN, Page
from teiden.plots.style import INK, Look, width_in

LEGEND_IN = 0.32
SIZE = 9.0
BOX_IN = (0.22, 0.12)


@dataclass(frozen=True, slots=True)
class Entry:
    """A box of a look, or a line or mark with these settings of `plot`."""

    label: str
    look: Look | None = None
    line: dict[str, Any] | None = None
    edge: str = "none"


def height(entries: Sequence[Entry]) -> float:
    return LEGEND_IN * len(_lines(entries)) if entries else 0.0


def draw(page: Page, entries: Sequence[Entry], top: float) -> None:
    """From the upper left downwards, as many on a line as fit."""
    for number, line in enumerate(_lines(entries)):
        x, y = MARGIN_IN, top - LEGEND_IN * (number + 0.5)
        for entry in line:
            _handle(page, entry, x, y)
            page.text(x + BOX_IN[0] + 0.07, y, entry.label, size=SIZE, color=INK, gid=f"legend-{entry.label}")
            x += _wide(entry)


def _handle(page: Page, entry: Entry, x: float, y: float) -> None:
    wide, high = BOX_IN
    if entry.look is not None:
        page.box(x, x + wide, y - high / 2, y + high / 2, entry.look, edge=entry.edge)
    elif entry.line is not None and entry.line.get("ls") == "":
        page.line([x + wide / 2], [y], **entry.line)
    elif entry.line is not None:
        page.line([x, x + wide], [y, y], **entry.line)


def _wide(entry: Entry) -> float:
    return BOX_IN[0] + 0.07 + width_in(entry.label, SIZE) + 0.24


def _lines(entries: Sequence[Entry]) -> list[list[Entry]]:
    lines: list[list[Entry]] = []
    x = RIGHT_IN
    for entry in entries:
        if x + _wide(entry) - 0.24 > RIGHT_IN:
            lines.append([])
            x = MARGIN_IN
        lines[-1].append(entry)
        x += _wide(entry)
    return lines
