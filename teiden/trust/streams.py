"""The event files of the last days, as far as they can be read: which service wrote them, and what it told.

A file that a cut of the power has torn is read line by line; what is no event is counted, never passed over
in silence.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise
from operator import itemgetter
from pathlib import Path

from sequencer.events import Event, Source
from teiden.files.source import InputError
from teiden.garbage import few_collections
from teiden.reading.line import Lines
from teiden.reading.reader import Reader
from teiden.web.tail import files_of

WANTED = frozenset(
    (
        "run.started",
        "outage.suspected",
        "outage.confirmed",
        "outage.cleared",
        "incident.opened",
        "incident.closed",
        "command.refused",
        "command.sent",
        "command.failed",
        "schedule.fired",
        "request.accepted",
        "card.silent",
        "card.answering",
        "host.silent",
        "host.answering",
        "clock.gap",
        "alarm.raised",
        "alarm.cleared",
        "ups.on_battery",
        "rule.broken",
    )
)
SILENCES = frozenset(("card.silent", "card.answering", "host.silent", "host.answering"))
Timed = tuple[float, Event]
"""Seconds since 1970, and what happened then."""


@dataclass(slots=True)
class Piece:
    """One file. Instants in seconds since 1970."""

    path: str
    node: str = ""
    life: str = ""
    """Of the service; its files of several days have the same."""
    armed: bool | None = None
    """None: it does not say, as a pretend run."""
    site: str = ""
    site_hash: str = ""
    first_s: float = 0.0
    last_s: float = 0.0
    events: list[Timed] = field(default_factory=list)
    """Of `WANTED`, what a node has seen. Of a pretend run silences are facts: its nodes die in it."""
    unreadable: int = 0
    """Lines that are no events."""
    trouble: str = ""
    """Why nothing of it could be read."""


def pieces(
    paths: Iterable[str], since_s: float, told: Callable[[int, int], None] = lambda done, of: None
) -> list[Piece]:
    """Files, and folders of a service without the files that are older than `since_s`. Raises OSError.

    `told` hears how many are read, and of how many.
    """
    files = _files(paths, since_s)
    found = []
    with few_collections():
        for n, path in enumerate(files, 1):
            found.append(_read(path))
            told(n, len(files))
    return found


def _files(paths: Iterable[str], since_s: float) -> list[str]:
    found: dict[str, None] = {}
    for path in paths:
        if os.path.isdir(path):
            found |= dict.fromkeys(map(str, _recent(files_of(Path(path)), since_s)))
        else:
            found[path] = None
    return list(found)


def _recent(files: list[Path], since_s: float) -> list[Path]:
    """A file reaches at least until the next one begins."""
    begins = [_begins_s(path) for path in files]
    old = sum(after_s <= since_s for _, after_s in pairwise(begins))
    return files[old:]


def _begins_s(path: Path) -> float:
    text = path.name.removeprefix("events-")[:15]
    try:
        return datetime.strptime(text, "%Y%m%dT%H%M%S").replace(tzinfo=UTC).timestamp()
    except ValueError:
        return float("inf")  # no instant: it is read


def _read(path: str) -> Piece:
    piece = Piece(path)
    try:
        timed = _quickly(path, piece)
    except InputError as error:
        piece = Piece(path)
        timed = _line_by_line(path, piece, str(error.problems[0]) if error.problems else str(error))
    pretend = any(event.name in SILENCES and event.source is Source.FACT for _, event in timed)
    for instant_s, event in timed:
        if event.name == "run.started":
            _begin(piece, event)
        fact = pretend and event.name in SILENCES
        if (event.source is Source.FACT) is fact:
            piece.events.append((instant_s, event))
    piece.events.sort(key=itemgetter(0))
    return piece


def _begin(piece: Piece, event: Event) -> None:
    told = event.details
    piece.node, piece.site = event.by, event.subject
    piece.life = str(told.get("life") or told.get("start") or piece.path)
    piece.site_hash = str(told.get("site_hash", ""))
    piece.armed = told["armed"] if isinstance(told.get("armed"), bool) else None


def _quickly(path: str, piece: Piece) -> list[Timed]:
    reader = Reader(path)
    events: list[Event] = []
    ts: list[float] = []
    for columns in reader:
        if len(columns):
            events += columns.only([name in WANTED for name in columns.name]).events()
            ts += (columns.t[0], columns.t[-1])
    assert reader.start is not None, "a file without problems holds an event"
    start_s = reader.start.timestamp()
    piece.first_s, piece.last_s = start_s + min(ts), start_s + max(ts)
    piece.unreadable = int(reader.cut_short)
    return [(start_s + event.t, event) for event in events]


def _line_by_line(path: str, piece: Piece, why: str) -> list[Timed]:
    """What can be read of a file in which something is wrong."""
    lines = Lines(path)
    found: list[Timed] = []
    instants = []
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            for number, line in enumerate(file, 1):
                row = lines.row(number, line) if line.strip() else None
                if row is None:
                    piece.unreadable += bool(line.strip())
                    continue
                instant_s = row.start.timestamp() + row.t
                instants.append(instant_s)
                if row.name in WANTED:
                    event = Event(row.t, row.name, row.subject, row.by, row.source, row.details)
                    found.append((instant_s, event))
    except OSError:
        instants.clear()
    if not instants:
        piece.trouble = why
        return []
    piece.first_s, piece.last_s = min(instants), max(instants)
    return found
