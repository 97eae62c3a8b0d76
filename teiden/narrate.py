"""Tells a run as an operator would: what happened, and because of what. Reads the stream of events alone.

Facts for devices where there are facts, what was seen for decisions; what several nodes saw is told once.
The rows are values; `teiden.narration.table` shows them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from sequencer.events import Event
from teiden.narration.groups import groups
from teiden.narration.joins import Draft, joined
from teiden.narration.past import Past
from teiden.narration.phrases import phrase
from teiden.narration.reasons import reason
from teiden.narration.row import Importance, Row

__all__ = ["Importance", "Past", "Row", "main_rows", "narrate"]


def narrate(events: Sequence[Event], past: Past | None = None) -> list[Row]:
    """Every row, details too, in the order of time. `past`: the same events, if they are indexed already."""
    past = past if past is not None else Past(events)
    drafts = [Draft.of(group, phrase(group, past), reason(group, past)) for group in groups(past)]
    rows = [draft.row() for draft in joined(drafts)]
    return list(_with_chapters(sorted(rows, key=lambda row: row.t)))


def main_rows(rows: Iterable[Row], *, also: Iterable[Event] = ()) -> list[Row]:
    """What belongs into a table: no details, but those that hold one of these events."""
    wanted = {id(event) for event in also}
    return [
        row
        for row in rows
        if row.importance is not Importance.DETAIL or any(id(event) in wanted for event in row.events)
    ]


def _with_chapters(rows: Iterable[Row]) -> Iterable[Row]:
    """The first loss of mains, or the next night, after an incident was closed or a night is over."""
    closed = False
    for row in rows:
        goes = any(event.name == "mains.lost" or _goal(event) == "down" for event in row.events)
        yield replace(row, opens=True) if closed and goes else row
        over = any(event.name == "incident.closed" or _goal(event) == "up" for event in row.events)
        closed = (over or closed) and not goes


def _goal(event: Event) -> str:
    return str(event.details.get("goal", "")) if event.name == "schedule.fired" else ""
