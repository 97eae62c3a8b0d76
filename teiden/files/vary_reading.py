"""Reads the `vary:` of a story: which parameters there are, and what each of them can be."""

from __future__ import annotations

import re
from collections.abc import Iterator

from teiden.files.distribution_reading import DISTRIBUTIONS, Mistake, distribution
from teiden.files.document import Document, Value
from teiden.files.field_types import NAME
from teiden.files.set_paths import Target, read_target
from teiden.files.source import Path, Place, Problem
from teiden.files.steps import stepped
from teiden.files.units import Scalar
from teiden.files.variations import MAX_ITEMS, Parameter, Variation
from teiden.files.wording import did_you_mean, listed, quoted
from teiden.language.say import t

AXIS = ("from", "to", "step")
FORMS = (*DISTRIBUTIONS, "values", "from")
"""Exactly one of these says what a mapping is."""
FURTHER = ("within", "to", "step", "set")


def read_vary(story: Document) -> tuple[Variation, list[Problem]]:
    """Every parameter that is right, and all that is wrong with the others."""
    if "vary" not in story.value:
        return Variation(()), []
    if not isinstance(story.value["vary"], dict):
        message = "vary takes parameters with lists"
        return Variation(()), [Problem(story.place(("vary",)), message, "e.g. vary: {back: [25s, 10m]}")]
    reading = _Reading(story)
    parameters = [p for name in story.mapping("vary") if (p := reading.parameter(name)) is not None]
    variation = Variation(tuple(parameters))
    if variation.grid_size > MAX_ITEMS:
        message, hint = f"{variation.grid_size} items", f"at most {MAX_ITEMS}; vary fewer values together"
        reading.problems.append(Problem(story.place(("vary",)), message, hint))
    return variation, reading.problems


class _Reading:
    def __init__(self, story: Document) -> None:
        self.story = story
        self.problems: list[Problem] = []

    def parameter(self, name: str) -> Parameter | None:
        path: Path = ("vary", name)
        if not re.fullmatch(NAME, name):
            self.wrong(
                self.story.key_place(path), f"{quoted(name)} is not a name", "letters, digits, _ and -"
            )
        value = self.story.get(*path)
        if isinstance(value, dict):
            return self._mapping(name, path, value)
        values = self._values(name, path)
        return Parameter(name, values) if values else None

    def wrong(self, place: Place, message: str, hint: str) -> None:
        self.problems.append(Problem(place, message, hint))

    def _values(self, name: str, path: Path) -> tuple[Scalar, ...]:
        values = self.story.get(*path)
        if not isinstance(values, list) or not values:
            hint = f"e.g. {name}: [25s, 10m]" + t(", or a distribution: {uniform: [5m, 3h]}")
            self.wrong(self.story.place(path), f"{name} takes a list of values", hint)
            return ()
        for i, value in enumerate(values):
            place = self.story.place((*path, i))
            if value is None or isinstance(value, list | dict):
                self.wrong(place, f"a value of {name} is text or a number", "e.g. 25s")
            elif value in values[:i]:
                self.wrong(place, f"{quoted(value)} stands twice in {name}", "each value once")
        return tuple(values)

    def _mapping(self, name: str, path: Path, entry: dict[str, Value]) -> Parameter | None:
        forms = [form for form in FORMS if form in entry]
        if not self._known_keys(name, path, entry, forms):
            return None
        if len(forms) != 1:
            message = t("{name} is neither a distribution nor an axis", name=name)
            if forms:
                message = t("{name} is one thing, not {forms}", name=name, forms=listed(forms))
            self.wrong(self.story.key_place(path), message, t("one of: {names}", names=listed(FORMS)))
            return None
        target = self._target(path) if "set" in entry else None
        if isinstance(target, Problem):
            self.problems.append(target)
            target = None
        form = forms[0]
        try:
            if form == "values":
                values = self._values(name, (*path, "values"))
                return Parameter(name, values, target=target) if values else None
            if form == "from":
                return Parameter(name, stepped(entry, path), target=target)
            return Parameter(name, distribution=distribution(form, entry, path), target=target)
        except Mistake as mistake:
            self.wrong(self.story.place(mistake.path), f"{name}: {mistake.message}", mistake.hint)
            return None

    def _known_keys(self, name: str, path: Path, entry: dict[str, Value], forms: list[str]) -> bool:
        """No key that nobody knows, and none that belongs to another form."""
        fits = {"values": ("set",), "from": ("to", "step", "set")}
        right = True
        for key in entry:
            if key not in (*FORMS, *FURTHER):
                known = [*DISTRIBUTIONS, "within", "values", *AXIS, "set"]
                hint = did_you_mean(key, known) + t("known: {names}", names=listed(known))
                self.wrong(
                    self.story.key_place((*path, key)),
                    t("{name}: no distribution is called {key}", name=name, key=quoted(key)),
                    hint,
                )
                right = False
            elif key in FURTHER and len(forms) == 1:
                allowed = fits.get(forms[0], ("within", "set"))
                if key not in allowed:
                    message = t("`{key}` does not go with {what}", key=key, what=forms[0])
                    hint = t("keys: {names}", names=listed((forms[0], *allowed)))
                    self.wrong(self.story.key_place((*path, key)), message, hint)
                    right = False
        return right

    def _target(self, path: Path) -> Target | Problem:
        return read_target(self.story.get(*path, "set"), self.story.place((*path, "set")))


def unused(story: Document, variation: Variation, used: frozenset[str]) -> Iterator[Problem]:
    """Distributions that nothing is drawn for. A list that nothing names still makes items."""
    for parameter in variation.parameters:
        written = story.get("vary", parameter.name)
        if isinstance(written, dict) and parameter.target is None and parameter.name not in used:
            place = story.key_place(("vary", parameter.name))
            hint = t(
                "write {braces} where its value belongs, or give it `set`", braces=f'"{{{parameter.name}}}"'
            )
            yield Problem(place, t("nothing uses {name}", name=parameter.name), hint)
