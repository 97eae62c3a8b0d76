"""What happened around a failure: the few events that a reader needs to see beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sequencer.events import Event
from teiden.judge.history import History

NOTABLE = frozenset(
    (
        "mains.lost",
        "mains.restored",
        "ups.output_off",
        "ups.output_on",
        "ups.low_battery",
        "ups.exhausted",
        "server.forced",
        "server.crashed",
        "cluster.stopping",
        "cluster.stopped",
        "cluster.forced",
        "cluster.running",
        "array.flushing",
        "array.flushed",
        "array.flush_timed_out",
        "array.ready",
        "array.lost_data",
        "outage.confirmed",
        "command.sent",
        "command.refused",
        "command.failed",
        "alarm.raised",
        "lease.taken",
        "step.timed_out",
    )
)
"""Nobody looks for steps that went well, rows of the journal or points of a charge curve."""

AFTER = 3
"""An event after a failure says as little as one three times as far before it."""


@dataclass(frozen=True, slots=True)
class Line:
    event: Event
    shows: bool
    """It is one of those that show the failure: `>` in a report."""


def around(events: Sequence[Event], shown: Sequence[Event], most: int = 8) -> list[Line]:
    """The events that show a failure, and the notable ones nearest to them, in the order of the stream.

    `shown`: the `events` of a result or of a breach; they stay, however many they are.
    """
    marks = {id(event) for event in shown}
    told = [e for e in History(events).told if e.name in NOTABLE or id(e) in marks]
    places = [place for place, event in enumerate(told) if id(event) in marks]
    if not places:
        return []

    def distance(place: int) -> int:
        return min((mark - place if place <= mark else AFTER * (place - mark)) for mark in places)

    nearest = sorted(range(len(told)), key=distance)[: max(most, len(places))]
    return [Line(told[place], id(told[place]) in marks) for place in sorted(nearest)]
