"""Where a value stands in a file, and what is wrong with it: the form every input error takes."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from teiden.language.retell import retold_problem
from teiden.language.say import t

Path = tuple[str | int, ...]
"""Keys and indices from the top of the document: ("upses", "ups3", "confirm")."""

SHOWN_CHARACTERS = 160
"""Longer source lines are shown as a window around the caret."""

SHOWN_PROBLEMS = 50
"""Of more than this the rest is only counted."""


@dataclass(frozen=True, slots=True)
class Place:
    """`line` and `col` count from 1; 0 means the whole file (missing, binary, a directory)."""

    file: str
    line: int = 0
    col: int = 0
    text: str = ""
    """The source line, without its newline."""
    width: int = 1
    """How many characters the value takes: the caret's length."""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.col}" if self.line else self.file

    def within(self, offset: int, width: int = 1) -> Place:
        """The place `offset` characters into this one, kept inside it."""
        step = min(max(0, offset), max(0, self.width - 1))
        return Place(self.file, self.line, self.col + step, self.text, max(1, min(width, self.width - step)))

    def caret_lines(self) -> list[str]:
        """The source line and the caret under the value, lined up for wide (Japanese) characters too."""
        start = self.col - 1
        first = max(0, start - SHOWN_CHARACTERS // 2) if len(self.text) > SHOWN_CHARACTERS else 0
        before = _visible(self.text[first:start])
        end, most = start + max(1, self.width), SHOWN_CHARACTERS + 1  # a line may be megabytes long
        value = _visible(self.text[start : min(end, start + most)])
        after = _visible(self.text[end : end + most])
        shown, room = before + value + after, SHOWN_CHARACTERS
        cut = "..." if first else ""
        indent = " " * len(cut) + "".join("\t" if c == "\t" else " " * _columns(c) for c in before)
        carets = "^" * max(1, min(display_width(value), room - len(before)))
        tail = "..." if len(shown) > room else ""
        return [f"{self.line:>5} | {cut}{shown[:room]}{tail}", f"      | {indent}{carets}"]


@dataclass(frozen=True, slots=True)
class Problem:
    place: Place
    message: str
    """What is wrong."""
    allowed: str = ""
    """What is allowed, or what to do."""

    def __str__(self) -> str:
        lines = [t("{place}: error: {message}", place=self.place, message=retold_problem(self.message))]
        if self.place.line:
            lines += self.place.caret_lines()
        lines += [f"   {retold_problem(line)}" for line in self.allowed.splitlines()]
        return "\n".join(lines)


class InputError(Exception):
    """The input is wrong: every problem of it at once, in file order. Exit code 2."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = in_file_order(problems)
        shown = [str(problem) for problem in self.problems[:SHOWN_PROBLEMS]]
        if more := len(self.problems) - len(shown):
            shown.append(t("... and {n} more", n=more))
        super().__init__("\n".join(shown))


def in_file_order(problems: Iterable[Problem]) -> list[Problem]:
    """Each problem once, file by file as they were met, by line and column."""
    once = list(dict.fromkeys(problems))
    files = list(dict.fromkeys(p.place.file for p in once))
    return sorted(once, key=lambda p: (files.index(p.place.file), p.place.line, p.place.col))


def display_width(text: str) -> int:
    """How many columns of a terminal the text takes: wide characters two, combining marks none."""
    return sum(_columns(c) for c in text)


def _columns(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _visible(text: str) -> str:
    """The text without anything that would move or recolour the reader's terminal."""
    return "".join(c if c == "\t" or c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
