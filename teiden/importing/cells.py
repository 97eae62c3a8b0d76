"""The cells of a spreadsheet saved as text, each with its place; quotes as in RFC 4180."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from teiden.files.source import InputError, Place, Problem
from teiden.importing.text import Text
from teiden.language.say import t

SEPARATORS = ",;\t"


@dataclass(frozen=True, slots=True)
class Cell:
    raw: str
    place: Place

    @property
    def text(self) -> str:
        """Full-width letters and digits are the same words: a spreadsheet that writes Japanese has them."""
        return unicodedata.normalize("NFKC", self.raw).strip()


def rows_of(text: Text) -> list[list[Cell]]:
    """Every row that says something; a cell in quotes may take several lines. InputError: an open quote."""
    lines = text.lines
    first = next((line for line in lines if line.strip()), "")
    separator = separator_of(first)
    rows: list[list[Cell]] = []
    at = 0
    while at < len(lines):
        row, at = _row(text, at, separator)
        if any(cell.text for cell in row) and not row[0].text.startswith("#"):
            rows.append(row)
    return rows


def separator_of(line: str) -> str:
    """What stands most often outside of quotes; a comma where nothing does."""
    outside = "".join(line.split('"')[::2])
    return max(SEPARATORS, key=outside.count)


def _row(text: Text, at: int, separator: str) -> tuple[list[Cell], int]:
    """The row that begins on this line, and the index of the line behind it."""
    cells: list[Cell] = []
    line, col = text.lines[at], 0
    while True:
        begin, number = col, at + 1
        if line[col : col + 1] == '"':
            raw, at, col = _quoted(text, at, col)
            line = text.lines[at]
            stop = line.find(separator, col)
            stop = len(line) if stop < 0 else stop
            raw += line[col:stop]
        else:
            stop = line.find(separator, col)
            stop = len(line) if stop < 0 else stop
            raw = line[col:stop]
        width = stop - begin if number == at + 1 else len(text.lines[number - 1]) - begin
        cells.append(Cell(raw, text.place(number, begin + 1, width)))
        if stop >= len(line):
            return cells, at + 1
        col = stop + 1


def _quoted(text: Text, at: int, col: int) -> tuple[str, int, int]:
    """A cell in quotes: its text, and the line and column behind it. Two quotes in it are one."""
    parts: list[str] = []
    start, col = text.place(at + 1, col + 1), col + 1
    while True:
        line = text.lines[at]
        stop = line.find('"', col)
        if stop < 0:
            parts.append(line[col:] + "\n")
            at, col = at + 1, 0
            if at == len(text.lines):
                hint = t("close it, or write a quotation mark in a cell twice")
                raise InputError([Problem(start, t("this quotation mark is never closed"), hint)])
        elif line[stop + 1 : stop + 2] == '"':
            parts.append(line[col : stop + 1])
            col = stop + 2
        else:
            parts.append(line[col:stop])
            return "".join(parts), at, stop + 1
