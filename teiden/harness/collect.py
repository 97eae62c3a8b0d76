"""Turns a story file or a site file into test items, also one that cannot be read."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from teiden.files.source import InputError, Place
from teiden.harness.item import CheckItem, StoryItem, TeidenItem, UnreadableItem
from teiden.harness.options import LANGUAGE, Settings, shown
from teiden.language.say import LANGUAGES, t

PYTESTS_OWN = frozenset(("filterwarnings", "parametrize", "skipif", "usefixtures"))
"""Markers that mean something to pytest only with arguments, which a tag has none of."""


def collector(kind: str, path: Path, parent: pytest.Collector) -> pytest.Collector:
    """Of a file whose `schema:` is ours; what is neither a site nor a story says so when it is run."""
    return (SiteFile if kind == "site" else StoryFile).from_parent(parent, path=path)


def refuse_what_cannot_be(config: pytest.Config) -> None:
    settings = Settings.of(config)
    if not 0.1 <= settings.rate <= 50:
        raise pytest.UsageError(
            f"--rate {settings.rate:g}: from 0.1 to 50 seconds of a story in one of yours"
        )
    if settings.language not in LANGUAGES:
        raise pytest.UsageError(f"{LANGUAGE}={settings.language}: one of {', '.join(LANGUAGES)}")


class SiteFile(pytest.File):
    """A site: one item, which asks every rule about it."""

    def collect(self) -> Iterator[TeidenItem]:
        yield CheckItem.from_parent(self, name="check", file=shown(self.path))


class StoryFile(pytest.File):
    """A scenario file: an item for each story and each combination of its `vary:`.

    A file that cannot be read becomes one item that fails. As an error of the collection it would keep all
    other files from being played; so they are, and what is wrong is told at its line all the same.
    """

    def collect(self) -> Iterator[TeidenItem]:
        from teiden.files.story_file import load_stories

        file = shown(self.path)
        try:
            with Settings.of(self.config).speaking():
                stories = load_stories(file)
        except InputError as error:
            yield from self._unreadable(file, error)
            return
        for story in stories:
            line = (story.place or Place(file)).line
            tagged(item := StoryItem.from_parent(self, name=story.name, story=story, line=line), story.tags)
            yield item

    def _unreadable(self, file: str, error: InputError) -> Iterator[TeidenItem]:
        """Under the name that was asked for, if one was: else it is `not found`, and nobody knows why."""
        line = next((p.place.line for p in error.problems if p.place.file == file), 0)
        for name in list(asked_for(self.config, self.path)) or [self.path.stem]:
            item = UnreadableItem.from_parent(self, name=name, problems=str(error), line=line)
            tagged(item, legible_tags(file))
            yield item


def asked_for(config: pytest.Config, path: Path) -> Iterator[str]:
    """The items of this file that the command line names: `story.yaml::story[back=25s]`."""
    for argument in config.args:
        file, _, name = argument.partition("::")
        if name and path == Path(os.path.abspath(config.invocation_params.dir / file)):
            yield name


def legible_tags(file: str) -> Iterator[str]:
    """Of a file that cannot be read as a story, so that `-m` still finds what can be read of it."""
    from teiden.files import yaml_marks
    from teiden.files.story_model import TAG
    from teiden.files.text import read_text

    try:
        documents = yaml_marks.parse(read_text(file).text, file)
    except InputError:
        return
    for document in documents:
        tags = document.sequence("tags") if isinstance(document.value, dict) else []
        yield from (tag for tag in tags if isinstance(tag, str) and re.fullmatch(TAG, tag))


def tagged(item: pytest.Item, tags: Iterable[str]) -> None:
    """Tags are markers, and known ones: `--strict-markers` is for those that somebody mistypes in Python."""
    known = {re.split(r"[:(]", line)[0].strip() for line in item.config.getini("markers")}
    for tag in dict.fromkeys(tags):
        if tag in PYTESTS_OWN:
            continue
        if tag not in known:
            item.config.addinivalue_line("markers", f"{tag}: a tag of stories")
        item.add_marker(tag)


def headline(config: pytest.Config, ours: list[pytest.Item]) -> str:
    """`teiden: stories 147 (files 64), sites 8; seed 7; failures leave files in artifacts`."""
    settings = Settings.of(config)
    sites = sum(isinstance(item, CheckItem) for item in ours)
    files = len({item.path for item in ours}) - sites
    told = [t("stories {n} (files {files}), sites {sites}", n=len(ours) - sites, files=files, sites=sites)]
    if settings.seed is not None:
        told.append(t("seed {n}", n=settings.seed))
    if settings.artifacts is not None:
        told.append(t("failures leave files in {folder}", folder=shown(settings.artifacts)))
    return "teiden: " + "; ".join(told)
