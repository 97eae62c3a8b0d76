"""The blanks of a story, `{back}`: where its parameters stand, and the story with their values filled in."""

from __future__ import annotations

import re
from collections.abc import Iterator

from teiden.files.document import Document, Value
from teiden.files.source import Path, Place, Problem
from teiden.files.variations import Parameters, written
from teiden.files.wording import did_you_mean, listed, quoted
from teiden.language.say import t

_BRACES = re.compile(r"\{([A-Za-z_][A-Za-z0-9_-]*)\}")
VARY = "vary"
"""The one key in which nothing is filled in."""


class Blanks:
    """Looks once where a story has blanks, so that filling them in a thousand times costs only those."""

    def __init__(self, story: Document) -> None:
        self.story = story
        texts = {key: list(_texts(value)) for key, value in story.value.items() if key != VARY}
        found = {key: [n for text, _ in pairs for n in _BRACES.findall(text)] for key, pairs in texts.items()}
        self._names = {key: frozenset(names) for key, names in found.items()}
        self.sections = tuple(key for key, names in found.items() if names)
        """Top keys below which something is filled in."""
        self.names = frozenset(name for names in found.values() for name in names)
        self._in_keys = any(
            is_key and _BRACES.search(text) for pairs in texts.values() for text, is_key in pairs
        )

    def standing(self, name: str) -> frozenset[str]:
        """The top keys below which one name stands."""
        return frozenset(key for key, names in self._names.items() if name in names)

    def filled(self, parameters: Parameters) -> tuple[Document, list[Problem]]:
        """The story with `{name}` filled in everywhere but in `vary:`; a value `{name}` alone keeps its type.

        What has no blanks is shared with the story, so neither may be changed.
        """
        story = self.story
        if not self.sections:
            return story, []
        filled = Document({}, story.file, story.start, story.keys, story.values, story.problems)
        if self._in_keys:
            filled.keys, filled.values = {}, {}
        filling = _Filling(story, filled, parameters, moves=self._in_keys)
        filled.value = {
            key: filling.value((key,), (key,), value) if self._in_keys or key in self.sections else value
            for key, value in story.value.items()
        }
        return filled, filling.problems


def _texts(value: Value) -> Iterator[tuple[str, bool]]:
    """Every text in a value, and whether it is a key."""
    if isinstance(value, str):
        yield value, False
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield key, True
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)


class _Filling:
    def __init__(self, story: Document, filled: Document, parameters: Parameters, *, moves: bool) -> None:
        self.story = story
        self.filled = filled
        self.parameters = parameters
        self.moves = moves
        """Some keys change with the parameters, and the places below them move."""
        self.problems: list[Problem] = []

    def value(self, old: Path, new: Path, value: Value) -> Value:
        if self.moves:
            self._move(old, new)
        if old == (VARY,):
            return value
        if isinstance(value, dict):
            keys = {key: self.text(key, (*old, key), key=True) for key in value}
            return {keys[key]: self.value((*old, key), (*new, keys[key]), value[key]) for key in value}
        if isinstance(value, list):
            return [self.value((*old, i), (*new, i), item) for i, item in enumerate(value)]
        if isinstance(value, str):
            alone = _BRACES.fullmatch(value)
            if alone and alone[1] in self.parameters:
                return self.parameters[alone[1]]
            return self.text(value, old)
        return value

    def _move(self, old: Path, new: Path) -> None:
        if old in self.story.values:
            self.filled.values[new] = self.story.values[old]
        if old in self.story.keys:
            self.filled.keys[new] = self.story.keys[old]

    def text(self, text: str, path: Path, *, key: bool = False) -> str:
        return _BRACES.sub(lambda found: self._replaced(found, path, key=key), text) if "{" in text else text

    def _replaced(self, found: re.Match[str], path: Path, *, key: bool) -> str:
        name = found[1]
        if name in self.parameters:
            return written(self.parameters[name])
        place: Place = self.story.key_place(path) if key else self.story.place(path)
        if name in self.story.mapping(VARY):
            message = t("{name} has a value for each device, and none that could stand here", name=name)
            hint = t("leave {braces} out, or set one setting only", braces=found[0])
            self.problems.append(Problem(place, message, hint))
            return found[0]
        hint = f"{did_you_mean(name, self.parameters)}vary: {listed(self.parameters)}"
        self.problems.append(Problem(place, f"no parameter is named {quoted(name)}", hint))
        return found[0]
