"""Columns of plain text, wide characters counted as two."""

from __future__ import annotations

from collections.abc import Sequence
from unicodedata import east_asian_width


def width(text: str) -> int:
    """Cells that this text takes on a terminal."""
    return sum(2 if east_asian_width(c) in "WF" else 1 for c in text)


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
