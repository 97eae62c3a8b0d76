"""The `expect:` of a story: texts of the expectation language, with the place of each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from sequencer.site import Site
from teiden.files.conditions import ConditionError, holds
from teiden.files.document import Document
from teiden.files.source import Path, Place, Problem
from teiden.files.story_model import TOLERANCE
from teiden.files.units import UnitError, duration_s
from teiden.files.variations import Parameters
from teiden.judge import language
from teiden.judge.expectations import Expectation
from teiden.judge.names import Names


@dataclass
class Expected:
    """What applies to one item of a story."""

    expectations: list[Expectation] = field(default_factory=list)
    breaks: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Block:
    """The expectations of `expect:` itself, or of one `when`."""

    path: Path
    expectations: tuple[Expectation, ...]
    breaks: tuple[str, ...]


def blocks(story: Document, names: Names) -> tuple[list[Block], list[Problem]]:
    """Everything is read, so that a slip in a branch that does not apply is found too."""
    reading = _Reading(story, names)
    tolerance_s = reading.seconds(("expect", "tolerance"), duration_s(TOLERANCE))
    top: Path = ("expect",)
    found = [Block(top, tuple(reading.block(top, tolerance_s)), tuple(story.sequence("breaks")))]
    for i in range(len(story.sequence("expect", "when"))):
        path: Path = ("expect", "when", i)
        own_s = reading.seconds((*path, "tolerance"), tolerance_s)
        found.append(Block(path, tuple(reading.block(path, own_s)), tuple(story.sequence(*path, "breaks"))))
    return found, reading.problems


def applied(story: Document, read: Sequence[Block], parameters: Parameters) -> Expected:
    """The blocks whose conditions hold of these parameters."""
    result = Expected()
    for block in read:
        if len(block.path) == 1 or _applies(story, (*block.path, "if"), parameters, result.problems):
            result.expectations += block.expectations
            result.breaks += block.breaks
    return result


def expected(story: Document, site: Site, parameters: Parameters) -> Expected:
    """What one item of a story expects, and all that is wrong with what it says."""
    read, problems = blocks(story, Names(site))
    result = applied(story, read, parameters)
    result.problems[:0] = problems
    return result


class _Reading:
    def __init__(self, story: Document, names: Names) -> None:
        self.story = story
        self.names = names
        self.problems: list[Problem] = []

    def block(self, path: Path, tolerance_s: float) -> Iterator[Expectation]:
        """The expectations of `expect:` or of one `when`, in the order of the file."""
        for key in self.story.mapping(*path):
            here = (*path, key)
            if key in _OF_TEXT:
                yield from self._texts(here, _OF_TEXT[key])
            elif key == "at":
                yield from self._each(here, partial(self._at, tolerance_s))
            elif key == "within":
                yield from self._each(here, self._within)
            elif key == "count":
                yield from self._mapping(here, self._count)

    def seconds(self, path: Path, otherwise: float) -> float:
        try:
            return duration_s(self.story[path])
        except (KeyError, UnitError):
            return otherwise

    def _texts(self, path: Path, parse: _ReadText) -> Iterator[Expectation]:
        for i, text in enumerate(self.story.sequence(*path)):
            if isinstance(text, str):
                place = self.story.place((*path, i))
                yield from self._parsed(partial(parse, text, place, self.names), (text, place))

    def _each(self, path: Path, read: _ReadPair) -> Iterator[Expectation]:
        """- EVENT: VALUE, each a mapping of its own."""
        for i in range(len(self.story.sequence(*path))):
            yield from self._mapping((*path, i), read)

    def _mapping(self, path: Path, read: _ReadPair) -> Iterator[Expectation]:
        for text, value in self.story.mapping(*path).items():
            place = self.story.key_place((*path, text))
            value_place = self.story.place((*path, text))
            yield from self._parsed(partial(read, text, value, place), (text, place), (value, value_place))

    def _at(self, tolerance_s: float, text: str, value: Any, place: Place) -> Sequence[Expectation]:
        try:
            at_s = duration_s(value)
        except UnitError:
            at_s = 0.0  # pydantic has told
        return language.parse_at(text, at_s, tolerance_s, place, self.names)

    def _within(self, text: str, value: Any, place: Place) -> Sequence[Expectation]:
        return language.parse_within(text, value, place, self.names) if isinstance(value, str) else []

    def _count(self, text: str, value: Any, place: Place) -> Sequence[Expectation]:
        return language.parse_count(text, value if isinstance(value, int) else 0, place, self.names)

    def _parsed(
        self, parse: Callable[[], Sequence[Expectation]], *texts: tuple[Any, Place]
    ) -> Sequence[Expectation]:
        """What the text means, or a problem at the right column of the right text."""
        try:
            return parse()
        except language.LanguageError as error:
            text, place = next((t for t in texts if t[0] == error.text), texts[0])
            at = _inside(place, str(text), error.offset, error.width)
            self.problems.append(Problem(at, error.message, error.allowed))
            return []


def _applies(story: Document, path: Path, parameters: Parameters, problems: list[Problem]) -> bool:
    condition = story.get(*path)
    if not isinstance(condition, str):
        return False
    try:
        return holds(condition, parameters)
    except ConditionError as error:
        place = _inside(story.place(path), condition, error.offset, error.width)
        problems.append(Problem(place, error.message, error.allowed))
        return False


_ReadText = Callable[[str, Place, Names], Sequence[Expectation]]
_ReadPair = Callable[[str, Any, Place], Sequence[Expectation]]
_OF_TEXT: Mapping[str, _ReadText] = {
    "before": language.parse_before,
    "never": language.parse_never,
    "finally": language.parse_finally,
}


def _inside(place: Place, text: str, offset: int, width: int) -> Place:
    """Some characters into a text that stands at a place; the whole of it when it reads otherwise there.

    It does when a parameter was filled in, or when the text goes on in the next line.
    """
    begins = place.text.find(text, max(0, place.col - 1))
    if not place.line or begins < 0 or begins > place.col:
        return place
    offset = min(max(0, offset), max(0, len(text) - 1))
    return Place(
        place.file, place.line, begins + offset + 1, place.text, max(1, min(width, len(text) - offset))
    )
