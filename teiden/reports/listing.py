"""What a page lists: the rows of the table, and the stream of events itself."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

from sequencer.events import Event, Source
from teiden import report
from teiden.narrate import Importance, main_rows
from teiden.narration.words import whole
from teiden.plots.zero import Clock
from teiden.rehearsal import Rehearsal
from teiden.reports import clock as on_clock

MOST_ROWS = 600
"""More rows of detail than this are left to the terminal: `--details`."""
MOST_EVENTS = 1000
"""More than this share lines; the whole stream belongs into a file."""
BOOKKEEPING = (
    "ups.charge",
    "journal.committed",
    "journal.heard",
    "alarm.queued",
    "step.started",
    "step.done",
    "step.overtaken",
    "step.waiting",
)
"""Left out first where there are too many: the picture has the charges, the rest is told by what follows."""
WIDEST = 160
"""Characters of an event's details."""


@dataclass(frozen=True, slots=True)
class Told:
    """A row of the table. `kind`: `main`, `detail`, `trouble`."""

    t: float
    since: str
    after: str
    clock: str
    what: str
    because: str
    kind: str
    marked: bool
    opens: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One event, or several like it within a short time."""

    t: float
    since: str
    clock: str
    name: str
    subject: str
    by: str
    fact: bool
    details: str


@dataclass(frozen=True, slots=True)
class Events:
    lines: tuple[Line, ...]
    of: int
    """How many events the run has."""
    folded: bool
    """Not every one of them has a line."""

    @property
    def kinds(self) -> list[str]:
        """`ups`, `server` ...: what stands before the dot, in the order of the alphabet."""
        return sorted({line.name.partition(".")[0] for line in self.lines})

    @property
    def subjects(self) -> list[str]:
        return sorted({line.subject.partition(" +")[0] for line in self.lines})


def told(rehearsal: Rehearsal, clock: Clock) -> list[Told]:
    """Every row; of a long run only those that belong into a table."""
    broken = report.broken_events(rehearsal)
    marks = {id(event) for event in broken}
    main = main_rows(rehearsal.rows, also=broken)
    shown = rehearsal.rows if len(rehearsal.rows) <= MOST_ROWS else main
    of_table = {id(row) for row in main}
    return [
        Told(
            row.t,
            on_clock.since(clock, row.t),
            whole(row.t - clock.zero),
            on_clock.of_day(clock, row.t),
            row.what,
            row.because,
            row.importance.value if id(row) in of_table else Importance.DETAIL.value,
            any(id(event) in marks for event in row.events),
            row.opens,
        )
        for row in shown
    ]


def events(rehearsal: Rehearsal, clock: Clock) -> Events:
    every = rehearsal.told
    if len(every) <= MOST_EVENTS:
        return Events(tuple(_line([event], clock) for event in every), len(every), False)
    kept = [event for event in every if event.name not in BOOKKEEPING]
    for doubled in count(3):
        bundles = _bundles(kept, 2.0**doubled)
        if len(bundles) <= MOST_EVENTS or doubled == 12:
            break
    return Events(tuple(_line(bundle, clock) for bundle in bundles[:MOST_EVENTS]), len(every), True)


def _bundles(kept: Sequence[Event], within_s: float) -> list[list[Event]]:
    """Events of one name, told by one node, within so many seconds of the first of them."""
    found: list[list[Event]] = []
    last: dict[tuple[str, str, Source], list[Event]] = {}
    for event in kept:
        key = (event.name, event.by, event.source)
        bundle = last.get(key)
        if bundle is None or event.t - bundle[0].t > within_s:
            bundle = last[key] = []
            found.append(bundle)
        bundle.append(event)
    return found


def _line(bundle: Sequence[Event], clock: Clock) -> Line:
    first = bundle[0]
    names = dict.fromkeys(event.subject for event in bundle)
    subject = first.subject if len(names) == 1 else f"{first.subject} +{len(names) - 1}"
    since, at = on_clock.since(clock, first.t), on_clock.of_day(clock, first.t)
    details = _details(first.details) if len(bundle) == 1 else ""
    return Line(first.t, since, at, first.name, subject, first.by, first.is_fact, details)


def _details(details: Mapping[str, Any]) -> str:
    """`command=off how=graceful`; what is a whole description of the site is left out."""
    parts = [f"{key}={_value(value)}" for key, value in details.items() if not _is_large(value)]
    text = "  ".join(parts)
    return text if len(text) <= WIDEST else text[: WIDEST - 1] + "…"


def _is_large(value: Any) -> bool:
    return value is None or (isinstance(value, Mapping) and len(value) > 4)


def _value(value: Any) -> str:
    if isinstance(value, float):
        return f"{round(value, 3):g}" if abs(value) < 1e6 else str(round(value, 3))
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
