"""Who is owed his return (L1, L3) though there were faults: everybody whom no fault keeps down.

A fault that lasts excuses whom it says that it reaches, and nobody else. One that has ended owes everything
again from then on, but what it did may stay done: then it says so.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import inf

from sequencer.events import Event
from sequencer.site import Site
from sim.faults.fault import Excuse
from sim.story import FaultChange, Happening
from teiden.judge.alone import Alone
from teiden.judge.commanded import commanded
from teiden.judge.history import History as Past
from teiden.judge.invariants.back_again import L1, Returning
from teiden.judge.invariants.catalogue import watch
from teiden.judge.invariants.invariant import TICK_S, Breach
from teiden.judge.invariants.stranded import L3
from teiden.judge.last_node import LastNode
from teiden.judge.ledger.room import Room
from teiden.judge.lost_incident import heard_again, stopped_by_the_lost
from teiden.judge.reach import covers, depending, kept_on, reached, taken
from teiden.judge.unread import missed, unread

RETURNS = (L1.id, L3.id)


@dataclass(frozen=True, slots=True)
class Struck:
    """A fault of a story, from when until when."""

    by: FaultChange
    until_s: float
    """Infinity: it lasts."""


def struck(happenings: Iterable[Happening], site: Site, events: Sequence[Event] = ()) -> list[Struck]:
    """In the order of time. `events`: of the run; they tell when what a fault did was undone."""
    changes = sorted((h for h in happenings if isinstance(h, FaultChange)), key=lambda h: h.at_s)
    ends_s = (min(_end_s(c, changes[n + 1 :], site), _undone_s(c, events)) for n, c in enumerate(changes))
    return [Struck(c, end_s) for c, end_s in zip(changes, ends_s, strict=True) if c.present]


def _undone_s(change: FaultChange, events: Sequence[Event]) -> float:
    undone = change.fault.undone_by
    if not undone:
        return inf
    told = (e for e in events if e.is_fact and (e.name, e.subject) == (undone, change.subject))
    return next((e.t for e in told if e.t > change.at_s), inf)


def _end_s(change: FaultChange, later: Iterable[FaultChange], site: Site) -> float:
    if not change.fault.ends:
        return (
            inf if change.fault.lingers is None else change.at_s + change.fault.lingers(site, change.amount)
        )
    same = (c for c in later if (c.fault, c.subject, c.present) == (change.fault, change.subject, False))
    lingers_s = 0.0 if change.fault.lingers is None else change.fault.lingers(site, change.amount)
    over_s = change.at_s + change.amount if change.fault.passes else inf
    return min(next((c.at_s for c in same), inf), over_s) + lingers_s


def calm_s(faults: Iterable[Struck]) -> float:
    """T0: from here on no fault begins or ends. Without faults that is the start."""
    return max((f.by.at_s if f.until_s == inf else f.until_s for f in faults), default=0.0)


def beyond(
    rule: str, faults: Iterable[Struck], site: Site, events: Sequence[Event] = ()
) -> frozenset[str] | None:
    """Whom faults keep from what this rule owes, for ever; None: everybody.

    What counts of the last node alone does so where the run ends with no node up, and the last went by it;
    what counts where who commands has heard of nothing, where that is so at the end.
    """
    faults = tuple(faults)
    last, end_s = LastNode(events, site, faults), events[-1].t if events else 0.0
    found: frozenset[str] = frozenset()
    for fault in faults:
        for excuse in fault.by.fault.excuses:
            if fault.by.fault.owed_as is not None and not (excuse.unread or excuse.missed):
                continue
            if excuse.rule != rule or not excuse.counts_at(fault.by.amount, site, fault.by.subject):
                continue
            stays = fault.until_s == inf or excuse.stays
            if excuse.unread and stays and (lost := _lost(fault, events, end_s)):
                found |= lost | {site.name}  # what was opened over it is kept by the same journals
            if not _is_met(excuse, fault, last, events, end_s, site):
                continue
            if excuse.pulled:
                found |= set(_unplugged(fault.until_s, events))
            elif stays:
                names = _kept(excuse, fault, site, last, events, end_s)
                if names is None:
                    return None
                found |= names
    return found


def _kept(
    excuse: Excuse, fault: Struck, site: Site, last: LastNode, events: Sequence[Event], end_s: float
) -> frozenset[str] | None:
    """Of a word that who commands has never heard: whom that wants up. Of the network's: whom a UPS
    keeps on."""
    if excuse.missed:
        return frozenset(name for name in (*site.servers, *site.arrays) if missed(events, name, end_s))
    names = reached(excuse.reach, fault.by.subject, site)
    if excuse.unwoken and names is None:
        return frozenset().union(
            *(kept_on(ups, site) for ups in last.left_on(fault.by.at_s, fault.until_s, end_s))
        )
    return names


def _has_left_nobody(excuse: Excuse, fault: Struck, last: LastNode, t_s: float, site: Site) -> bool:
    device, at_s = fault.by.subject, fault.by.at_s
    return any(last.fell_by(ups, at_s, t_s) for ups in taken(device, site, mixed=excuse.mixed))


def _is_met(
    excuse: Excuse, fault: Struck, last: LastNode, events: Sequence[Event], end_s: float, site: Site
) -> bool:
    """What it asks for of the end of the run."""
    device, at_s = fault.by.subject, fault.by.at_s
    if excuse.last and not _has_left_nobody(excuse, fault, last, end_s, site):
        return False
    if excuse.unwoken and not last.nobody_wakes(device, at_s, fault.until_s, end_s):
        return False
    if excuse.dark and not last.is_left_dark(device, fault.until_s, end_s):
        return False
    if excuse.turned_away and not last.turned_away(device, at_s, end_s):
        return False
    if excuse.commands and not commanded(events, device, at_s, end_s):
        return False
    about = {device}
    if excuse.mixed:
        about |= {
            node
            for ups in taken(device, site, mixed=True)
            for node in site.cluster.nodes
            if ups in site.servers[node].upses
        }
    if excuse.said and not _is_said(excuse.said, about, at_s, events):
        return False
    return not excuse.unread or unread(events, end_s)


def _unplugged(t_s: float, events: Sequence[Event]) -> Iterator[str]:
    """Who has died with his power in that moment."""
    return (
        e.subject
        for e in events
        if e.name == "server.crashed" and e.details.get("cause") == "power" and abs(e.t - t_s) <= TICK_S
    )


def _is_said(rule: str, about: Collection[str], since_s: float, events: Sequence[Event]) -> bool:
    raised = (e for e in events if e.name == "alarm.raised" and e.t >= since_s)
    return any(e.subject in about and e.details.get("rule") == rule for e in raised)


@dataclass(frozen=True, slots=True)
class Owed:
    """What was owed and did not come."""

    breach: Breach
    begun_s: float
    """When its limit began to run; of L1, at the end of the run."""


def not_returned(events: Sequence[Event], site: Site, faults: Sequence[Struck]) -> list[Owed]:
    """L1 and L3 for those alone whom no fault keeps down.

    Where faults keep down every node, each its own, or somebody holds it, nobody is left who starts the
    cluster or anybody else: as long as none of them is up, those are not owed either.
    """
    everybody = frozenset((*site.servers, *site.arrays, site.cluster.name))
    out = {rule: beyond(rule, faults, site, events) for rule in RETURNS}
    left = {rule: frozenset() if names is None else everybody - names for rule, names in out.items()}
    closes = out[L1.id] is not None and site.name not in (out[L1.id] or ())

    nodes = frozenset(site.cluster.nodes)
    wait = depending(nodes, site)

    class Core(Returning):
        def owed(self) -> Iterator[str]:
            kept = wait if self.nobody_is_left() else frozenset()
            return (name for name in super().owed() if name in left[self.id] - kept)

        def nobody_is_left(self) -> bool:
            up = any(self.room.machines.os[node] == "up" for node in nodes)
            return bool(nodes) and not up and all(map(self._is_kept_down, nodes))

        def _is_kept_down(self, node: str) -> bool:
            """By a fault, or as long as somebody holds it or a UPS of it (S27)."""
            held, names = self.room.incident.held.keys(), out[self.id]
            return names is None or node in names or not held.isdisjoint((node, *site.servers[node].upses))

    class CoreL1(Core, L1):
        def _must_close(self, at_s: float) -> bool:
            return closes and not self.nobody_is_left() and super()._must_close(at_s)

    class CoreL3(Core, L3):
        def begun_s(self, breach: Breach) -> float:
            return breach.t - self._owed[breach.subject].limit_s

    past = Past(events)
    room = Room(as_they_have_it(site, faults), past)
    all_up, nobody_left = CoreL1(room), CoreL3(room)
    watch(room, past, (all_up, nobody_left))
    return [
        *(Owed(breach, breach.t) for breach in all_up.breaches),
        *(Owed(breach, nobody_left.begun_s(breach)) for breach in nobody_left.breaches),
    ]


def as_they_have_it(site: Site, faults: Iterable[Struck]) -> Site:
    """The site as the faults have it that say so: of these the one with the largest amount."""
    theirs = [f.by for f in faults if f.by.fault.owed_as is not None]
    last = max(theirs, key=lambda by: by.amount, default=None)
    return site if last is None or last.fault.owed_as is None else last.fault.owed_as(site, last.amount)


def still_owed(events: Sequence[Event], site: Site, happenings: Iterable[Happening]) -> list[Breach]:
    """Of these, what no fault delayed either, while it was there."""
    faults = struck(happenings, site, events)
    last = LastNode(events, site, faults)
    owed = not_returned(events, site, faults)
    return [o.breach for o in owed if not delayed(o, faults, site, last, events)]


def delayed(
    owed: Owed, faults: Iterable[Struck], site: Site, last: LastNode, events: Sequence[Event] = ()
) -> bool:
    """By a fault that was there when its time began. Of what lasts as long as nobody helps: see `beyond`.

    Or by one that has left no node up, or sent away the only one that came, or has to be woken itself, while
    none is: though one is again when the run ends, he was not. Or by one for which who commanded had heard
    of nothing when its time began, and since the end of which nobody has been up who knew; or with which a
    node's service did nothing until its time was over, while nobody else was there.
    """
    faults = tuple(faults)
    return any(
        _delayed(fault, owed, site, events)
        or _left_nobody(fault, owed, site, last)
        or _was_unread(fault, owed, site, events)
        or (fault.by.fault.idles and _was_alone(fault, owed, site, Alone(events, site, faults)))
        for fault in faults
    )


def _was_alone(fault: Struck, owed: Owed, site: Site, alone: Alone) -> bool:
    device, at_s = fault.by.subject, fault.by.at_s
    return (
        at_s <= owed.begun_s < fault.until_s
        and any(
            excuse.said
            and excuse.rule == owed.breach.id
            and covers(excuse.reach, device, owed.breach.subject, site)
            for excuse in fault.by.fault.excuses
        )
        and alone.has_been(device, at_s, owed.breach.t)
    )


def _lost(fault: Struck, events: Sequence[Event], t_s: float) -> frozenset[str]:
    """What a journal has lost the other node may know, who is read (C5, C6)."""
    forgets = any(excuse.forgets for excuse in fault.by.fault.excuses)
    return stopped_by_the_lost(events, t_s, parted=not forgets)


def _was_unread(fault: Struck, owed: Owed, site: Site, events: Sequence[Event]) -> bool:
    return any(
        excuse.unread
        and excuse.rule == owed.breach.id
        and fault.by.at_s <= owed.begun_s
        and (excuse.stays or not heard_again(events, fault.until_s, owed.begun_s))
        and covers(excuse.reach, fault.by.subject, owed.breach.subject, site)
        and (unread(events, owed.begun_s) or owed.breach.subject in _lost(fault, events, owed.begun_s))
        for excuse in fault.by.fault.excuses
    )


def _left_nobody(fault: Struck, owed: Owed, site: Site, last: LastNode) -> bool:
    device, at_s = fault.by.subject, fault.by.at_s
    itself = device == owed.breach.subject and at_s <= owed.breach.t
    unwoken = itself and last.nobody_wakes(device, at_s, fault.until_s, owed.breach.t)
    return any(
        excuse.rule == owed.breach.id
        and covers(excuse.reach, device, owed.breach.subject, site)
        and (
            (excuse.last and _has_left_nobody(excuse, fault, last, owed.breach.t, site))
            or (excuse.turned_away and last.turned_away(device, at_s, owed.breach.t))
            or (unwoken and excuse.unwoken)
        )
        for excuse in fault.by.fault.excuses
    )


def _delayed(fault: Struck, owed: Owed, site: Site, events: Sequence[Event]) -> bool:
    return (
        fault.by.fault.owed_as is None
        and fault.by.at_s <= owed.breach.t
        and owed.begun_s < fault.until_s < inf
        and any(
            excuse.rule == owed.breach.id
            and not (excuse.unwoken or excuse.unread or excuse.missed or excuse.dark or excuse.turned_away)
            and excuse.counts_at(fault.by.amount, site, fault.by.subject)
            and covers(excuse.reach, fault.by.subject, owed.breach.subject, site)
            and (
                not excuse.commands
                or commanded(events, fault.by.subject, fault.by.at_s, min(owed.breach.t, fault.until_s))
            )
            for excuse in fault.by.fault.excuses
        )
    )
