"""The runs of one story in this process: each its own values, and no more work for it than they need."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import ValidationError

from sim.chance import draw
from teiden.files import chances
from teiden.files.document import Document, Value
from teiden.files.recipe import Built, Recipe, absent, start_of
from teiden.files.source import InputError
from teiden.files.story_events import happenings
from teiden.files.story_expectations import Block, Expected, applied, blocks
from teiden.files.story_model import StoryEntry
from teiden.files.story_sites import Settings, changes_of
from teiden.files.variations import Chance, Draw, Parameters, middle, written
from teiden.judge.names import Names
from teiden.story import Story

SEEDS = 2**32
"""A run's own seed is below this: short enough to type."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """One run: what it draws by, and where it stands in the grid of the axes."""

    root_seed: int
    run: int
    axes: Parameters

    @property
    def name(self) -> str:
        """Of the run's story, and of the file that plays it again."""
        return f"run-{self.run:06d}"

    @property
    def seed(self) -> int:
        """Of all chance in the room."""
        return int(draw(self.root_seed, "room", "seed", self.run) * SEEDS)

    def chance(self, what: Draw) -> float:
        return draw(self.root_seed, what.component, what.purpose, self.run)


@dataclass(frozen=True, slots=True)
class Filled:
    """A run's story with its values filled in."""

    document: Document
    changes: dict[str, Value]
    """All of `with:`, with what was drawn for the devices."""
    happened: dict[int, bool]
    """Of the events that have a chance, by their place in `events:`."""
    parameters: Parameters
    """Every value that was chosen."""


class Runs:
    def __init__(self, recipe: Recipe) -> None:
        self.recipe = recipe
        self._read: tuple[Names, list[Block]] | None = None

    def columns(self) -> tuple[str, ...]:
        """What is drawn, in the order of `vary:` and then of the events, over every site of the axes."""
        variation = self.recipe.variation
        found: dict[str, None] = {}
        for n in range(variation.grid_size if "site" in self.recipe.blanks.sections else 1):
            axes = variation.point(n)
            found |= dict.fromkeys(self._filled(axes, middle).parameters)
        return tuple(name for name in found if name not in variation.axes)

    def parameters(self, chosen: Chosen) -> dict[str, str]:
        """As written."""
        return {name: written(value) for name, value in self.filled(chosen).parameters.items()}

    def filled(self, chosen: Chosen) -> Filled:
        return self._filled(chosen.axes, chosen.chance)

    def story(self, chosen: Chosen) -> Story:
        """The run's story. InputError if its values do not fit together, which trying some did not show."""
        try:
            return self._story(self.filled(chosen), chosen)
        except (ValidationError, LookupError):
            _, problems = self.recipe.item(chosen.axes, chosen.chance)
            assert problems, f"run {chosen.run}: the checked way finds nothing wrong"
            raise InputError(problems) from None

    def _filled(self, axes: Parameters, chance: Chance) -> Filled:
        recipe = self.recipe
        named = recipe.variation.named(axes, chance)
        document, _ = recipe.blanks.filled(named)
        settings: Settings = {}
        if recipe.variation.targets:
            names = recipe.sites.runs(self._path(document)).names(document.mapping("with"))
            settings = recipe.variation.settings(names, named, chance)
        happened = chances.happens(document, recipe.chance_events, chance)
        parameters = recipe.parameters(named, settings, happened)
        return Filled(document, changes_of(document, settings), happened, parameters)

    def _path(self, document: Document) -> str:
        path = self.recipe.sites.path(document)
        assert path is not None, "a story that names no site was refused"
        return path

    def _story(self, filled: Filled, chosen: Chosen) -> Story:
        document = filled.document
        path = self._path(document)
        entry = StoryEntry.model_validate(document.value)
        changed = self.recipe.sites.runs(path).changed(filled.changes)
        events, wrong = happenings(document, changed.site, absent(filled.happened))
        result = self._expected(document, Names(changed.site), filled.parameters)
        start, never = start_of(document, entry, changed.site)
        if problems := [*wrong, *result.problems, *([never] if never else [])]:
            raise LookupError(problems[0].message)
        built = Built(entry, changed.site, changed.model, path, changed.hash, start, events, result)
        return built.story(chosen.name, self.recipe.document, filled.parameters, chosen.seed)

    def _expected(self, document: Document, names: Names, parameters: Parameters) -> Expected:
        """Read once, where every run says the same about the same names."""
        if self._read is not None and vars(self._read[0]) == vars(names):
            read = self._read[1]
        else:
            read, problems = blocks(document, names)
            if problems:
                return Expected(problems=problems)
            if not {"expect", "breaks"} & set(self.recipe.blanks.sections):
                self._read = names, read
        return applied(document, read, parameters)
