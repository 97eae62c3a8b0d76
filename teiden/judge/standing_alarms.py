"""From when until when an alarm stands: while it does, who was told by it is not told again."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import inf

from sequencer.events import Event
from teiden.judge.unread import knows_nothing

FOLLOWS = "L5"
"""Nobody may follow this node."""
MISSED = "L1"
"""This UPS, or a node, is off, and nobody knows why: whoever is told so sees to it."""

ENDS = ("server.up", "server.halted", "server.forced", "server.crashed", "service.died")
"""With these, at the latest, a life of a node's service is over, and with it what it has said."""


@dataclass(frozen=True, slots=True)
class Stood:
    """One alarm, from when until when."""

    by: str
    of: str
    since_s: float
    until_s: float
    """Infinity: it stands yet."""


class StandingAlarms:
    def __init__(self, events: Iterable[Event], nodes: Collection[str]) -> None:
        self.all: list[Stood] = []
        standing: dict[tuple[str, str], float] = {}
        for e in events:
            if e.name == "alarm.raised" and e.details.get("rule") == FOLLOWS:
                self._ends(standing, {(e.by, e.subject)}, e.t)  # for another reason, as of now
                standing[e.by, e.subject] = e.t
            elif e.name == "alarm.cleared" and e.details.get("rule") == FOLLOWS:
                self._ends(standing, {(e.by, e.subject)}, e.t)
            elif e.name == "lease.taken":
                self._ends(standing, {of for of in standing if of[0] == e.by}, e.t)
            elif e.is_fact and e.subject in nodes and e.name in ENDS:
                self._ends(standing, {of for of in standing if of[0] == e.subject}, e.t)
        self._ends(standing, set(standing), inf)

    def _ends(
        self, standing: dict[tuple[str, str], float], over: Collection[tuple[str, str]], t: float
    ) -> None:
        for by, of in over:
            if (by, of) in standing:
                self.all.append(Stood(by, of, standing.pop((by, of)), t))

    def at(self, subject: str, t: float) -> bool:
        """One about it was raised by then, and is not over."""
        return any(alarm.of == subject and alarm.since_s <= t < alarm.until_s for alarm in self.all)


def told_to_be_missed(events: Sequence[Event]) -> Iterator[Stood]:
    """Of each UPS that it names, too, and of that until a node sees it on. Not in an open incident, in which
    who is at it goes on with it, unless whoever says so has heard nothing of that. It ends when he is there,
    no sooner: a person has been told."""
    standing: dict[str, tuple[str, Event]] = {}
    opened: Event | None = None
    for n, e in enumerate(events):
        if e.name in ("incident.opened", "incident.closed"):
            opened = e if e.name == "incident.opened" else None
        elif e.name == "alarm.raised" and e.details.get("rule") == MISSED:
            if opened is None or knows_nothing(e.by, opened, events[:n]):
                for name in _whom(e):
                    standing.setdefault(name, (e.subject, e))
        elif e.name == "alarm.cleared" and e.details.get("rule") == MISSED:
            for name in [name for name, (of, _) in standing.items() if of == e.subject]:
                yield Stood(e.by, name, standing.pop(name)[1].t, e.t)
        elif e.name == "ups.output_on" and not e.is_fact and e.subject in standing:
            yield Stood(e.by, e.subject, standing.pop(e.subject)[1].t, e.t)
    yield from (Stood(e.by, name, e.t, inf) for name, (_, e) in standing.items())


def _whom(alarm: Event) -> Iterator[str]:
    yield alarm.subject
    yield from (name for name in str(alarm.details.get("upses", "")).split(", ") if name)
