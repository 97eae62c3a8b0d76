"""What a sweep plays: one story of a scenario file, in which each run chooses and draws its values anew.

A template holds texts and names only. So it is small where it is sent to a worker, which needs no file,
and each process reads the texts once.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from teiden.files.edges import trial_problems
from teiden.files.recipe import Recipe
from teiden.files.source import InputError, Place, Problem
from teiden.files.story_file import recipes_from_text
from teiden.files.story_sites import Sites
from teiden.files.text import FileText, read_text
from teiden.files.variations import written
from teiden.files.wording import did_you_mean, listed, quoted
from teiden.language.say import t
from teiden.sweep.replay import replay_text
from teiden.sweep.runs import Chosen, Runs

if TYPE_CHECKING:
    from teiden.story import Story

TEMPLATES = 8
"""So many are kept read in a process."""


@dataclass(frozen=True)
class Template:
    """Made by `Template.load`."""

    file: str
    """The scenario file, as it was named."""
    home: str
    """Where that file is, from the root: a replayable story names its site from there."""
    name: str
    """`site-outage`; with an item's values fixed `mains-back-mid-shutdown[back=25s]`."""
    story_name: str
    """The same without the item."""
    sentence: str
    """As written, with its blanks."""
    hash: str
    """SHA-256 of the scenario's text, the name in it, and the texts of the sites."""
    draws: tuple[str, ...]
    """What is drawn, by the names of its columns: "length", "health.ups1", "card_silent.ups4"."""
    text: str = field(repr=False)
    sites: tuple[tuple[str, FileText], ...] = field(repr=False)
    """By the paths that the story names them by."""
    point: int | None = None
    """Of the grid, where one item was asked for; else each run takes the next."""

    def __hash__(self) -> int:
        return hash((self.hash, self.file, self.point))

    @classmethod
    def load(cls, path: str | os.PathLike[str], item: str | None = None) -> Template:
        """Read a scenario file and try its values; InputError holds all that is wrong with them.

        `item`: the story's name where the file holds several, or one item of its `vary:`.
        """
        file = os.fspath(path)
        content = read_text(file)
        sites = Sites(os.path.dirname(file))
        problems: list[Problem] = []
        recipes = recipes_from_text(content.text, file, sites, problems)
        if problems:
            raise InputError(problems)
        recipe, point = _asked(recipes, item, file)
        if problems := list(trial_problems(recipe)):
            raise InputError(problems)
        texts = tuple(sorted(sites.texts.items()))
        told = "\n".join((recipe.name, content.hash, *(text.hash for _, text in texts)))
        return cls(
            file=file,
            home=os.path.abspath(os.path.dirname(file)),
            name=recipe.name if point is None else recipe.item_name(recipe.variation.point(point)),
            story_name=recipe.name,
            sentence=str(recipe.document.get("story")),
            hash=hashlib.sha256(told.encode()).hexdigest(),
            draws=Runs(recipe).columns(),
            text=content.text,
            sites=texts,
            point=point,
        )

    @property
    def axes(self) -> dict[str, tuple[str, ...]]:
        """The values of each axis as written; no axes where the template is one item."""
        if self.point is not None:
            return {}
        axes = _runs(self).recipe.variation.axes
        return {name: tuple(written(value) for value in values) for name, values in axes.items()}

    @property
    def grid_size(self) -> int:
        """How many runs it takes to play every combination of the axes once."""
        return 1 if self.point is not None else _runs(self).recipe.variation.grid_size

    def story(self, root_seed: int, run: int) -> Story:
        """The story of one run, which is known by its number alone."""
        return _runs(self).story(self._chosen(root_seed, run))

    def parameters(self, root_seed: int, run: int) -> dict[str, str]:
        """What this run chose and drew, as written."""
        return _runs(self).parameters(self._chosen(root_seed, run))

    def document(self, root_seed: int, run: int, folder: str | os.PathLike[str]) -> str:
        """A story file for `folder` that plays this run again: the same events, the same verdict."""
        chosen = self._chosen(root_seed, run)
        filled = _runs(self).filled(chosen)
        scenario = os.path.join(self.home, os.path.basename(self.file))
        return replay_text(self.name, scenario, chosen, filled, os.fspath(folder))

    def _chosen(self, root_seed: int, run: int) -> Chosen:
        variation = _runs(self).recipe.variation
        point = run % variation.grid_size if self.point is None else self.point
        return Chosen(root_seed, run, variation.point(point))


@lru_cache(maxsize=TEMPLATES)
def _runs(template: Template) -> Runs:
    """Read once in this process; what could be wrong was found when the template was loaded."""
    sites = Sites(os.path.dirname(template.file), dict(template.sites))
    recipes = recipes_from_text(template.text, template.file, sites, [])
    return Runs(next(recipe for recipe in recipes if recipe.name == template.story_name))


def _asked(recipes: list[Recipe], item: str | None, file: str) -> tuple[Recipe, int | None]:
    """The one story that is meant, and the point of its grid if one item is."""
    if item is None:
        if len(recipes) == 1:
            return recipes[0], None
        message = t("the file holds {n} stories; one is swept at a time", n=len(recipes))
        raise InputError([Problem(Place(file), message, t("choose one of: {names}", names=_names(recipes)))])
    for recipe in recipes:
        if item in (recipe.name, recipe.name.partition("#")[2]):
            return recipe, None
        for point, axes in enumerate(recipe.variation.grid()):
            if axes and item in (name := recipe.item_name(axes), name.partition("[")[2].removesuffix("]")):
                return recipe, point
    hint = did_you_mean(item, [recipe.name for recipe in recipes])
    known = t("known: {names}", names=_names(recipes))
    raise InputError(
        [Problem(Place(file), t("no story here is called {item}", item=quoted(item)), hint + known)]
    )


def _names(recipes: list[Recipe]) -> str:
    return listed(recipe.name for recipe in recipes)
