"""A story that was played from Python: what happened, whether it holds, and what can be asserted of it."""

from __future__ import annotations

import html
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from teiden.harness.options import shown

if TYPE_CHECKING:
    from sequencer.events import Event
    from teiden.files.document import Document
    from teiden.files.source import Path
    from teiden.judge.expectations import Expectation
    from teiden.judge.fulfilment import Fulfilment
    from teiden.judge.names import Names
    from teiden.judge.verdict import ExpectationResult, Verdict
    from teiden.rehearsal import Rehearsal
    from teiden.story import Story

FilePath = str | os.PathLike[str]
Read = Callable[["Names"], Sequence["Expectation"]]
"""Reads an expectation, given the names of the site; LanguageError where it cannot be right."""


class BadExpression(ValueError):
    """An assertion asks for what cannot be: says what is wrong in which words, and what is allowed."""


@dataclass(frozen=True, repr=False)
class Played:
    """One run of a story, with its verdict. `print(run)` tells it as `teiden run` does."""

    rehearsal: Rehearsal
    replayable: bool = True
    """By `teiden run`: it stands in a file, and was played as it stands there."""

    @property
    def story(self) -> Story:
        return self.rehearsal.story

    @property
    def seed(self) -> int:
        return self.rehearsal.seed

    @property
    def events(self) -> tuple[Event, ...]:
        """The whole stream, as `--events` writes it: what tables and pictures are made from."""
        return self.rehearsal.told

    @property
    def verdict(self) -> Verdict:
        """Every expectation of the story and every invariant, held or broken, and why."""
        return self.rehearsal.verdict

    @property
    def holds(self) -> bool:
        return self.verdict.holds

    @property
    def margins(self) -> dict[str, float]:
        """`{"margin.linked_stop_s": 254.2, "lowest_charge.ups4_pct": 56.9}`: seconds, per cent."""
        return self.verdict.margins.properties()

    def results(self, read: Read) -> list[ExpectationResult]:
        """What became of further expectations; BadExpression where one cannot be right."""
        __tracebackhide__ = True
        from teiden.judge.language import LanguageError
        from teiden.judge.verdict import expectation_result

        try:
            expectations = read(self._fulfilment.search.names)
        except LanguageError as error:
            raise BadExpression(_pointed_at(error)) from None
        return [expectation_result(e, self._fulfilment.of(e)) for e in expectations]

    @cached_property
    def _fulfilment(self) -> Fulfilment:
        from teiden.judge.fulfilment import Fulfilment
        from teiden.judge.history import History
        from teiden.judge.names import Names

        return Fulfilment(History(self.rehearsal.events), Names(self.story.site))

    def why_not(self) -> str:
        """All that broke, the cause, and the events around it; empty when it holds."""
        from teiden import report

        if self.holds:
            return ""
        lines = [self.story.sentence, "", *report.explained(self.rehearsal)]
        lines += ["", *report.near(self.rehearsal, report.broken_events(self.rehearsal))]
        return "\n".join([*lines, *(["", *report.again(self.rehearsal)] if self.replayable else [])])

    def around(self, events: Sequence[Event]) -> str:
        """The rows of the table around these events, which carry a `>`."""
        from teiden import report

        return "\n".join(report.near(self.rehearsal, events))

    def __str__(self) -> str:
        from teiden import report

        return "\n".join([*report.body(self.rehearsal), report.verdict_line(self.rehearsal)])

    def __repr__(self) -> str:
        held = "HOLDS" if self.holds else "BROKEN"
        return f"<{self.story.name} seed {self.seed}: {held}  {self.verdict.summary()}>"

    def _repr_html_(self) -> str:
        """In a notebook: the table, as on a terminal."""
        return f"<pre>{html.escape(str(self))}</pre>"


def _pointed_at(error: Any) -> str:
    """The words, what is wrong with them under a caret, and what would be right."""
    lines = [error.message]
    if error.text:
        lines += [f"  {error.text}", "  " + " " * error.offset + "^" * max(1, error.width)]
    return "\n".join([*lines, *([f"  {error.allowed}"] if error.allowed else [])])


# Playing


def play(
    path: FilePath | None = None,
    *,
    text: str | None = None,
    item: str | None = None,
    site: FilePath | None = None,
    changes: Mapping[str, Any] | None = None,
    seed: int | None = None,
) -> Played:
    """Play a story file, or a story's text, in the pretend room, and judge it.

    `item`: which, where the file has several: its name, or the parameters of its `vary:`, "back=25s".
    `site`: another site than the story names. `changes`: laid over the site as a story's `with:` does,
    {"upses.ups3.confirm": "700s"}, and over that. Paths count from the current folder; those in a file,
    from the file. `seed`: of all chance; without it the story's own.
    Raises InputError with every file:line:col that is wrong, ValueError when `item` means no story.
    """
    __tracebackhide__ = True
    if (path is None) == (text is None):
        raise TypeError('play("story.yaml") or play(text="..."): the one or the other')
    from teiden.rehearsal import rehearse

    file = os.fspath(path) if path is not None else "story.yaml"
    story = _chosen(_loaded(file, text, site, plain(changes or {})), file, item)
    return Played(rehearse(story, seed=seed), replayable=path is not None and site is None and not changes)


def _loaded(file: str, text: str | None, site: FilePath | None, changes: Mapping[str, Any]) -> list[Story]:
    __tracebackhide__ = True
    from teiden.files import yaml_marks
    from teiden.files.source import InputError
    from teiden.files.text import read_text

    try:
        documents = yaml_marks.parse(text if text is not None else read_text(file).text, file)
    except InputError as error:
        raise InputError(error.problems) from None
    for document in documents:
        _lay_over(document, site, changes)
    return stories_of(documents, file)


def stories_of(documents: list[Document], file: str) -> list[Story]:
    """The stories of these documents. Raised from here, what is wrong is not buried in lines of ours."""
    __tracebackhide__ = True
    from teiden.files.source import InputError
    from teiden.files.story_file import stories_from

    try:
        return stories_from(documents, file)
    except InputError as error:
        raise InputError(error.problems) from None


def _chosen(stories: list[Story], file: str, item: str | None) -> Story:
    __tracebackhide__ = True
    from teiden.commands.run import names_of
    from teiden.files.wording import listed

    found = [story for story in stories if item is None or item in names_of(story)]
    if len(found) == 1:
        return found[0]
    known = listed(story.name for story in found or stories)
    wanted = f"no story in it is called {item!r}" if not found else f"it holds {len(found)} stories"
    raise ValueError(f"{file}: {wanted}; item= one of: {known}")


def _lay_over(document: Document, site: FilePath | None, changes: Mapping[str, Any]) -> None:
    """Put another site, and changes of its settings, into the story."""
    from teiden.files.document import Document

    if not isinstance(document.value, dict):
        return
    if site is not None:
        source = Document.of({"site": _from(document.file, site)}, "play(site=...)")
        document.put(("site",), source.value["site"], source, ("site",))
    if changes:
        source = Document.of({"with": changes}, "play(changes=...)")
        if document.get("with") is None:
            document.remove(("with",))
        _put(document, ("with",), source)


def _put(document: Document, path: Path, source: Document) -> None:
    """Key by key, so that what stands beside them in the file stays."""
    if isinstance(source[path], dict) and isinstance(document.get(*path), dict):
        for key in source[path]:
            _put(document, (*path, key), source)
    else:
        document.put(path, source[path], source, path)


def _from(file: str, path: FilePath) -> str:
    """A path of ours as one would write it in this file."""
    folder = os.path.dirname(file)
    try:
        return os.path.relpath(path, folder or os.curdir)
    except ValueError:  # another drive
        return os.path.abspath(path)


def plain(value: Any) -> Any:
    """Values from Python as YAML would have them."""
    if isinstance(value, Mapping):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    return shown(value) if isinstance(value, os.PathLike) else value
