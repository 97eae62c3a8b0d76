"""The one vocabulary of events, and the one stream every run yields, pretend or real.

`NAMES` says for each event which state of its subject it sets, if any. Timelines, the judge's
`finally` and the tables all read that table, so a state has one definition.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

ROOM = "room"


class Source(Enum):
    FACT = "fact"
    """The room's own truth. Only a pretend room can tell it."""
    SEEN = "seen"
    """What one node observed, decided or did."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What an event says about its subject."""

    aspect: str | None = None
    """Which side of the subject changes: an array has a `service` and a `cache`."""
    state: str = ""
    """The state it is in from now on."""


NAMES: Mapping[str, Meaning] = {
    "run.started": Meaning(),
    "run.ended": Meaning(),
    "mains.lost": Meaning("mains", "lost"),
    "mains.restored": Meaning("mains", "present"),
    "ups.on_battery": Meaning("supply", "on battery"),
    "ups.on_line": Meaning("supply", "on line"),
    "ups.low_battery": Meaning("supply", "low battery"),
    "ups.exhausted": Meaning("supply", "exhausted"),
    "ups.output_off": Meaning("output", "off"),
    "ups.output_on": Meaning("output", "on"),
    "ups.off_armed": Meaning(),
    "ups.charge": Meaning(),
    "card.silent": Meaning("card", "silent"),
    "card.answering": Meaning("card", "answering"),
    "server.shutting_down": Meaning("os", "shutting down"),
    "server.halted": Meaning("os", "halted"),
    "server.booting": Meaning("os", "booting"),
    "server.up": Meaning("os", "up"),
    "server.forced": Meaning("os", "forced"),
    "server.crashed": Meaning("os", "crashed"),
    "cluster.stopping": Meaning("cluster", "stopping"),
    "cluster.stopped": Meaning("cluster", "stopped"),
    "cluster.starting": Meaning("cluster", "starting"),
    "cluster.running": Meaning("cluster", "running"),
    "cluster.forced": Meaning("cluster", "forced"),
    "cluster.failed_over": Meaning(),
    "cluster.runs_without": Meaning(),
    "array.dirty": Meaning("cache", "dirty"),
    "array.flushing": Meaning("cache", "flushing"),
    "array.flushed": Meaning("cache", "flushed"),
    "array.flush_timed_out": Meaning(),
    "array.lost_data": Meaning("cache", "lost data"),
    "array.starting": Meaning("service", "starting"),
    "array.ready": Meaning("service", "ready"),
    "array.off": Meaning("service", "off"),
    "outage.suspected": Meaning(),
    "outage.confirmed": Meaning(),
    "outage.cleared": Meaning(),
    "incident.opened": Meaning(),
    "incident.closed": Meaning(),
    "step.started": Meaning(),
    "step.waiting": Meaning(),
    "step.done": Meaning(),
    "step.timed_out": Meaning(),
    "step.overtaken": Meaning(),
    "command.sent": Meaning(),
    "command.refused": Meaning(),
    "command.failed": Meaning(),
    "journal.committed": Meaning(),
    "journal.heard": Meaning(),
    "lease.taken": Meaning(),
    "lease.lost": Meaning(),
    "hold.set": Meaning(),
    "hold.released": Meaning(),
    "schedule.fired": Meaning(),
    "request.accepted": Meaning(),
    "request.refused": Meaning(),
    "clock.gap": Meaning(),
    "clock.stepped": Meaning(),
    "service.died": Meaning(),
    "service.begun": Meaning(),
    "service.stalled": Meaning(),
    "host.silent": Meaning("presence", "silent"),
    "host.answering": Meaning("presence", "answering"),
    "job.started": Meaning(),
    "job.finished": Meaning(),
    "alarm.raised": Meaning(),
    "alarm.cleared": Meaning(),
    "alarm.queued": Meaning(),
    "rule.broken": Meaning(),
}


BEGINNINGS = ("schedule.fired", "request.accepted")
"""Where no mains are lost, times count from the first of these."""


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the stream. `t`: seconds since the start of the run."""

    t: float
    name: str
    subject: str
    by: str
    source: Source
    details: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        assert self.name in NAMES, f"{self.name} is not in the vocabulary"

    @property
    def is_fact(self) -> bool:
        return self.source is Source.FACT


class Stream:
    """Collects the events of one run in the order in which they happened."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self._listeners: list[Callable[[Event], None]] = []

    def __iter__(self) -> Iterator[Event]:
        return iter(self.events)

    def __len__(self) -> int:
        return len(self.events)

    def listen(self, listener: Callable[[Event], None]) -> None:
        """Call this with every event from now on: a live view, a monitor."""
        self._listeners.append(listener)

    def fact(self, t: float, name: str, subject: str, **details: Any) -> None:
        self._add(Event(round(t, 3), name, subject, ROOM, Source.FACT, details))

    def seen(self, t: float, name: str, subject: str, by: str, **details: Any) -> None:
        self._add(Event(round(t, 3), name, subject, by, Source.SEEN, details))

    def _add(self, event: Event) -> None:
        self.events.append(event)
        for listener in self._listeners:
            listener(event)
