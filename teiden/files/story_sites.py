"""The sites of one scenario file, each read once, with the changes of each of its stories."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from sequencer.site import Site
from sim.model import Model
from teiden.files.document import Document, Value
from teiden.files.set_paths import PathOfKeys
from teiden.files.site_file import SiteFile, SiteText
from teiden.files.site_runs import SiteRuns
from teiden.files.source import InputError, Place, Problem
from teiden.files.text import FileText, read_text
from teiden.files.variations import Chance, Parameters, Setting, Variation

Settings = Mapping[PathOfKeys, Setting]


@dataclass(frozen=True, slots=True)
class StorySite:
    """A site as one story plays in it."""

    site: Site
    model: Model
    path: str
    hash: str
    settings: Settings
    """What `set:` gave to its devices."""


class Sites:
    """`texts`: what stands in the files, by their paths; what is not there is read."""

    def __init__(self, folder: str, texts: Mapping[str, FileText] | None = None) -> None:
        self.folder = folder
        self.texts = dict(texts or {})
        self._read: dict[str, SiteText] = {}
        self._runs: dict[str, SiteRuns] = {}
        self._loaded: dict[tuple[str, str], SiteFile] = {}

    def path(self, story: Document) -> str | None:
        """Of the story's site; None when the story names none."""
        named = story.get("site")
        return os.path.normpath(os.path.join(self.folder, named)) if isinstance(named, str) else None

    def load(
        self, story: Document, variation: Variation, named: Parameters, chance: Chance
    ) -> StorySite | None:
        """The story's site with its `with:` and what is drawn for its devices, checked. InputError."""
        path = self.path(story)
        if path is None:
            return None
        try:
            text = self._text(path)
            document, _ = text.laid(story) if variation.targets else (text.document, [])
            if nobody := list(_nobody(story, variation, document)):
                raise InputError(nobody)
            settings = variation.settings(document, named, chance)
            loaded = self._load(path, text, with_settings(story, settings))
        except InputError as error:
            raise InputError(_seen_from(error.problems, path, story.place(("site",)))) from None
        return StorySite(loaded.site, loaded.model, path, loaded.hash, settings)

    def _load(self, path: str, text: SiteText, story: Document) -> SiteFile:
        key = path, json.dumps(story.get("with"), sort_keys=True)
        if key not in self._loaded:
            self._loaded[key] = text.with_changes(story) if story.get("with") else _as_it_is(text)
        return self._loaded[key]

    def runs(self, path: str) -> SiteRuns:
        """The site for runs that are not checked again."""
        if path not in self._runs:
            self._runs[path] = SiteRuns(self._text(path))
        return self._runs[path]

    def _text(self, path: str) -> SiteText:
        if path not in self._read:
            if path not in self.texts:
                self.texts[path] = read_text(path)
            self._read[path] = _read(self.texts[path], path)
        return self._read[path]


@lru_cache(maxsize=8)
def _read(content: FileText, path: str) -> SiteText:
    """Taken apart once, though each of many files names it: nobody changes what was read."""
    return SiteText(content, path)


@lru_cache(maxsize=8)
def _as_it_is(text: SiteText) -> SiteFile:
    return text.with_changes(None)


def with_settings(story: Document, settings: Settings) -> Document:
    """The story with what was drawn for the devices in its `with:`, as dotted keys placed at their `set:`."""
    if not settings:
        return story
    changed = Document({"with": dict(story.mapping("with"))}, story.file, story.start)
    changed.keys, changed.values = dict(story.keys), dict(story.values)
    for path, setting in settings.items():
        changed.put(("with", ".".join(path)), setting.value, story, ("vary", setting.parameter, "set"))
    return changed


def changes_of(story: Document, settings: Settings) -> dict[str, Value]:
    """The same as plain values: the last word on a setting is the drawn one."""
    changes = dict(story.mapping("with"))
    for path, setting in settings.items():
        changes.pop(".".join(path), None)
        changes[".".join(path)] = setting.value
    return changes


def _nobody(story: Document, variation: Variation, site: Document) -> Iterator[Problem]:
    for parameter in variation.parameters:
        target = parameter.target
        if target is not None and not target.devices(site):
            yield target.nobody(site, story.place(("vary", parameter.name, "set")))


def _seen_from(problems: list[Problem], path: str, place: Place) -> Iterator[Problem]:
    """What is wrong with the site file as a whole is shown where the story names it."""
    for problem in problems:
        whole = problem.place.file == path and not problem.place.line
        yield Problem(place, f"{path}: {problem.message}", problem.allowed) if whole else problem
