"""Loads the stories of a scenario file, one for each document and each combination of its `vary:`."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import PurePath
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from teiden.files import yaml_marks
from teiden.files.complaints import complaints
from teiden.files.document import Document
from teiden.files.kind import schema_problem
from teiden.files.site_file import SiteFile, site_from
from teiden.files.source import InputError, Place, Problem
from teiden.files.story_events import happenings
from teiden.files.story_expectations import expected
from teiden.files.story_model import SCHEMA, START, StoryEntry
from teiden.files.text import read_text
from teiden.files.variations import Parameters, combinations, vary_problems, with_parameters, written
from teiden.story import Story


def load_stories(path: str | os.PathLike[str]) -> list[Story]:
    """Every item of the file, in its order; InputError holds all that is wrong with it and its sites."""
    name = os.fspath(path)
    return stories_from_text(read_text(name).text, name)


def stories_from_text(text: str, file: str) -> list[Story]:
    """As `load_stories`; sites are looked for beside `file`."""
    return stories_from(yaml_marks.parse(text, file), file)


def stories_from(documents: Iterable[Document], file: str) -> list[Story]:
    """As `stories_from_text`, of documents that were read already or are made in Python."""
    stories: list[Story] = []
    problems: list[Problem] = []
    sites = _Sites(os.path.dirname(file))
    first: dict[str, Document] = {}
    for n, document in enumerate(documents, 1):
        name = _name(document, file, n)
        if name in first:
            place = document.place(("name",))
            hint = f"the first begins on line {first[name].start.line}; give this one another name:"
            problems.append(Problem(place, f"two stories are named {name}", hint))
        first[name] = document
        try:
            stories += _items(document, name, sites)
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    return stories


def _name(document: Document, file: str, n: int) -> str:
    """`site-outage`; of further documents `site-outage#2`, or with their own name `site-outage#long`."""
    stem = PurePath(file).stem
    own = document.get("name")
    if isinstance(own, str):
        return f"{stem}#{own}"
    return stem if n == 1 else f"{stem}#{n}"


def _items(document: Document, name: str, sites: _Sites) -> list[Story]:
    if wrong := schema_problem(document, SCHEMA):
        raise InputError([*document.problems, wrong])
    if problems := [*document.problems, *vary_problems(document)]:
        raise InputError(problems)
    items: list[Story] = []
    for parameters in combinations(document):
        filled, unknown = with_parameters(document, parameters)
        item, found = _item(filled, name, parameters, sites)
        consequences = {problem.place for problem in unknown}
        problems += [*unknown, *(problem for problem in found if problem.place not in consequences)]
        if item is not None:
            items.append(item)
    if problems:
        raise InputError(problems)
    return items


def _item(
    document: Document, name: str, parameters: Parameters, sites: _Sites
) -> tuple[Story | None, list[Problem]]:
    """One story, or all that is wrong with its shape, its site, its events and its expectations."""
    problems: list[Problem] = []
    entry: StoryEntry | None = None
    try:
        entry = StoryEntry.model_validate(document.value)
    except ValidationError as error:
        problems += complaints(error, StoryEntry, document)
    try:
        loaded = sites.load(document)
    except InputError as error:
        return None, [*problems, *error.problems]
    if loaded is None:
        return None, problems
    events, wrong_events = happenings(document, loaded.site)
    result = expected(document, loaded.site, parameters)
    problems += [*wrong_events, *result.problems]
    if entry is None or problems:
        return None, problems
    start, wrong_start = _start(document, entry, loaded)
    if wrong_start:
        return None, [wrong_start]
    shown = {key: written(value) for key, value in parameters.items()}
    of_items = "[" + ",".join(f"{key}={value}" for key, value in shown.items()) + "]" if shown else ""
    story = Story(
        name=name + of_items,
        sentence=entry.story,
        site=loaded.site,
        model=loaded.model,
        site_file=loaded.path,
        site_hash=loaded.hash,
        start=start,
        until_s=entry.until_s,
        happenings=events,
        expectations=tuple(result.expectations),
        breaks=tuple(dict.fromkeys(result.breaks)),
        covers=_tuple(entry, "covers"),
        tags=_tuple(entry, "tags"),
        parameters=shown,
        place=document.start,
    )
    return story, []


def _start(document: Document, entry: StoryEntry, loaded: SiteFile) -> tuple[datetime, Problem | None]:
    wall = entry.start if "start" in entry.model_fields_set else datetime.fromisoformat(START)
    start = wall.replace(tzinfo=ZoneInfo(loaded.site.time_zone))
    if start.astimezone(UTC).astimezone(start.tzinfo).replace(tzinfo=None) != wall:
        message = f"{wall:%Y-%m-%d %H:%M} does not exist in {loaded.site.time_zone}"
        return start, Problem(
            document.place(("start",)), message, "clocks go forward there; take another hour"
        )
    return start, None


def _tuple(entry: StoryEntry, field: str) -> tuple[str, ...]:
    return tuple(getattr(entry, field)) if field in entry.model_fields_set else ()


class _Sites:
    """The sites of one scenario file, each with the same changes loaded once."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self.loaded: dict[tuple[str, str], SiteFile] = {}

    def load(self, story: Document) -> SiteFile | None:
        """The story's site with its `with:`; None when the story names none."""
        named = story.get("site")
        if not isinstance(named, str):
            return None
        path = os.path.normpath(os.path.join(self.folder, named))
        key = path, json.dumps(story.get("with"), sort_keys=True)
        if key not in self.loaded:
            try:
                self.loaded[key] = site_from(read_text(path), path, story)
            except InputError as error:
                place = story.place(("site",))
                raise InputError(_seen_from(error.problems, path, place)) from None
        return self.loaded[key]


def _seen_from(problems: list[Problem], path: str, place: Place) -> Iterator[Problem]:
    """What is wrong with the site file as a whole is shown where the story names it."""
    for problem in problems:
        whole = problem.place.file == path and not problem.place.line
        yield Problem(place, f"{path}: {problem.message}", problem.allowed) if whole else problem
