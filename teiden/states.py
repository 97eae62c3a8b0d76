"""Who was in which state from when to when, and who there is at all, by the stream of events alone.

Pure: the same events give the same states, whichever room they came from. A pretend room tells facts and
what its nodes saw; then only the facts count. A live room has no facts; then what was seen counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sequencer.events import NAMES, Event, Source

if TYPE_CHECKING:
    import pandas as pd

GROUPS = ("UPS", "ARRAYS", "SERVERS", "CONTROL", "LAN")
"""In the order in which a picture shows them: power first, what stops last below it; then who is watched."""
FEEDS = "FEEDS"


@dataclass(frozen=True, slots=True)
class Device:
    """A device as the stream describes it; guessed from its events where `run.started` is silent."""

    name: str
    kind: str
    group: str
    role: str = ""
    label: str = ""
    upses: tuple[str, ...] = ()
    """What feeds it, where the stream says so."""


@dataclass(frozen=True, slots=True)
class Interval:
    """One aspect of one device stays in one state, from `t0` to `t1` (seconds since the start of the run)."""

    t0: float
    t1: float
    subject: str
    group: str
    aspect: str
    state: str


def charges(events: Sequence[Event]) -> pd.DataFrame:
    """Every battery's charge: `teiden.tables.charges`."""
    from teiden.tables import charge_table

    return charge_table.charges(event for event in told(events) if event.name == "ups.charge")


def intervals(events: Sequence[Event]) -> list[Interval]:
    """Every state of every device, ordered as the devices are, then by aspect and time."""
    return [Interval(*row) for row in interval_rows(events)]


def interval_rows(events: Sequence[Event]) -> Iterator[tuple[float, float, str, str, str, str]]:
    """The same without the objects: `t0, t1, subject, group, aspect, state`."""
    end = span(events)[1]
    known = devices(events)
    place = {name: number for number, name in enumerate(known)}
    changes = _changes(events)
    for subject, aspect in sorted(changes, key=lambda side: (place[side[0]], side[1])):
        group = known[subject].group
        of = changes[subject, aspect]
        for (t0, state), t1 in zip(of, [*(t for t, _ in of[1:]), end], strict=True):
            if t1 > t0:
                yield t0, t1, subject, group, aspect, state


def _changes(events: Sequence[Event]) -> dict[tuple[str, str], list[tuple[float, str]]]:
    """For each side of each device, when it came into which state. Two who see the same make one change."""
    changes: dict[tuple[str, str], list[tuple[float, str]]] = {}
    for t, subject, aspect, state in _settings(events):
        of = changes.setdefault((subject, aspect), [])
        if not of or of[-1][1] != state:
            of.append((t, state))
    return changes


def _settings(events: Sequence[Event]) -> Iterator[tuple[float, str, str, str]]:
    for event in events:
        if event.name == "run.started":
            for subject, aspects in _mapping(event.details.get("initial")).items():
                for aspect, state in _mapping(aspects).items():
                    yield event.t, subject, aspect, str(state)
    for event in in_order(told(events)):
        meaning = NAMES[event.name]
        if meaning.aspect is not None:
            yield event.t, event.subject, meaning.aspect, meaning.state


def told(events: Iterable[Event]) -> list[Event]:
    """The events that say what is so: the facts where there are facts, else what was seen."""
    events = list(events)
    facts = [event for event in events if event.source is Source.FACT]
    return facts or events


def in_order(events: Iterable[Event]) -> list[Event]:
    """By time; what happens at the same instant stays in the order in which it was told."""
    return sorted(events, key=lambda event: event.t)


def span(events: Sequence[Event]) -> tuple[float, float]:
    """From the start of the run to its end, or as far as the stream reaches."""
    times = [event.t for event in events]
    return (min(times), max(times)) if times else (0.0, 0.0)


def devices(events: Sequence[Event]) -> dict[str, Device]:
    """Every device of the stream by its name, in the order of the site file, the unannounced ones last."""
    known: dict[str, Device] = {}
    initial: Mapping[str, Any] = {}
    for event in events:
        if event.name == "run.started":
            initial = _mapping(event.details.get("initial"))
            for name, told_of in _mapping(event.details.get("devices")).items():
                known[name] = _announced(name, _mapping(told_of))
    nodes = {event.by for event in events if event.source is not Source.FACT}
    for name, aspects in initial.items():
        if name not in known:
            known[name] = _guessed(name, next(iter(_mapping(aspects)), ""), nodes)
    for event in events:
        aspect = NAMES[event.name].aspect
        if event.subject not in known and (aspect is not None or event.name == "ups.charge"):
            known[event.subject] = _guessed(event.subject, aspect or "supply", nodes)
    return known


_KIND_OF_ASPECT = {
    "mains": "feed",
    "supply": "ups",
    "output": "ups",
    "card": "ups",
    "service": "array",
    "cache": "array",
    "os": "server",
    "cluster": "cluster",
    "presence": "host",
}
_GROUP_OF_KIND = {
    "feed": FEEDS,
    "ups": "UPS",
    "array": "ARRAYS",
    "server": "SERVERS",
    "node": "CONTROL",
    "cluster": "CONTROL",
    "host": "LAN",
}


def _announced(name: str, told_of: Mapping[str, Any]) -> Device:
    kind = str(told_of.get("kind", ""))
    group = str(told_of.get("group") or _GROUP_OF_KIND.get(kind, "OTHER"))
    upses = tuple(str(ups) for ups in told_of.get("upses") or ())
    return Device(name, kind, group, str(told_of.get("role") or ""), str(told_of.get("label") or ""), upses)


def _guessed(name: str, aspect: str, nodes: set[str]) -> Device:
    kind = _KIND_OF_ASPECT.get(aspect, "")
    if kind == "server" and name in nodes:  # only control nodes tell what they see
        kind = "node"
    return Device(name, kind, _GROUP_OF_KIND.get(kind, "OTHER"))


def _mapping(value: Any) -> Mapping[str, Any]:
    """A foreign or older stream may hold anything here; what is no mapping says nothing."""
    return value if isinstance(value, Mapping) else {}
