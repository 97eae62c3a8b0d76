"""Which control nodes were up and at work at some time of a run, and who could hear whom."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import inf

from sequencer.events import Event
from sequencer.site import Site
from teiden.judge.alone import SYSTEMS, UP, Alone
from teiden.judge.standing_alarms import ENDS
from teiden.judge.struck import Struck, apart

DOWN = ("server.halted", "server.booting", "server.crashed")
"""What the room tells of a system that is not up."""


class Lives:
    def __init__(self, events: Sequence[Event], site: Site, faults: Iterable[Struck]) -> None:
        faults = tuple(faults)
        self.events, self.nodes = events, site.cluster.nodes
        self.hears_s = site.polling.stale_after_s(site.polling.on_line_s)
        """Until who is up hears another, or hears him no more."""
        self.apart = apart(faults, self.hears_s)
        """From when to when nodes did not hear each other."""
        self.alone = Alone(events, site, faults)
        started = next((e.details for e in events if e.name == "run.started"), None) or {}
        self._skew_s: dict[str, float] = dict(started.get("skew_s") or {})
        its = [e for e in events if e.is_fact and e.subject in self.nodes]
        self.systems = [e for e in its if e.name in SYSTEMS]
        self.ended_s = {
            node: [e.t for e in its if e.subject == node and e.name in ENDS] for node in self.nodes
        }
        """By node: when a life of its service ended."""

    def up_at(self, at_s: float) -> set[str]:
        """Their services too: one that has died is there again when it says something."""
        up = set(self.nodes)
        for e in (e for e in self.events if e.t <= at_s):
            if not e.is_fact or e.name == UP:
                up.add(e.subject if e.is_fact else e.by)
            elif e.name in (*DOWN, *ENDS):
                up.discard(e.subject)
        return up.intersection(self.nodes)

    def at_work(self, at_s: float) -> set[str]:
        """Whose service does something, too."""
        return self.up_at(at_s) - self.alone.idle_at(at_s)

    def is_up(self, node: str, at_s: float) -> bool:
        changes = [e.name for e in self.systems if e.subject == node and e.t <= at_s]
        return not changes or changes[-1] not in DOWN

    def have_met(self, node: str, from_s: float, to_s: float) -> bool:
        """It and another one were at work at once, in this time."""
        ups_s = (e.t for e in self.systems if e.name == UP)
        comes_s = (t for t in (*ups_s, *self.alone.works_again_s()) if from_s < t <= to_s)
        there = (self.at_work(t) for t in (from_s, *comes_s))
        return any(node in nodes and len(nodes) > 1 for nodes in there)

    def begun_s(self, node: str, at_s: float) -> float:
        """When the life of its service that it lives then could begin at the earliest."""
        return max((t for t in self.ended_s[node] if t <= at_s), default=-inf)

    def clock_s(self, node: str, at_s: float) -> float:
        """What its clock shows then, as seconds since the start of the run."""
        skew_s = self._skew_s.get(node, 0.0)
        for e in self.events:
            if e.t <= at_s and (e.name, e.subject) == ("clock.stepped", node):
                skew_s = float(str(e.details["skew_s"]))
        return at_s + skew_s
