"""Which breaches the faults of a story explain, because nobody could have kept the rule, and which not.

A fault excuses the rules that it names, for those whom it reaches, from the moment it strikes: what a
UPS that dies without warning does to its own loads excuses nobody else's.
"""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass

from sequencer.events import Event
from sequencer.site import ArrayRole, Site
from sim.faults.fault import Excuse, Reach
from sim.story import FaultChange, Happening
from teiden.judge.invariants.invariant import TICK_S, Breach


@dataclass(frozen=True, slots=True)
class Excused:
    """A breach, and the fault that makes up for it."""

    breach: Breach
    by: FaultChange
    """The first fault of the story that does."""
    excuse: Excuse

    @property
    def why(self) -> str:
        return self.excuse.why


def excused(
    breaches: Iterable[Breach], happenings: Iterable[Happening], site: Site, events: Iterable[Event] = ()
) -> tuple[list[Excused], list[Breach]]:
    """Those that a fault excuses, with which one and why; and those that nothing excuses.

    `happenings`: those of the story, their times counted from the start of the run, as a breach's are.
    `events`: of the run; some excuses count only where an alarm has said so.
    """
    alarms = {(e.subject, str(e.details.get("rule"))) for e in events if e.name == "alarm.raised"}
    struck = sorted((h for h in happenings if isinstance(h, FaultChange) and h.present), key=lambda h: h.at_s)
    found: list[Excused] = []
    left: list[Breach] = []
    for breach in breaches:
        why = _excuse(breach, struck, site, alarms)
        if why is None:
            left.append(breach)
        else:
            found.append(why)
    return found, left


def _excuse(
    breach: Breach, struck: Iterable[FaultChange], site: Site, alarms: Container[tuple[str, str]]
) -> Excused | None:
    for change in struck:
        if change.at_s > breach.t + TICK_S:
            return None
        for excuse in change.fault.excuses:
            if excuse.rule != breach.id or not covers(excuse.reach, change.subject, breach.subject, site):
                continue
            if not excuse.said or (change.subject, excuse.said) in alarms:
                return Excused(breach, change, excuse)
    return None


def covers(reach: Reach, faulty: str, subject: str, site: Site) -> bool:
    """Whether an excuse that reaches this far, of a fault of this device, covers the subject of a breach."""
    match reach:
        case Reach.ALL:
            return True
        case Reach.SUBJECT:
            return subject == faulty
        case Reach.LOADS:
            return subject in loads(faulty, site)


def loads(name: str, site: Site) -> frozenset[str]:
    """The device itself, what draws its power, the arrays on it, and who uses their disks.

    Of a feed: its UPSes with all of theirs. Of a control array: its nodes, and their cluster.
    """
    if name in site.feeds:
        behind = [ups.name for ups in site.upses.values() if ups.feed == name]
        return frozenset((name,)).union(*(loads(ups, site) for ups in behind))
    if name in site.arrays:
        users = {server.name for server in site.users_of(name)}
        control = site.arrays[name].role is ArrayRole.CONTROL
        return frozenset((name, *users, *((site.cluster.name,) if control else ())))
    if name in site.upses:
        drawing = {s.name for s in site.servers_on(name)} | {s.name for s in site.switches_on(name)}
        return frozenset((name, *drawing)).union(*(loads(a.name, site) for a in site.arrays_on(name)))
    return frozenset((name,))
