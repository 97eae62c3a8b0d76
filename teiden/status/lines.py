"""Rows of coloured cells as lines: in columns, and what does not fit beside them stands below, indented."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, takewhile

from rich.text import Text

from teiden.plan.columns import folded, width

INDENT = "    "
GAP = "  "


@dataclass(frozen=True)
class Row:
    cells: Sequence[Text]
    words: str = ""
    """Why, in as many words as it takes."""
    style: str = "yellow"


def laid_out(rows: Sequence[Row], aligns: str, wide: int) -> Iterator[Text]:
    """`aligns`: `<` or `>` for each column. Columns that are empty everywhere take no room."""
    used = [i for i in range(len(aligns)) if any(row.cells[i].cell_len for row in rows)]
    widths = {i: max(row.cells[i].cell_len for row in rows) for i in used}
    for row in rows:
        line = Text("  ")
        for i in used:
            blank = " " * (widths[i] - row.cells[i].cell_len)
            line = line + (row.cells[i] + blank if aligns[i] == "<" else Text(blank) + row.cells[i]) + GAP
        yield from _with_words(line, row, wide)


def _with_words(line: Text, row: Row, wide: int) -> Iterator[Text]:
    words = Text(row.words, style=row.style)
    if line.cell_len + words.cell_len <= wide:
        line.append_text(words)
        line.rstrip()
        yield from _cut(line, wide)
        return
    line.rstrip()
    yield from _cut(line, wide)
    for part in folded(row.words, max(20, wide - len(INDENT))):
        yield Text(INDENT + part, style=row.style)


def _cut(line: Text, wide: int) -> Iterator[Text]:
    """What a very narrow terminal has no room for goes on in the next line."""
    while line.cell_len > wide:
        plain = line.plain
        most = _fitting(plain, wide)
        blank = len(plain) - len(plain.lstrip())
        at = plain.rfind(GAP, blank, most + len(GAP))
        head, tail = line.divide([at if at > blank else most])
        head.rstrip()
        yield head
        line = Text(INDENT) + _stripped(tail)
    yield line


def _fitting(text: str, wide: int) -> int:
    """How many characters take no more than so many cells."""
    cells = accumulate(map(width, text))
    return sum(1 for _ in takewhile(lambda so_far: so_far <= wide, cells))


def _stripped(text: Text) -> Text:
    return text[len(text.plain) - len(text.plain.lstrip()) :] if text.plain.strip() else Text("")
