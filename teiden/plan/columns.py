"""Columns of plain text, wide characters counted as two."""

from __future__ import annotations

import re
from collections.abc import Sequence
from textwrap import wrap
from unicodedata import east_asian_width

PARTS = re.compile(r"[\x21-\x7e]+\s*|\s+|.", re.DOTALL)
"""Words of one script stay whole; of the other each character may end a line."""
NOT_FIRST = frozenset("、。）」；：ー")
"""What does not begin a line in Japanese."""


def width(text: str) -> int:
    """Cells that this text takes on a terminal."""
    return sum(2 if east_asian_width(c) in "WF" else 1 for c in text)


def parts(text: str) -> list[str]:
    """Where a line may end: behind a word and its blanks, behind a wide character, not before a stop."""
    found: list[str] = []
    for part in PARTS.findall(text):
        if found and part in NOT_FIRST:
            found[-1] += part
        else:
            found.append(part)
    return found


def folded(text: str, wide: int) -> list[str]:
    """In lines of at most so many cells: at blanks, and between any two wide characters."""
    if text.isascii():
        return wrap(text, wide)
    lines, line = [], ""
    for part in parts(text):
        if line.strip() and width((line + part).rstrip()) > wide:
            lines.append(line.rstrip())
            line = part.lstrip()
        else:
            line += part
    return [*lines, line.rstrip()] if line.strip() else lines


def columns(rows: Sequence[Sequence[str]], aligns: str, *, gaps: Sequence[str] = ()) -> list[str]:
    """Rows of cells, each column as wide as its widest: `<` to the left, `>` to the right.

    `gaps` stand before the columns, two spaces where nothing is given.
    """
    widths = [max(width(row[i]) for row in rows) for i in range(len(aligns))]
    lines = []
    for row in rows:
        line = ""
        for i, (cell, align) in enumerate(zip(row, aligns, strict=True)):
            blank = " " * (widths[i] - width(cell))
            line += (gaps[i] if i < len(gaps) else "  ") + (cell + blank if align == "<" else blank + cell)
        lines.append(line.rstrip())
    return lines
