"""Tries what may be drawn when a story is read, so that a sweep does not stop at its 700th run.

Most mistakes need one value that is too high, some need two that do not fit together, as a fault that ends
before it begins. So each parameter is tried at its ends with all others in the middle; then every two
that concern the same thing: the times of the story, or its site.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from teiden.files.chances import NO, YES
from teiden.files.distribution_reading import UNBOUNDED
from teiden.files.distributions import MIDDLE, MOST
from teiden.files.recipe import Recipe
from teiden.files.source import Path, Place, Problem
from teiden.files.units import Scalar
from teiden.files.variations import Parameter, Parameters, written
from teiden.language.retell import retold_problem
from teiden.language.say import t

MOST_PAIRS = 400
"""Trials of two values together; what is left would take longer than it is worth."""
EVENTS = "events"
MEET = {"start": "times", "until": "times", EVENTS: "times", "site": "site", "with": "site"}
"""Where two values can contradict each other: top keys, and what they are about together."""


def trial_problems(recipe: Recipe) -> Iterator[Problem]:
    """What is wrong with a story that is not loaded item by item: its axes are tried as its draws are."""
    yield from _Trials(recipe, [*_of_axes(recipe), *_of_draws(recipe)]).problems()


def edge_problems(recipe: Recipe) -> Iterator[Problem]:
    """What can be drawn and must not; each item of the axes is loaded elsewhere."""
    if tried := _of_draws(recipe):
        yield from _Trials(recipe, tried).problems()


@dataclass(frozen=True, slots=True)
class Tried:
    """One parameter, or an event with a chance, at one of its ends."""

    name: str
    path: Path
    """Where to put a complaint."""
    shown: str
    about: frozenset[str]
    """What it is about, of `MEET`."""
    u: float = MIDDLE
    value: Scalar = None
    """Of an axis."""
    unbounded: bool = False
    """Nothing keeps the tails of its distribution away."""


class _Trials:
    def __init__(self, recipe: Recipe, tried: Sequence[Tried]) -> None:
        self.recipe = recipe
        self.tried = tried
        self.base = recipe.variation.point(0)

    def problems(self) -> Iterator[Problem]:
        known = list(self._try(()))
        yield from known
        told = {problem.place for problem in known}
        right: list[Tried] = []
        for one in self.tried:
            found = [problem for problem in self._try((one,)) if problem.place not in told]
            if not found:
                right.append(one)
            elif one.value is not None:  # an axis: its values stand in the file, and so does the mistake
                yield from found
            else:
                yield self._told(one, found[0])
        if not known:
            yield from self._pairs(right)

    def _pairs(self, right: list[Tried]) -> Iterator[Problem]:
        together = (
            (a, b) for a, b in itertools.combinations(right, 2) if a.name != b.name and a.about & b.about
        )
        told: set[frozenset[str]] = set()
        for a, b in itertools.islice(together, MOST_PAIRS):
            names = frozenset((a.name, b.name))
            found = [] if names in told else list(self._try((a, b)))
            if found:
                told.add(names)
                words = retold_problem(found[0].message)
                message = t(
                    "with {name} at {value} and {other} at {another}: {words}",
                    name=a.name,
                    value=a.shown,
                    other=b.name,
                    another=b.shown,
                    words=words,
                )
                yield Problem(self._place(a if a.value is None else b), message, found[0].allowed)

    def _try(self, ends: tuple[Tried, ...]) -> list[Problem]:
        axes: Parameters = self.base | {end.name: end.value for end in ends if end.value is not None}
        us = {end.name: end.u for end in ends if end.value is None}
        _, problems = self.recipe.item(axes, lambda draw: us.get(draw.parameter, MIDDLE))
        return problems

    def _told(self, one: Tried, problem: Problem) -> Problem:
        words = retold_problem(problem.message)
        message = t("{name} can be {value}: {words}", name=one.name, value=one.shown, words=words)
        if one.path[0] == EVENTS:
            message = t("when {name} happens: {words}", name=one.name, words=words)
            if one.u:
                message = t("when {name} does not happen: {words}", name=one.name, words=words)
        hint = retold_problem(problem.allowed)
        if one.unbounded:
            hint = t("give it bounds, e.g. within: [lowest, highest]; {words}", words=hint)
        return Problem(self._place(one), message, hint)

    def _place(self, one: Tried) -> Place:
        return self.recipe.document.key_place(one.path)


def _of_draws(recipe: Recipe) -> list[Tried]:
    tried = [one for p in recipe.variation.parameters if p.distribution for one in _ends(recipe, p)]
    for event in recipe.chance_events:
        path: Path = (EVENTS, event.index, "chance")
        for u, shown in ((0.0, f"`{YES}`"), (MOST, f"`{NO}`")):
            tried.append(Tried(event.name, path, shown, frozenset((MEET[EVENTS],)), u))
    return tried


def _ends(recipe: Recipe, parameter: Parameter) -> Iterator[Tried]:
    assert parameter.distribution is not None
    entry = recipe.document.mapping("vary", parameter.name)
    form = next(key for key in entry if key not in ("set", "within"))
    unbounded = form in UNBOUNDED and "within" not in entry
    path: Path = ("vary", parameter.name, form)
    for u in parameter.distribution.edges():
        if u != MIDDLE:
            shown = f"`{written(parameter.distribution.quantile(u))}`"
            yield Tried(parameter.name, path, shown, _about(recipe, parameter.name), u, unbounded=unbounded)


def _of_axes(recipe: Recipe) -> Iterator[Tried]:
    """Every value of a list; of an axis written short its ends and one between."""
    for name, values in recipe.variation.axes.items():
        chosen = values
        if "from" in recipe.document.mapping("vary", name):
            chosen = tuple(dict.fromkeys((values[0], values[len(values) // 2], values[-1])))
        for value in chosen:
            about = _about(recipe, name)
            yield Tried(name, ("vary", name), f"`{written(value)}`", about, value=value)


def _about(recipe: Recipe, name: str) -> frozenset[str]:
    return frozenset(MEET[key] for key in recipe.blanks.standing(name) if key in MEET)
