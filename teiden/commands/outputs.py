"""The files a command writes: event streams and pictures, one of each for every story."""

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
    from teiden.rehearsal import Rehearsal

STDOUT = "-"
PICTURES = (".png", ".svg", ".pdf")
NOTES = {"events": later("events"), "picture": later("picture")}
PLURAL = {"events": later("events"), "picture": later("pictures")}


def picture(ctx: click.Context, option: click.Parameter, path: str | None) -> str | None:
    """Refuse a picture of another kind before anything is played."""
    if path is not None and os.path.splitext(path)[1].lower() not in PICTURES:
        text = t("{path}: the name of a picture ends in {kinds}", path=path, kinds=", ".join(PICTURES))
        raise click.BadParameter(text, ctx, option)
    return path


class Outputs:
    """Where to, and what went wrong with it: a verdict does not hang on a full disk."""

    def __init__(self, events: str | None, picture: str | None, *, several: bool) -> None:
        self._wanted = {"events": events, "picture": picture}
        self._several = several
        self._written: dict[str, list[str]] = {"events": [], "picture": []}
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
        return [
            f"{said(NOTES[kind])} {path}"
            for kind, paths in self._written.items()
            for path in paths[before[kind] :]
        ]

    def _draw(self, rehearsal: Rehearsal, path: str) -> None:
        self._advice = draw(rehearsal.told, path, title=rehearsal.story.sentence)

    def notes(self) -> list[str]:
        """All of it, for the line under many stories: `pictures out.*.svg (20 files)`."""
        notes = []
        for kind, paths in self._written.items():
            if len(paths) > 1:
                files = t("{n} files", n=len(paths))
                notes.append(f"{said(PLURAL[kind])} {self._pattern(kind)} ({files})")
            else:
                notes += [f"{said(NOTES[kind])} {path}" for path in paths]
        return notes

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
