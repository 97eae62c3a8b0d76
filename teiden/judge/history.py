"""What a stream tells: which of its events count, when the clock starts, and who was in which state.

Facts count where there are facts. A pretend room tells facts of its devices, and what its nodes saw
of them is then not evidence; a live room has no facts, and what was seen is all there is. What nodes
decide and do (`outage.`, `command.`, `step.`, `incident.`, `lease.`, `alarm.` ...) is always theirs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple

from sequencer.events import BEGINNINGS, NAMES, Event, Source
from teiden.judge.charge import Charges

DEVICES = frozenset(("mains", "ups", "card", "server", "cluster", "array", "host", "clock"))
NODES_OWN = frozenset(("array.flush_timed_out", "clock.gap"))
"""Named like a device's event, but the commander's patience has ended, or a life stood still."""
EITHER = frozenset(("run", "rule", "service"))

_PREFIX = {name: name.partition(".")[0] for name in NAMES}
_ASPECTS: Mapping[str, frozenset[str]] = {
    aspect: frozenset(name for name, meaning in NAMES.items() if meaning.aspect == aspect)
    for aspect in {meaning.aspect for meaning in NAMES.values() if meaning.aspect}
}
_STATES = {(aspect, NAMES[name].state): name for aspect, names in _ASPECTS.items() for name in sorted(names)}
UNTOLD = {"mains": "present", "output": "on", "card": "answering", "presence": "answering"}
"""What a device is at the start when `run.started` does not say."""


class Moment(NamedTuple):
    """An event and its place in the stream: two events of one instant still have an order."""

    place: int
    event: Event


class History:
    """One pass over the stream; everything else is looked up."""

    def __init__(self, events: Sequence[Event]) -> None:
        self.events = events
        facts = {event.name for event in events if event.source is Source.FACT}
        self._factual = {_PREFIX[name] for name in facts}
        wanted = {name: self._source(name, prefix) for name, prefix in _PREFIX.items()}
        self.told: list[Event] = []
        by_name: defaultdict[str, list[int]] = defaultdict(list)
        latest: dict[tuple[str, str], str] = {}
        for event in events:
            name = event.name
            source = wanted[name]
            if source is not None:
                if event.source is not source:
                    continue
                if source is Source.SEEN and _PREFIX[name] in DEVICES and self._seen_already(event, latest):
                    continue
            by_name[name].append(len(self.told))
            self.told.append(event)
        self._places: Mapping[str, list[int]] = by_name
        self._last_of: dict[str, Mapping[str, int]] = {}
        self.end_s = events[-1].t if events else 0.0
        started, lost = self.first("run.started"), self.first("mains.lost")
        self.start_s = started.t if started else events[0].t if events else 0.0
        self.start_at = _instant(started)
        """Wall time at the start; None: the stream does not tell it, and no schedule can be looked up."""
        self.initial: Mapping[str, Any] = (started.details.get("initial") if started else None) or {}
        self.skew_s: Mapping[str, float] = (started.details.get("skew_s") if started else None) or {}
        """By server: how far its clock was ahead of the true time from the start (T3)."""
        begun = lost or min(filter(None, map(self.first, BEGINNINGS)), key=lambda e: e.t, default=None)
        self.zero_s = begun.t if begun else self.start_s
        """Expectations count from here: the first loss of mains; else the first schedule or request."""

    def _source(self, name: str, prefix: str) -> Source | None:
        if prefix in EITHER:
            return None
        fact = prefix in DEVICES and name not in NODES_OWN and prefix in self._factual
        return Source.FACT if fact else Source.SEEN

    @staticmethod
    def _seen_already(event: Event, latest: dict[tuple[str, str], str]) -> bool:
        """Another node saw this change before, or the same one after its boot: one change, not two."""
        aspect = NAMES[event.name].aspect
        if aspect is None:
            return False
        if latest.get((aspect, event.subject)) == event.name:
            return True
        latest[aspect, event.subject] = event.name
        return False

    def has_facts(self, prefix: str) -> bool:
        """Whether the room itself told anything of this kind of device."""
        return prefix in self._factual

    def tells(self, name: str) -> bool:
        return name in self._places

    def first(self, name: str) -> Event | None:
        places = self._places.get(name)
        return self.told[places[0]] if places else None

    def of(self, name: str, *, since_s: float = float("-inf")) -> Iterator[Moment]:
        """Every event of this name that counts, from a time on."""
        for place in self._places.get(name, ()):
            event = self.told[place]
            if event.t >= since_s:
                yield Moment(place, event)

    # States

    def state_at_start(self, subject: str, aspect: str) -> str:
        """As `run.started` tells it; empty where nothing is known."""
        told = self.initial.get(subject)
        if isinstance(told, Mapping):
            told = told.get(aspect)
        if isinstance(told, str) and (aspect, told) in _STATES:
            return told
        return UNTOLD.get(aspect, "")

    def state_at_end(self, subject: str, aspect: str) -> tuple[str, Event | None]:
        """The last state, and the event that set it (None: the state it was in at the start)."""
        place = self._last(aspect).get(subject)
        if place is None:
            return self.state_at_start(subject, aspect), None
        event = self.told[place]
        return NAMES[event.name].state, event

    def _last(self, aspect: str) -> Mapping[str, int]:
        """By subject: the place of the last event that set a state of this aspect."""
        last = self._last_of.get(aspect)
        if last is None:
            places = sorted(place for name in _ASPECTS[aspect] for place in self._places.get(name, ()))
            last = self._last_of[aspect] = {self.told[place].subject: place for place in places}
        return last

    @cached_property
    def charges(self) -> Charges:
        return Charges(self.told[place] for place in self._places.get("ups.charge", ()))


def _instant(started: Event | None) -> datetime | None:
    try:
        at = datetime.fromisoformat(str(started.details["start"])) if started else None
    except (KeyError, ValueError):
        return None
    return at if at is not None and at.tzinfo is not None else None
