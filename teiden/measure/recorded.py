"""Durations from recorded event files, many outages at once.

A pretend run stands for itself: two of them may well have the same dates. The files of a service, of all its
days and all its nodes, are one timeline by the clock, so that what one node has told to stop and another has
seen stopped is one duration.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from operator import itemgetter
from pathlib import Path

from realtime.events_out import NAME
from sequencer.events import Event, Source
from teiden.files.source import InputError, Place, Problem
from teiden.garbage import few_collections
from teiden.language.say import t
from teiden.measure.stopwatch import WANTED, Measured, Stopwatch
from teiden.reading.reader import Reader

Timed = tuple[float, Event]
"""Seconds since 1970, and what happened then."""


@dataclass(slots=True)
class _Stream:
    site: str
    facts: bool = False
    cut_short: bool = False
    until_s: float = 0.0
    events: list[Timed] = field(default_factory=list)


def measured(
    paths: Iterable[str], told: Callable[[int, int], None] = lambda done, of: None
) -> list[Measured]:
    """In the order in which they began. InputError names every line that is wrong, of all files at once.

    `told` hears how many of the files are read, and of how many.
    """
    files = event_files(paths)
    found: list[Measured] = []
    problems: list[Problem] = []
    services: dict[str, list[_Stream]] = {}
    with few_collections():
        for n, path in enumerate(files, 1):
            try:
                stream = _read(path)
            except InputError as error:
                problems += error.problems
                continue
            if stream.facts:
                _run(stream.events, facts=True, until_s=stream.until_s, found=found)
            else:
                services.setdefault(stream.site, []).append(stream)
            told(n, len(files))
        if problems:
            raise InputError(problems)
        for streams in services.values():
            timeline = [timed for stream in streams for timed in stream.events]
            timeline.sort(key=itemgetter(0))
            _run(timeline, facts=False, until_s=None, found=found)
    return sorted(found, key=lambda one: one.at)


def event_files(paths: Iterable[str]) -> list[str]:
    """Each once; a folder is all event files of a service in it, the oldest first."""
    found: dict[str, None] = {}
    problems = []
    for path in paths:
        if not os.path.isdir(path):
            found[path] = None
            continue
        inside = sorted(str(file) for file in Path(path).iterdir() if NAME.fullmatch(file.name))
        if not inside:
            problems.append(Problem(Place(path), t("no event files in this folder"), t("events-DATE.jsonl")))
        found |= dict.fromkeys(inside)
    if problems:
        raise InputError(problems)
    return list(found)


def _read(path: str) -> _Stream:
    reader = Reader(path)
    stream = _Stream("")
    told: list[Event] = []
    last_s = 0.0
    for columns in reader:
        if not len(columns):
            continue
        wanted = [name in WANTED for name in columns.name]
        told += columns.only(wanted).events()
        stream.facts = stream.facts or any(
            source is Source.FACT and name != "run.started"
            for source, name in zip(columns.source, columns.name, strict=True)
        )
        last_s = columns.t[-1]
    assert reader.start is not None, "a file without problems holds an event"
    start_s = reader.start.timestamp()
    stream.until_s = start_s + last_s
    stream.events = [(start_s + event.t, event) for event in told]
    stream.site = next((event.subject for event in told if event.name == "run.started"), "")
    return stream


def _run(timeline: Iterable[Timed], *, facts: bool, until_s: float | None, found: list[Measured]) -> None:
    watch = Stopwatch(facts, found.append)
    for instant_s, event in _without_echoes(timeline):
        watch.take(instant_s, event)
    watch.close(until_s)


def _without_echoes(timeline: Iterable[Timed]) -> Iterator[Timed]:
    """Files of one node that were given twice, as copies, tell each line twice."""
    seen: set[tuple[float, str, str, str]] = set()
    for instant_s, event in timeline:
        key = (round(instant_s, 3), event.name, event.subject, event.by)
        if event.name == "run.started" or event.source is Source.FACT or key not in seen:
            seen.add(key)
            yield instant_s, event
