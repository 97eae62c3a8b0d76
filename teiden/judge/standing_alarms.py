"""From when until when an alarm stands: while it does, who was told by it is not told again."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from math import inf

from sequencer.events import Event

FOLLOWS = "L5"
"""Nobody may follow this node."""

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
