"""How wide the parts of a page's timeline are, in pixels; a browser that knows its fonts measures again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from teiden.plan.columns import width
from teiden.plots.rows import Row
from teiden.plots.words import word

WIDTH, RIGHT = 1200.0, 150.0
"""Of the whole drawing, and of the column at its right."""
NAME, LABEL, GROUP = 12.0, 10.0, 11.0
"""Sizes of the texts left of the panel."""
EM = 0.57
"""How wide an ordinary character is, measured in its height; a wide one is two of them."""
LONGEST = 40
"""A longer label is cut."""


@dataclass(frozen=True, slots=True)
class Left:
    """The room left of the panel, and what names and labels take of it."""

    whole: float
    names: float
    labels: float


def wide(text: str, size: float) -> float:
    """Pixels that a text takes, about: nobody knows the reader's fonts."""
    return width(text) * size * EM


def left_of(rows: Sequence[Row]) -> Left:
    names = max((wide(row.name, NAME) for row in rows), default=0.0)
    labels = max((wide(label_of(row), LABEL) for row in rows), default=0.0)
    groups = max((wide(word(row.group), GROUP) for row in rows), default=0.0)
    whole = names + labels + groups + 48 + (12 if labels else 0)
    return Left(round(max(whole, 150.0), 1), round(names, 1), round(labels, 1))


def label_of(row: Row) -> str:
    label = " ".join(row.device.label.split())
    return "" if label == row.name else label[:LONGEST]
