"""A story before its values are chosen: one document of a file, from which items and runs are made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from sequencer.site import Site
from sim.faults.scene import Scene, prepared
from sim.model import Model
from sim.story import Happening
from teiden.files import chances
from teiden.files.blanks import VARY, Blanks
from teiden.files.complaints import complaints
from teiden.files.conditions import words
from teiden.files.document import Document, Value
from teiden.files.kind import schema_problem
from teiden.files.set_paths import PathOfKeys
from teiden.files.source import InputError, Place, Problem
from teiden.files.story_events import happenings
from teiden.files.story_expectations import Expected, expected
from teiden.files.story_model import SCHEMA, START, StoryEntry
from teiden.files.story_sites import Sites, changes_of
from teiden.files.variations import Chance, Parameters, Setting, Variation, middle, written
from teiden.files.vary_reading import read_vary, unused
from teiden.story import Story

NO_START = datetime.min.replace(tzinfo=UTC)
"""Of a story that is wrong in itself: nobody plays it."""


class Recipe:
    """Raises InputError when what varies makes no sense; everything else is told by its items."""

    def __init__(self, document: Document, name: str, sites: Sites) -> None:
        if wrong := schema_problem(document, SCHEMA):
            raise InputError([*document.problems, wrong])
        self.document = document
        self.name = name
        self.sites = sites
        self.variation, problems = read_vary(document)
        names = frozenset(parameter.name for parameter in self.variation.parameters)
        self.chance_events, clashes = chances.chance_events(document, names)
        self.blanks = Blanks(document)
        if problems := [*document.problems, *problems, *clashes]:
            raise InputError([*problems, *self._wrong_anyway()])
        self.unused = list(unused(document, self.variation, self.blanks.names | self._compared()))

    def _wrong_anyway(self) -> list[Problem]:
        """What no value of `vary:` would mend, so that it is told together with what is wrong there."""
        self.variation, self.chance_events = Variation(()), ()
        filled, blanks = self.blanks.filled({})
        _, found = self._checked(filled, {}, {}, middle)
        document = self.document
        open_ones = {problem.place for problem in blanks}
        for places in (document.keys, document.values):
            open_ones |= {place for path, place in places.items() if path[:1] == (VARY,)}
        whens = range(len(document.sequence("expect", "when")))
        conditions = {document.place(("expect", "when", i, "if")).line for i in whens}
        return [p for p in found if p.place not in open_ones and p.place.line not in conditions]

    def _compared(self) -> frozenset[str]:
        """Words in conditions."""
        whens = range(len(self.document.sequence("expect", "when")))
        conditions = [self.document.get("expect", "when", i, "if") for i in whens]
        return frozenset(word for c in conditions if isinstance(c, str) for word in words(c))

    def item_name(self, axes: Parameters) -> str:
        """`mains-back-mid-shutdown[back=25s]`; what is drawn is no part of it."""
        chosen = ",".join(f"{name}={written(value)}" for name, value in axes.items())
        return f"{self.name}[{chosen}]" if axes else self.name

    # The checked way: items, with every complaint in its place

    def item(self, axes: Parameters, chance: Chance) -> tuple[Story | None, list[Problem]]:
        """One story, or all that is wrong with its shape, its site, its events and its expectations."""
        named = self.variation.named(axes, chance)
        filled, unknown = self.blanks.filled(named)
        story, found = self._checked(filled, axes, named, chance)
        consequences = {problem.place for problem in unknown}
        problems = [
            *self.unused,
            *unknown,
            *(problem for problem in found if problem.place not in consequences),
        ]
        problems = self._once_for_all_devices(problems)
        return (None if problems else story), problems

    def _once_for_all_devices(self, problems: list[Problem]) -> list[Problem]:
        """What is wrong with a value of `set:` is wrong at a thousand devices; the first stands for all."""
        sets = {self.document.place(("vary", p.name, "set")) for p in self.variation.parameters if p.target}
        told: set[Place] = set()
        kept = []
        for problem in problems:
            if problem.place not in told:
                kept.append(problem)
            told |= {problem.place} & sets
        return kept

    def _checked(
        self, filled: Document, axes: Parameters, named: Parameters, chance: Chance
    ) -> tuple[Story | None, list[Problem]]:
        problems: list[Problem] = []
        entry: StoryEntry | None = None
        try:
            entry = StoryEntry.model_validate(filled.value)
        except ValidationError as error:
            problems += complaints(error, StoryEntry, filled)
        try:
            loaded = self.sites.load(filled, self.variation, named, chance)
        except InputError as error:
            return None, [*problems, *error.problems]
        if loaded is None:
            return None, problems
        happened = chances.happens(filled, self.chance_events, chance)
        parameters = self.parameters(named, loaded.settings, happened)
        events, wrong_events = happenings(filled, loaded.site, absent(happened))
        scene, wrong_start = Scene(loaded.site, loaded.model, NO_START), list[Problem]()
        if entry is not None:
            scene, wrong_start = scene_of(filled, entry, scene, events)
        result = expected(filled, scene.site, parameters)
        problems += [*wrong_events, *result.problems]
        if entry is None or problems:
            return None, problems
        if wrong_start:
            return None, wrong_start
        site = (scene.site, scene.model, loaded.path, loaded.hash)
        built = Built(entry, *site, scene.start, events, result, changes_of(filled, loaded.settings))
        return built.story(self.item_name(axes), self.document, parameters, _seed(entry)), []

    def parameters(
        self, named: Parameters, settings: Mapping[PathOfKeys, Setting], happened: dict[int, bool]
    ) -> Parameters:
        """Every value that was chosen, in the order of `vary:`, then the events that have a chance."""
        values: Parameters = {}
        for parameter in self.variation.parameters:
            if parameter.name in named:
                values[parameter.name] = named[parameter.name]
            own = [s for s in settings.values() if s.column and s.parameter == parameter.name]
            values |= {setting.column: setting.value for setting in own}
        return values | chances.told(self.chance_events, happened)


@dataclass(frozen=True, slots=True)
class Built:
    """The parts of one story, ready to be put together."""

    entry: StoryEntry
    site: Site
    model: Model
    site_file: str
    site_hash: str
    start: datetime
    happenings: tuple[Happening, ...]
    expected: Expected
    changes: Mapping[str, Value] = field(default_factory=dict)

    def story(self, name: str, document: Document, parameters: Parameters, seed: int) -> Story:
        entry = self.entry
        return Story(
            name=name,
            sentence=entry.story,
            site=self.site,
            model=self.model,
            site_file=self.site_file,
            site_hash=self.site_hash,
            start=self.start,
            until_s=entry.until_s,
            happenings=self.happenings,
            expectations=tuple(self.expected.expectations),
            breaks=tuple(dict.fromkeys(self.expected.breaks)),
            covers=_tuple(entry, "covers"),
            tags=_tuple(entry, "tags"),
            parameters={key: written(value) for key, value in parameters.items()},
            seed=seed,
            place=document.start,
            changes=self.changes,
        )


def absent(happened: dict[int, bool]) -> frozenset[int]:
    return frozenset(index for index, yes in happened.items() if not yes)


def _seed(entry: StoryEntry) -> int:
    return entry.seed if "seed" in entry.model_fields_set else 0


def scene_of(
    document: Document, entry: StoryEntry, scene: Scene, events: tuple[Happening, ...]
) -> tuple[Scene, list[Problem]]:
    """What the story plays in, as those of its faults make it that lie in the settings."""
    start, wrong = start_of(document, entry, scene.site)
    return prepared(replace(scene, start=start), events), [wrong] if wrong else []


def start_of(document: Document, entry: StoryEntry, site: Site) -> tuple[datetime, Problem | None]:
    wall = entry.start if "start" in entry.model_fields_set else datetime.fromisoformat(START)
    start = wall.replace(tzinfo=ZoneInfo(site.time_zone))
    if start.astimezone(UTC).astimezone(start.tzinfo).replace(tzinfo=None) != wall:
        message = f"{wall:%Y-%m-%d %H:%M} does not exist in {site.time_zone}"
        hint = "clocks go forward there; take another hour"
        return start, Problem(document.place(("start",)), message, hint)
    return start, None


def _tuple(entry: StoryEntry, field: str) -> tuple[str, ...]:
    return tuple(getattr(entry, field)) if field in entry.model_fields_set else ()
