"""`vary:` makes several items of one story: every combination of its parameters' values."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterator

from teiden.files.document import Document, Value
from teiden.files.field_types import NAME
from teiden.files.source import Path, Place, Problem
from teiden.files.units import Scalar
from teiden.files.wording import did_you_mean, listed, quoted

MAX_ITEMS = 10_000
Parameters = dict[str, Scalar]

_BRACES = re.compile(r"\{([A-Za-z_][A-Za-z0-9_-]*)\}")


def combinations(story: Document) -> Iterator[Parameters]:
    """One set of parameters for each item; a story that varies nothing is one item without any."""
    varied = {
        name: values for name, values in story.mapping("vary").items() if isinstance(values, list) and values
    }
    for values in itertools.product(*varied.values()):
        yield dict(zip(varied, values, strict=True))


def vary_problems(story: Document) -> Iterator[Problem]:
    if "vary" not in story.value:
        return
    if not isinstance(story.value["vary"], dict):
        yield Problem(
            story.place(("vary",)), "vary takes parameters with lists", "e.g. vary: {back: [25s, 10m]}"
        )
        return
    for name, values in story.mapping("vary").items():
        path: Path = ("vary", name)
        if not re.fullmatch(NAME, name):
            yield Problem(story.key_place(path), f"{quoted(name)} is not a name", "letters, digits, _ and -")
        if not isinstance(values, list) or not values:
            yield Problem(story.place(path), f"{name} takes a list of values", f"e.g. {name}: [25s, 10m]")
            continue
        for i, value in enumerate(values):
            if value is None or isinstance(value, list | dict):
                yield Problem(story.place((*path, i)), f"a value of {name} is text or a number", "e.g. 25s")
            elif value in values[:i]:
                yield Problem(
                    story.place((*path, i)), f"{quoted(value)} stands twice in {name}", "each value once"
                )
    items = math.prod(len(values) for values in story.mapping("vary").values() if isinstance(values, list))
    if items > MAX_ITEMS:
        yield Problem(
            story.place(("vary",)), f"{items} items", f"at most {MAX_ITEMS}; vary fewer values together"
        )


def with_parameters(story: Document, parameters: Parameters) -> tuple[Document, list[Problem]]:
    """The story with `{name}` filled in everywhere but in `vary:`; a value `{name}` alone keeps its type."""
    filled = Document({}, story.file, story.start, problems=list(story.problems))
    filling = _Filling(story, filled, parameters, [])
    filled.value = filling.value((), (), story.value)
    return filled, filling.problems


class _Filling:
    def __init__(
        self, story: Document, filled: Document, parameters: Parameters, problems: list[Problem]
    ) -> None:
        self.story = story
        self.filled = filled
        self.parameters = parameters
        self.problems = problems

    def value(self, old: Path, new: Path, value: Value) -> Value:
        if old in self.story.values:
            self.filled.values[new] = self.story.values[old]
        if old in self.story.keys:
            self.filled.keys[new] = self.story.keys[old]
        if old == ("vary",):
            return value
        if isinstance(value, dict):
            keys = {key: self.text(key, self.story.key_place((*old, key))) for key in value}
            return {keys[key]: self.value((*old, key), (*new, keys[key]), value[key]) for key in value}
        if isinstance(value, list):
            return [self.value((*old, i), (*new, i), item) for i, item in enumerate(value)]
        if isinstance(value, str):
            alone = _BRACES.fullmatch(value)
            if alone and alone[1] in self.parameters:
                return self.parameters[alone[1]]
            return self.text(value, self.story.place(old))
        return value

    def text(self, text: str, place: Place) -> str:
        def replaced(found: re.Match[str]) -> str:
            name = found[1]
            if name not in self.parameters:
                hint = f"{did_you_mean(name, self.parameters)}vary: {listed(self.parameters)}"
                self.problems.append(Problem(place, f"no parameter is named {quoted(name)}", hint))
                return found[0]
            return written(self.parameters[name])

        return _BRACES.sub(replaced, text)


def written(value: Scalar) -> str:
    """A parameter's value as it stands in a name or a sentence."""
    return str(value).lower() if isinstance(value, bool) else str(value)
