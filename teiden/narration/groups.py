"""What belongs together: the same thing happening to several devices, one shortly after the other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sequencer.events import NAMES, Event
from teiden.narration.past import Past
from teiden.narration.row import Importance
from teiden.narration.weights import weight

CHAIN_S = 20.0
"""Servers that boot one after the other, UPSes switched on ten seconds apart: one row."""
CHAINS_S = {
    "mains.lost": 0.5,
    "mains.restored": 0.5,
    "outage.confirmed": 5.0,
    "outage.cleared": 5.0,
    "command.sent": 5.0,
    "command.failed": 120.0,
    "command.refused": 1.0,
    "alarm.raised": 5.0,
    "array.flushing": 0.0,
    "array.flushed": 0.0,
    "incident.closed": 0.0,
}
APART_S = 3.0
"""Closer than this counts as together."""


@dataclass(frozen=True)
class Group:
    name: str
    importance: Importance
    events: tuple[Event, ...]

    @property
    def t(self) -> float:
        return self.events[0].t

    @property
    def last_t(self) -> float:
        return self.events[-1].t

    @property
    def first(self) -> Event:
        return self.events[0]

    @property
    def subjects(self) -> list[str]:
        return list(dict.fromkeys(event.subject for event in self.events))

    def stages(self) -> list[list[Event]]:
        """The events of each moment: ups5, and ten seconds later ups6."""
        stages: list[list[Event]] = []
        for event in self.events:
            if stages and event.t - stages[-1][-1].t <= APART_S:
                stages[-1].append(event)
            else:
                stages.append([event])
        return stages


def groups(past: Past) -> list[Group]:
    """In the order in which they begin."""
    found: list[list[Event]] = []
    weights: list[Importance] = []
    open_: dict[tuple[object, ...], int] = {}
    for event in past.told:
        importance = weight(event, past)
        if importance is None:
            continue
        key = (importance, *_alike(event, past))
        at = open_.get(key)
        if at is not None and _goes_on(found[at], event):
            found[at].append(event)
            continue
        open_[key] = len(found)
        found.append([event])
        weights.append(importance)
    return [Group(e[0].name, w, tuple(e)) for e, w in zip(found, weights, strict=True)]


def _goes_on(group: list[Event], event: Event) -> bool:
    """Soon after the last of them; a device that comes into its state once more begins another row."""
    if event.t - group[-1].t > CHAINS_S.get(event.name, CHAIN_S):
        return False
    sets_a_state = NAMES[event.name].aspect is not None
    return not (sets_a_state and any(other.subject == event.subject for other in group))


def _alike(event: Event, past: Past) -> Iterator[str]:
    """What must be the same for two events to share a row."""
    yield event.name
    yield from (str(event.details.get(key)) for key in ALIKE.get(event.name.partition(".")[0], ()))
    match event.name.partition(".")[0]:
        case "server" | "array":
            yield past.kind(event.subject) + past.role(event.subject)
        case "command":
            yield str(event.details.get("how") == "now")
            if event.name != "command.sent":
                yield event.subject
        case "alarm" | "rule":
            yield str(event.details.get("text")).replace(event.subject, "{}")
        case "step":
            yield event.subject
        case "lease" | "cluster":
            yield event.by


ALIKE: Mapping[str, tuple[str, ...]] = {
    "ups": ("cause",),
    "command": ("command", "rule", "reason"),
    "alarm": ("rule",),
    "rule": ("rule", "declared"),
    "step": ("step", "rule"),
    "outage": ("because",),
    "journal": ("kind",),
    "schedule": ("id",),
    "request": ("id",),
    "job": ("job", "result"),
}
"""Details, by the first word of the event's name."""
