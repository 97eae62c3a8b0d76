"""Blots out pass phrases that somebody wrote into a site file, before its lines are shown (SEC-14)."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

from teiden.files.document import Document
from teiden.files.field_types import SECRET
from teiden.files.source import Path, Place, Problem

_WORDS = r"(secret|pass(word|wd|phrase)|community|token)"
CALLED_SO = re.compile(rf"(.*_)?{_WORDS}", re.IGNORECASE)
"""Keys behind which a pass phrase may stand, also those that no file should have."""
LINE = re.compile(rf"{_WORDS}[\"']?\s*+:\s*+(?![\"']?{SECRET})(?P<open>.+)", re.IGNORECASE)
"""The same in the text of a line that could not be read; nothing in it is tried twice, however long it is."""
BLOT = "*"


def hidden(problems: Iterable[Problem], document: Document) -> list[Problem]:
    """The same problems; in the lines that they show, each pass phrase is only as many stars."""
    blots: dict[tuple[str, int], list[Place]] = defaultdict(list)
    for path, place in document.values.items():
        if place.line and _is_open(path, document):
            blots[place.file, place.line].append(place)
    return [
        replace(
            problem, place=_blotted(problem.place, blots.get((problem.place.file, problem.place.line), []))
        )
        for problem in problems
    ]


def hidden_unread(problems: Iterable[Problem]) -> list[Problem]:
    """The same for a file that is no YAML: whatever follows such a key, up to the end of its line."""
    return [
        replace(problem, place=replace(problem.place, text=LINE.sub(_starred, problem.place.text)))
        for problem in problems
    ]


def text_without_secrets(text: str, document: Document | None) -> str:
    """The whole text, line by line, with stars for each pass phrase; None: it is no YAML that can be read."""
    blots: dict[int, list[Place]] = defaultdict(list)
    if document is not None:
        for path, place in document.values.items():
            if place.line and _is_open(path, document):
                blots[place.line].append(place)
    lines = []
    for number, line in enumerate(text.splitlines(), 1):
        shown = _blotted(Place("", number, 1, line), blots.get(number, [])).text
        lines.append(LINE.sub(_starred, shown))
    return "\n".join(lines)


def _starred(found: re.Match[str]) -> str:
    return found[0][: found.start("open") - found.start()] + BLOT * len(found["open"])


def _is_open(path: Path, document: Document) -> bool:
    value = document.get(*path)
    if isinstance(value, dict | list | bool | None):
        return False
    text, keys = str(value), [part for part in path if isinstance(part, str)]
    if "://" in text and "@" in text:
        return True
    return any(CALLED_SO.fullmatch(key) for key in keys[-2:]) and not re.fullmatch(SECRET, text)


def _blotted(place: Place, open_ones: list[Place]) -> Place:
    text = place.text
    for one in open_ones:
        start = one.col - 1
        text = text[:start] + BLOT * one.width + text[start + one.width :]
    return replace(place, text=text)
