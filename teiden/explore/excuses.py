"""Which breaches the faults of a history explain: whom a fault reaches, from the moment it strikes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sequencer.site import Site
from sim.faults.fault import Excuse, Reach
from sim.story import FaultChange, Happening
from teiden.judge.invariants.invariant import TICK_S, Breach


@dataclass(frozen=True, slots=True)
class Excused:
    breach: Breach
    by: FaultChange
    excuse: Excuse


def excused(
    breaches: Iterable[Breach], happenings: Iterable[Happening], site: Site
) -> tuple[list[Excused], list[Breach]]:
    """Those that a fault excuses, and those that nothing does."""
    struck = [h for h in happenings if isinstance(h, FaultChange) and h.present]
    found: list[Excused] = []
    left: list[Breach] = []
    for breach in breaches:
        by = next((e for change in struck if (e := _by(breach, change, site)) is not None), None)
        found += [by] if by is not None else []
        left += [breach] if by is None else []
    return found, left


def _by(breach: Breach, change: FaultChange, site: Site) -> Excused | None:
    for excuse in change.fault.excuses if change.at_s <= breach.t + TICK_S else ():
        if excuse.rule == breach.id and _covers(excuse.reach, change.subject, breach.subject, site):
            return Excused(breach, change, excuse)
    return None


def _covers(reach: Reach, faulty: str, subject: str, site: Site) -> bool:
    if reach is Reach.LOADS:
        return subject in loads(faulty, site)
    return reach is Reach.ALL or subject == faulty


def loads(name: str, site: Site) -> frozenset[str]:
    """A device, all that draws its power, the arrays on it and who uses their disks."""
    if name in site.feeds:
        upses = [ups for ups in site.upses if site.upses[ups].feed == name]
        return frozenset((name,)).union(*(loads(ups, site) for ups in upses))
    if name in site.arrays:
        return frozenset((name, *(server.name for server in site.users_of(name))))
    if name in site.upses:
        servers, switches = site.servers_on(name), site.switches_on(name)
        drawing = (*(server.name for server in servers), *(switch.name for switch in switches))
        return frozenset((name, *drawing)).union(*(loads(a.name, site) for a in site.arrays_on(name)))
    return frozenset((name,))
