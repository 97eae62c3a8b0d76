"""A document of plain values that knows where each of its keys and values was written."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from teiden.files.source import Path, Place, Problem

Value = Any
"""dict[str, Value], list[Value], str, int, float, bool or None: what JSON knows."""


@dataclass
class Document:
    """Values, and places by path; parts laid over it keep the places of the file they came from."""

    value: Value
    file: str
    start: Place
    """Where the document begins."""
    keys: dict[Path, Place] = field(default_factory=dict)
    values: dict[Path, Place] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    """What was already wrong when the text was read."""

    @classmethod
    def of(cls, value: Mapping[str, Value], file: str) -> Document:
        """Values that were never in a file: from Python."""
        return cls(copy.deepcopy(dict(value)), file, Place(file))

    def copy(self) -> Document:
        return Document(
            copy.deepcopy(self.value),
            self.file,
            self.start,
            dict(self.keys),
            dict(self.values),
            list(self.problems),
        )

    def __contains__(self, path: Path) -> bool:
        try:
            self[path]
        except (KeyError, IndexError):
            return False
        return True

    def __getitem__(self, path: Path) -> Value:
        value = self.value
        for part in path:
            fits = isinstance(value, dict if isinstance(part, str) else list)
            if not fits:
                raise KeyError(path)
            value = value[part]
        return value

    def get(self, *path: str | int) -> Value:
        """The value, or None when any part of the path is not there or not of that shape."""
        try:
            return self[path]
        except (KeyError, IndexError):
            return None

    def mapping(self, *path: str | int) -> dict[str, Value]:
        """The mapping at the path, or an empty one: for checks that read what is there."""
        found = self.get(*path)
        return found if isinstance(found, dict) else {}

    def sequence(self, *path: str | int) -> list[Value]:
        found = self.get(*path)
        return found if isinstance(found, list) else []

    def place(self, path: Path) -> Place:
        """Where a plain value stands, or the key of a mapping or list; failing that, its nearest parent."""
        if path and isinstance(self.get(*path), dict | list):
            return self.key_place(path)
        return self.values.get(path) or self.key_place(path)

    def key_place(self, path: Path) -> Place:
        """Where the key stands, or the item of a list; failing that, its nearest parent."""
        while path:
            if place := self.keys.get(path) or (self.values.get(path) if isinstance(path[-1], int) else None):
                return place
            path = path[:-1]
        return self.start

    def put(self, path: Path, value: Value, source: Document, source_path: Path) -> None:
        """Set a value with the places it has in the document it comes from; mappings on the way are made."""
        self.remove(path)
        target = self.value
        for n, part in enumerate(path[:-1]):
            target = target.setdefault(part, {})
            self.keys.setdefault(path[: n + 1], source.key_place(source_path))
        target[path[-1]] = copy.deepcopy(value)
        self.keys[path] = source.key_place(source_path)
        for theirs, ours in ((source.keys, self.keys), (source.values, self.values)):
            for found in [p for p in theirs if p[: len(source_path)] == source_path and p != source_path]:
                ours[path + found[len(source_path) :]] = theirs[found]
        self.values[path] = source.values.get(source_path) or source.key_place(source_path)

    def remove(self, path: Path) -> None:
        """Take a value and its places out, if it is there."""
        if path in self:
            del self[path[:-1]][path[-1]]
        for places in (self.keys, self.values):
            for stale in [p for p in places if p[: len(path)] == path]:
                del places[stale]

    def matches(self, *pattern: str) -> Iterator[tuple[Path, Value]]:
        """Every path and value that fits a pattern like ("arrays", "*", "controllers", "upses", "*")."""
        yield from _matches((), self.value, pattern)


def _matches(path: Path, value: Value, pattern: tuple[str, ...]) -> Iterator[tuple[Path, Value]]:
    if not pattern:
        yield path, value
        return
    first, rest = pattern[0], pattern[1:]
    if isinstance(value, dict):
        for key in value if first == "*" else [first] if first in value else []:
            yield from _matches((*path, key), value[key], rest)
    elif isinstance(value, list) and first == "*":
        for i, item in enumerate(value):
            yield from _matches((*path, i), item, rest)
