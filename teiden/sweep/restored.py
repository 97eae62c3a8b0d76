"""The restore sweep as a subject: from its story file, to the files that play single returns again."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import sha256
from typing import Any

from teiden.files.document import Document
from teiden.files.recipe import Recipe
from teiden.files.source import InputError, Place, Problem
from teiden.files.story_file import recipes_from_text
from teiden.files.story_sites import Sites
from teiden.files.text import read_text
from teiden.files.units import duration_s, written_s
from teiden.files.variations import Draw, Parameters, middle
from teiden.files.wording import listed, quoted
from teiden.language.say import t
from teiden.opening import versions
from teiden.story import Story
from teiden.sweep.folder import About
from teiden.sweep.replay import replay_text
from teiden.sweep.restore import BACK, Returns, returns
from teiden.sweep.runs import Chosen, Runs
from teiden.sweep.work import Work

Entry = dict[str, Any]
"""An event as it stands in the file, its blanks filled in."""
MADE_FOR_ONE_RETURN = ("expect", "breaks")


@dataclass(frozen=True)
class Restored:
    """One story, its mains back after 0 s, every_s, 2 every_s ... up to up_to_s. Made by `load`."""

    original: Story
    recipe: Recipe
    axes: Parameters
    file: str
    hash: str
    seed: int
    every_s: float
    up_to_s: float

    @property
    def about(self) -> About:
        settings = {"every": written_s(self.every_s)}
        runs = int(self.up_to_s / self.every_s + 1e-9) + 1
        name = self.original.name
        return About("restore", name, self.hash, self.seed, runs, False, versions(), settings)

    @property
    def sentence(self) -> str:
        return self.original.sentence

    @cached_property
    def returns(self) -> Returns:
        return returns(self.original, self.every_s, self.up_to_s, self.seed)

    @property
    def work(self) -> Work:
        return self.returns

    @property
    def parameters(self) -> tuple[str, ...]:
        return (BACK,)

    @property
    def by_chance(self) -> bool:
        return False

    def story(self, run: int) -> Story:
        return self.returns.story_of(run)

    def document(self, run: int, folder: str) -> str:
        chosen = _Middle(self.seed, run, self.axes)
        filled = Runs(self.recipe).filled(chosen)
        value = {k: v for k, v in filled.document.value.items() if k not in MADE_FOR_ONE_RETURN}
        value["until"] = written_s(self.story(run).until_s)
        back = written_s(self.returns.back_s(run))
        events, unheard = self._events(value["events"], back)
        value["events"] = events
        document = Document(value, filled.document.file, filled.document.start)
        happened = filled.happened | dict.fromkeys(unheard, False)
        played = replace(
            filled, document=document, happened=happened, parameters={**filled.parameters, "back": back}
        )
        return replay_text(self.original.name, os.path.abspath(self.file), chosen, played, folder)

    def _events(self, events: list[Entry], back: str) -> tuple[list[Entry], list[int]]:
        """With the cut as long as in this run; and the places of events that told of another return."""
        changed, unheard = list(events), []
        for name in self.returns.out:
            lost = next(
                i for i, e in enumerate(events) if _loses(e, name) and self._at(e) == self.returns.lost_s
            )
            changed[lost] = {**events[lost], "lost_for": back}
            later = (
                i for i, e in enumerate(events) if _returns(e, name) and self._at(e) >= self.returns.lost_s
            )
            if "lost_for" not in events[lost]:
                unheard += [min(later, key=lambda i: self._at(events[i]))]
        return changed, unheard

    @staticmethod
    def _at(event: Entry) -> float:
        return duration_s(event["at"])


def _loses(event: Entry, name: str) -> bool:
    """`{mains: utility, lost_for: 2h}` or `{mains: lost, of: utility}`."""
    return "mains" in event and name == (event.get("of") if event["mains"] == "lost" else event["mains"])


def _returns(event: Entry, name: str) -> bool:
    return event.get("mains") == "restored" and event.get("of") == name


class _Middle(Chosen):
    """What is drawn stands at its middle, as in `teiden run`; only the return varies."""

    @property
    def seed(self) -> int:
        return self.root_seed

    def chance(self, what: Draw) -> float:
        return middle(what)


def load(file: str, item: str | None, seed: int, every_s: float, up_to_s: float) -> Restored:
    """InputError where the file is wrong, or does not say which of several stories, or no mains are lost."""
    content = read_text(file)
    problems: list[Problem] = []
    recipes = recipes_from_text(content.text, file, Sites(os.path.dirname(file)), problems)
    if problems:
        raise InputError(problems)
    recipe, axes = _asked(recipes, item, file)
    story, wrong = recipe.item(axes, middle)
    if story is None:
        raise InputError(wrong)
    digest = sha256(f"{story.name}\n{content.hash}\n{story.site_hash}".encode()).hexdigest()
    restored = Restored(story, recipe, axes, file, digest, seed, every_s, up_to_s)
    _ = restored.returns  # says what is wrong with it
    return restored


def _asked(recipes: list[Recipe], item: str | None, file: str) -> tuple[Recipe, Parameters]:
    """The one item that is meant."""
    items = [(recipe, axes) for recipe in recipes for axes in recipe.variation.grid()]
    named = [(r, a) for r, a in items if item is None or item in _names(r.item_name(a))]
    if len(named) == 1:
        return named[0]
    known = listed(r.item_name(a) for r, a in named or items)
    message = t("the mains return in one story at a time; here are {n}", n=len(named))
    if not named:
        message = t("no story here is called {item}", item=quoted(item))
    raise InputError([Problem(Place(file), message, t("--item one of: {names}", names=known))])


def _names(name: str) -> list[str]:
    """`story[back=25s]`, `story`, `back=25s`, and of `file#name` the name."""
    base, _, parameters = name.partition("[")
    return [name, base, *filter(None, (parameters.removesuffix("]"), base.partition("#")[2]))]
