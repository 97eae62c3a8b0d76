"""Whether a control node was left alone with what befell it: nobody else was there, or not for long."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from math import inf
from typing import TYPE_CHECKING

from sequencer import timing
from sequencer.events import Event
from sequencer.site import Site
from sim.story import FaultChange
from teiden.judge.last_node import TOLD, fell_for
from teiden.judge.reach import taken

if TYPE_CHECKING:
    from teiden.judge.struck import Struck

UP = "server.up"
SYSTEMS = (UP, "server.shutting_down", "server.halted", "server.booting", "server.crashed")

OFF = "ups.output_off"
POWER = (OFF, "ups.output_on", "ups.off_armed")

Mark = tuple[float, str, bool, bool]
"""When, which node, whether its system or its service is meant, and whether that is there from then on."""


class Alone:
    def __init__(self, events: Sequence[Event], site: Site, faults: Iterable[Struck] = ()) -> None:
        """`events`: of a run that begins with every node up; `faults`: those that struck in it."""
        self._nodes, self._cluster = site.cluster.nodes, site.cluster.name
        self._site, self._faults = site, tuple(faults)
        self._stop_s = whole_stop_s(site)
        self._events = events
        self._systems = [e for e in events if e.is_fact and e.subject in self._nodes and e.name in SYSTEMS]
        self._idle = [(f.by, self._works_again_s(f)) for f in self._faults if f.by.fault.idles]

    def has_been(self, node: str, since_s: float, until_s: float) -> bool:
        """All others were down, on their way down, or idle, and have not been there for a whole stop since.

        Then nobody was there to see what became of it, or too late. Who has gone since it struck because we
        told him to, or for want of power, was there, and had to see to it; but not whose power a fault took.
        """
        if node not in self._nodes:
            return False
        up, idle, at_s, alone, there_s = set(self._nodes), set[str](), since_s, False, 0.0
        for t, other, of_system, there in self._marks(since_s, until_s):
            if t > at_s:
                alone, there_s = (alone, there_s + t - at_s) if up - idle - {node} else (True, 0.0)
                at_s = t
            if of_system:
                (up.add if there else up.discard)(other)
            else:
                (idle.discard if there else idle.add)(other)
        return not up - idle - {node} or (alone and there_s + until_s - at_s <= self._stop_s)

    def _marks(self, since_s: float, until_s: float) -> list[Mark]:
        """In the order of time."""
        found: list[Mark] = []
        for e in (e for e in self._systems if e.t <= until_s):
            if e.name == UP:
                found.append((e.t, e.subject, True, not self._is_turned_away(e)))
            elif e.t <= since_s or not self._saw_to_it(e):
                found.append((e.t, e.subject, True, False))
        found += (mark for mark in self._services() if mark[0] <= until_s)
        return sorted(found, key=lambda mark: mark[0])

    def _services(self) -> Iterator[Mark]:
        for change, again_s in self._idle:
            yield change.at_s, change.subject, False, False
            yield again_s, change.subject, False, True

    def idle_until_s(self, change: FaultChange) -> float:
        """Until when it keeps its service from doing anything."""
        return next(again_s for idle, again_s in self._idle if idle == change)

    def works_again_s(self) -> list[float]:
        """When a service did something again that had done nothing."""
        return [again_s for _, again_s in self._idle]

    def idle_at(self, at_s: float) -> set[str]:
        """Whose services do nothing then."""
        return self.idle_through(at_s, at_s)

    def idle_through(self, from_s: float, to_s: float) -> set[str]:
        """Whose services have done nothing all that time: what was said meanwhile they have not heard."""
        return {change.subject for change, again_s in self._idle if change.at_s <= from_s and to_s < again_s}

    def _works_again_s(self, fault: Struck) -> float:
        """A service that idles begins anew with its system."""
        node, at_s = fault.by.subject, fault.by.at_s
        boots_s = (e.t for e in self._systems if (e.name, e.subject) == (UP, node) and e.t > at_s)
        return min(fault.until_s, next(boots_s, inf))

    def _saw_to_it(self, system: Event) -> bool:
        for_power = system.details.get("cause") == "power"
        return (for_power and not self._was_taken(system)) or self._told_to_go(system)

    def _is_turned_away(self, up: Event) -> bool:
        """Its power counts down, or is off: it goes down again at once, and can see to nobody (S16)."""
        server = self._site.servers[up.subject]
        facts = [e for e in self._events if e.is_fact and e.name in POWER and e.t < up.t]
        last = {e.subject: e for e in facts if e.subject in server.upses}
        gone = {name for name, e in last.items() if e.name == OFF or e.details.get("falls_at", -inf) >= up.t}
        return bool(gone) and len(server.upses) - len(gone) < server.minimum_supplies

    def _was_taken(self, system: Event) -> bool:
        """By a fault of his UPS, which leaves nobody who commands where it takes the last one (`last`)."""
        upses = self._site.servers[system.subject].upses
        return any(
            name in upses
            for f in self._faults
            if f.by.at_s <= system.t <= f.until_s
            for e in f.by.fault.excuses
            if e.last and e.counts_at(f.by.amount, self._site, f.by.subject)
            for name in taken(f.by.subject, self._site, mixed=e.mixed)
            if fell_for(self._events, name, e.falls, system.t)
        )

    def _told_to_go(self, system: Event) -> bool:
        """By one of ours, since it was up last. Who dies in his boot has begun anew since (C2)."""
        names = (system.subject, self._cluster)
        begins = (UP, "server.booting") if system.details.get("cause") == "fault" else (UP,)
        for e in reversed([e for e in self._events if e.t <= system.t]):
            if e.is_fact and e.subject == system.subject and e.name in begins:
                return False
            if e.name == "command.sent" and e.subject in names and e.details.get("command") in TOLD:
                return True
        return False


def whole_stop_s(site: Site) -> float:
    """What was held up may take this time when it is free again: a stop of everybody, control side last."""
    control_s = (timing.control_floor_s(site, ups) for ups in site.control_upses)
    return timing.linked_stop_s(site) + max(control_s, default=0.0)
