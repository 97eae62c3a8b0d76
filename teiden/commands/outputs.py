"""The files a command writes: streams, pictures and pages, one of each for every story; one JUnit report."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from teiden.commands import console
from teiden.language.say import later, said, t

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sequencer.events import Event
    from teiden.files.source import InputError
    from teiden.rehearsal import Rehearsal
    from teiden.reports.junit import Case

STDOUT = "-"
PICTURES = (".png", ".svg", ".pdf")
PAGES = (".html", ".htm")
REPORTS = (".xml",)
NOTES = {
    "events": later("events"),
    "picture": later("picture"),
    "page": later("page"),
    "junit": later("report"),
}
PLURAL = {"events": later("events"), "picture": later("pictures"), "page": later("pages")}

Callback = Callable[[click.Context, click.Parameter, str | None], str | None]


def _ending_in(kinds: tuple[str, ...], what: str) -> Callback:
    """Refuse a file of another kind before anything is played."""

    def checked(ctx: click.Context, option: click.Parameter, path: str | None) -> str | None:
        if path is not None and os.path.splitext(path)[1].lower() not in kinds:
            raise click.BadParameter(said(what, path=path, kinds=", ".join(kinds)), ctx, option)
        return path

    return checked


picture = _ending_in(PICTURES, later("{path}: the name of a picture ends in {kinds}"))
page = _ending_in(PAGES, later("{path}: the name of a page ends in {kinds}"))
report = _ending_in(REPORTS, later("{path}: the name of a JUnit report ends in {kinds}"))


class Outputs:
    """Where to, and what went wrong with it: a verdict does not hang on a full disk.

    Nothing of a story is kept once it is written, but its row of the JUnit report.
    """

    def __init__(
        self,
        events: str | None = None,
        picture: str | None = None,
        page: str | None = None,
        junit: str | None = None,
        *,
        several: bool,
    ) -> None:
        self._wanted = {"events": events, "picture": picture, "page": page}
        self._several = several
        self._written: dict[str, list[str]] = {kind: [] for kind in self._wanted}
        self._junit = junit
        self._cases: list[Case] = []
        self._failures: list[str] = []
        self._advice = ""

    @property
    def to_stdout(self) -> bool:
        """The stream of events has the standard output for itself."""
        return self._wanted["events"] == STDOUT

    def write(self, rehearsal: Rehearsal) -> list[str]:
        """Write what was asked for; the notes for the verdict line."""
        before = {kind: len(paths) for kind, paths in self._written.items()}
        self._write("events", rehearsal, write_events)
        self._write("picture", rehearsal, self._draw)
        self._write("page", rehearsal, write_page)
        if self._junit is not None:
            from teiden.reports.junit import case

            self._cases.append(case(rehearsal))
        return [
            f"{said(NOTES[kind])} {path}"
            for kind, paths in self._written.items()
            for path in paths[before[kind] :]
        ]

    def _draw(self, rehearsal: Rehearsal, path: str) -> None:
        self._advice = draw(rehearsal.told, path, title=rehearsal.story.sentence)

    def refused(self, errors: Sequence[InputError]) -> None:
        """Files that were not played because they are wrong: the report tells of them too."""
        if self._junit is not None:
            from teiden.reports.junit import refusal

            self._cases += map(refusal, errors)

    def finish(self) -> list[str]:
        """Write what is about all stories together, once; also when the run was interrupted."""
        if self._junit is None:
            return []
        from teiden.reports.junit import written as document

        path, self._junit = self._junit, None
        try:
            write_text(document(self._cases), path)
        except console.NotCarriedOut as error:
            self._failures.append(str(error))
            return []
        return [f"{said(NOTES['junit'])} {path}"]

    def notes(self) -> list[str]:
        """All of it, for the line under many stories: `pictures out.*.svg (20 files)`."""
        notes = []
        for kind, paths in self._written.items():
            if len(paths) > 1:
                files = t("{n} files", n=len(paths))
                notes.append(f"{said(PLURAL[kind])} {self._pattern(kind)} ({files})")
            else:
                notes += [f"{said(NOTES[kind])} {path}" for path in paths]
        return [*notes, *self.finish()]

    def complain(self) -> None:
        """What went wrong, and what would make the pictures better; once, at the end."""
        if self._advice:
            click.echo(self._advice, err=True)
        if self._failures:
            raise console.NotCarriedOut("\n".join(self._failures))

    def _write(self, kind: str, rehearsal: Rehearsal, write: Callable[[Rehearsal, str], None]) -> None:
        wanted = self._wanted[kind]
        if wanted is None:
            return
        path = wanted if wanted == STDOUT else self._path(wanted, rehearsal.story.name)
        try:
            write(rehearsal, path)
        except console.NotCarriedOut as error:
            self._failures.append(str(error))
        else:
            self._written[kind] += [] if path == STDOUT else [path]

    def _path(self, path: str, story: str) -> str:
        """With several stories each gets its own file: `out.jsonl` becomes `out.short-blip.jsonl`."""
        return self._named(path, re.sub(r"[^\w.=+-]+", "-", story).strip("-")) if self._several else path

    def _pattern(self, kind: str) -> str:
        return self._named(self._wanted[kind] or "", "*")

    @staticmethod
    def _named(path: str, name: str) -> str:
        stem, suffix = os.path.splitext(path)
        return f"{stem}.{name}{suffix}"


def write_events(rehearsal: Rehearsal, path: str) -> None:
    from teiden.events_file import write

    if path == STDOUT:
        console.speak_utf8()
        write(rehearsal.told, rehearsal.story.start, path)
        return
    with written(path):
        write(rehearsal.told, rehearsal.story.start, path)


def write_page(rehearsal: Rehearsal, path: str) -> None:
    from teiden.reports import html

    write_text(html.page(rehearsal), path)


def write_text(text: str, path: str) -> None:
    with written(path), open(path, "w", encoding="utf-8", newline="\n") as file:
        file.write(text)


def draw(events: Sequence[Event], path: str, *, title: str | None = None, breaks: bool = True) -> str:
    """The timeline of a run, as a file. Answers what to install for a better one; empty: nothing."""
    from teiden.plots import fonts, timeline

    figure = timeline.draw(events, title=title, breaks=breaks)
    with written(path):
        timeline.save(figure, path)
    return fonts.advice(events)


@contextmanager
def written(path: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise console.NotCarriedOut(
            t("{path}: cannot be written: {reason}", path=path, reason=reason)
        ) from None
