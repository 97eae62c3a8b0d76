"""Who is owed his return (L1, L3) though there were faults: everybody whom no fault keeps down.

A fault that lasts excuses whom it says that it reaches, and nobody else. One that has ended owes everything
again from then on, but what it did may stay done: then it says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import inf

from sequencer.events import Event, Source
from sequencer.site import ArrayRole, Site
from sim.faults.fault import Excuse, Kind, Reach
from sim.story import Happening
from teiden.judge.asked import RETURNS, holds, unplugged
from teiden.judge.history import History as Past
from teiden.judge.invariants.back_again import L1, Returning
from teiden.judge.invariants.catalogue import watch
from teiden.judge.invariants.invariant import TICK_S, Breach
from teiden.judge.invariants.stranded import L3
from teiden.judge.invariants.stranded import Owed as Down
from teiden.judge.kept_off import KeptOff, OnWhatIsLeft
from teiden.judge.last_node import LastNode
from teiden.judge.ledger.power import ALWAYS
from teiden.judge.ledger.room import Room
from teiden.judge.lost_incident import heard_again, is_known, stopped_by_the_lost
from teiden.judge.reach import covers, depending, kept_on, reached
from teiden.judge.said import Said
from teiden.judge.struck import Struck, struck
from teiden.judge.tried_seldom import felt_until_s
from teiden.judge.unread import met_again, missed, unread

IS_HEARD, IS_NOT = ("array.ready", "cluster.running"), ("A8", "L8")
"""That it is up, as a node hears it; and the rules of the alarms that it is not, in its time."""
SLOWER = 3.0
"""So many times his time whoever is asked again and again may take, where over half is lost (N3)."""


def beyond(
    rule: str, faults: Iterable[Struck], site: Site, events: Sequence[Event] = ()
) -> frozenset[str] | None:
    """Whom faults keep from what this rule owes, for ever; None: everybody.

    What counts of the last node alone does so where the run ends with no node up, and the last went by it;
    what counts where who commands has heard of nothing, where that is so at the end.
    """
    faults = tuple(faults)
    last, said = LastNode(events, site, faults), Said(events, site, faults)
    return _beyond(rule, faults, site, last, said)


def _beyond(
    rule: str, faults: Iterable[Struck], site: Site, last: LastNode, said: Said
) -> frozenset[str] | None:
    events = said.events
    end_s = events[-1].t if events else 0.0
    found: frozenset[str] = frozenset()
    for fault in faults:
        for excuse in _excuses(rule, fault, site):
            stays = fault.until_s == inf or excuse.stays
            if excuse.unread and stays and (lost := _lost(fault, events, end_s)):
                found |= lost | {site.name}  # what was opened over it is kept by the same journals
            if excuse.slows:
                continue
            if excuse.pulled:
                found |= unplugged(fault.until_s, events)
            elif excuse.missed and stays:
                at_s = fault.by.at_s
                found |= {n for n in (*site.servers, *site.arrays) if missed(events, n, end_s, at_s)}
            elif excuse.unread and _is_read(fault, events, end_s):
                continue
            elif stays and holds(excuse, fault, Breach(rule, end_s, fault.by.subject, ""), said, last, site):
                names = _kept(excuse, fault, site, last, end_s)
                if names is None:
                    return None
                found |= names
    return found


def _excuses(rule: str, fault: Struck, site: Site) -> Iterator[Excuse]:
    """What it excuses of this rule; of one that is owed as another site has it, what is not in that."""
    for excuse in fault.by.fault.excuses:
        if fault.by.fault.owed_as is not None and not (excuse.unread or excuse.missed):
            continue
        if excuse.rule == rule and excuse.counts_at(fault.by.amount, site, fault.by.subject):
            yield excuse


def _kept(excuse: Excuse, fault: Struck, site: Site, last: LastNode, end_s: float) -> frozenset[str] | None:
    """Of the network's: whom a UPS keeps on."""
    names = reached(excuse.reach, fault.by.subject, site)
    if excuse.unwoken and names is None:
        return frozenset().union(
            *(kept_on(ups, site) for ups in last.left_on(fault.by.at_s, fault.until_s, end_s))
        )
    return names


@dataclass(frozen=True, slots=True)
class Owed:
    """What was owed and did not come."""

    breach: Breach
    begun_s: float
    """When its limit began to run; of L1, at the end of the run."""
    at_s: float
    """When it came at last; or could no longer, or the run ended."""


def not_returned(events: Sequence[Event], site: Site, faults: Sequence[Struck]) -> list[Owed]:
    """L1 and L3 for those alone whom no fault keeps down.

    Where faults keep down every node, each its own, or somebody holds it, or wants it down beside one of
    those, nobody is left who starts the cluster or anybody else: as long as none of them is up, those are
    not owed either.
    """
    everybody = frozenset((*site.servers, *site.arrays, site.cluster.name))
    out = {rule: beyond(rule, faults, site, events) for rule in RETURNS}
    kept_for_good = out[L1.id]
    to_return = frozenset() if kept_for_good is None else everybody - kept_for_good
    closes = out[L1.id] is not None and site.name not in (out[L1.id] or ())

    heard_s = heard_until_s(faults, site)
    dead = _stay_off(faults, site, kept_for_good)
    nodes = frozenset(site.cluster.nodes)
    wait = depending(nodes, site)

    class Core(Returning):
        def owed(self) -> Iterator[str]:
            kept = wait if self.nobody_is_left() else frozenset()
            return (name for name in super().owed() if name in self.may_return() - kept)

        def may_return(self) -> frozenset[str]:
            return everybody

        def nobody_is_left(self) -> bool:
            up = any(self.room.machines.os[node] == "up" for node in nodes)
            kept = set(filter(self._is_kept_down, nodes))
            return bool(kept) and not up and all(map(self.room.wants.down, nodes - kept))

        def _is_kept_down(self, node: str) -> bool:
            """By a fault, or as long as somebody holds it or a UPS of it (S27)."""
            held, names = self.room.incident.held.keys(), out[self.id]
            return names is None or node in names or not held.isdisjoint((node, *site.servers[node].upses))

    class CoreL1(Core, L1):
        def may_return(self) -> frozenset[str]:
            return to_return

        def _to_close_since_s(self, at_s: float) -> float | None:
            """For whom faults keep down; he that is up all the same, and heard, keeps it open no longer."""
            # Who came up since no network carries that, nobody has seen; nor anybody whom it opened for, nor
            # whom nobody could look at before, since the cluster did not run (S6).
            seen_s, began_s = self.room.machines.since, self.room.incident.began_s
            dark = began_s is not None and max(began_s, self.room.machines.cluster_since) > heard_s
            owed = frozenset(Returning.owed(self))
            names = (name for name in owed if not dark and seen_s.get(name, ALWAYS) <= heard_s)
            names = (name for name in names if not is_silent(events, name))
            down = owed.difference(name for name in names if self._is_up(name))
            waits = not closes and any(kept_for_good is None or name in kept_for_good for name in down)
            off = not all(map(self.room.power.output.__getitem__, dead))
            waits = waits or off or is_out_as_heard(self.room, heard_s)
            waits = waits or unheard_since_then(self.room, faults, heard_s)
            waits = waits or any(came_on_unheard(self.room, ups) for ups in dead)
            return None if waits or self.nobody_is_left() else super()._to_close_since_s(at_s)

    last, said = LastNode(events, site, faults), Said(events, site, faults=tuple(faults))

    class CoreL3(Core, OnWhatIsLeft):
        kept_off = KeptOff(L3.id, tuple(faults), site, last, said)

        def __init__(self, room: Room) -> None:
            super().__init__(room)
            self.found: list[Owed] = []

        def _judge(self, owed: Down, at_s: float, until: str) -> None:
            owed.told = False  # what a fault explains of its time is none of what comes later
            told = len(self.breaches)
            super()._judge(owed, at_s, until)
            self.found += (Owed(b, b.t - owed.limit_s, at_s) for b in self.breaches[told:])

        def _comes_back_s(self, node: str, t: float) -> float | None:
            """Nobody counts on one that a fault keeps down."""
            names = out[self.id]
            return ALWAYS if names is None or node in names else super()._comes_back_s(node, t)

    past = Past(events)
    room = Room(as_they_have_it(site, faults), past)
    all_up, nobody_left = CoreL1(room), CoreL3(room)
    watch(room, past, (all_up, nobody_left))
    return [
        *(Owed(breach, breach.t, breach.t) for breach in all_up.breaches),
        *nobody_left.found,
    ]


def is_out_as_heard(room: Room, heard_s: float) -> bool:
    """An outage counts, and no network carried it any more that its mains are back, and stay (S11)."""
    from_s = heard_s - room.site.start.mains_stable_s
    return not all(room.power.had_mains(ups, from_s, heard_s) for ups in room.incident.confirmed)


def unheard_since_then(room: Room, faults: Iterable[Struck], heard_s: float) -> bool:
    """A card was silent by a fault of its own when the network failed: nobody hears that it answers again,
    and its unit waits for that (R10-19, S11)."""
    power = room.power

    def answered(ups: str) -> bool:
        since_s = power.answering_since[ups]
        return since_s is not None and since_s <= heard_s

    dark = (f.by.subject for f in faults if f.by.at_s <= heard_s < f.until_s)
    return any(power.silent_since.get(ups, inf) <= heard_s and not answered(ups) for ups in dark)


def came_on_unheard(room: Room, ups: str) -> bool:
    """It has gone off since its card fell silent, for good, and nobody proves that it is on again: who hangs
    on it may live on another (X-04, U2)."""
    power, wiring = room.power, room.wiring
    fell, silent_s = power.fell.get(ups), power.silent_since.get(ups, inf)
    if power.answering_since[ups] is not None or fell is None or fell.t < silent_s:
        return False
    parts = [s.upses for s in wiring.servers_on[ups]]
    parts += [part for a in wiring.arrays_on[ups] for part in (a.controllers, a.enclosures)]
    return (ups,) not in parts


def is_silent(events: Sequence[Event], name: str) -> bool:
    """The last that nodes have said of this disk is that it is not ready in its time, or of the cluster that
    it does not run: up or not, nobody hears it who commands."""
    its = (e for e in reversed(events) if e.subject == name and e.source is Source.SEEN)
    last = next((e for e in its if e.name in IS_HEARD or e.details.get("rule") in IS_NOT), None)
    return last is not None and last.name == "alarm.raised"


def _stay_off(faults: Iterable[Struck], site: Site, kept: frozenset[str] | None) -> frozenset[str]:
    """UPSes that a fault can keep off for good; and what feeds an array beside one whose mains nobody sees:
    it is not switched on without all of them (S7)."""
    found: set[str] = set()
    for fault in (f.by for f in faults if f.until_s == inf and f.by.subject in site.upses):
        if kept is None or fault.subject in kept:
            found.add(fault.subject)
        if any(e.rule == L1.id and e.reach is Reach.NEEDING for e in fault.fault.excuses):
            linked = (a for a in site.arrays_on(fault.subject) if a.role is ArrayRole.LINKED)
            found.update(ups for array in linked for ups in array.upses)
    return frozenset(found)


def heard_until_s(faults: Iterable[Struck], site: Site) -> float:
    """When a network, or its last switch, failed for good: so that it carries hardly a word."""
    lasting = (f for f in faults if f.until_s == inf and f.by.fault.of in (Kind.NETWORK, Kind.SWITCH))
    return min((f.by.at_s for f in lasting if _carries_nothing(f, site)), default=inf)


def _carries_nothing(fault: Struck, site: Site) -> bool:
    """So much that it keeps everybody down, or parts the nodes; to hear takes no name, and no broadcast."""
    by = fault.by
    strong = (e for e in by.fault.excuses if e.counts_at(by.amount, site, by.subject))
    silences = (e for e in strong if e.apart or (e.rule == L1.id and not e.unwoken))
    return any(reached(e.reach, by.subject, site) is None for e in silences)


def as_they_have_it(site: Site, faults: Iterable[Struck]) -> Site:
    """The site as the faults have it that say so: of these the one with the largest amount."""
    theirs = [f.by for f in faults if f.by.fault.owed_as is not None]
    last = max(theirs, key=lambda by: by.amount, default=None)
    return site if last is None or last.fault.owed_as is None else last.fault.owed_as(site, last.amount)


def still_owed(events: Sequence[Event], site: Site, happenings: Iterable[Happening]) -> list[Breach]:
    """Of these, what no fault delayed either, while it was there."""
    faults = struck(happenings, site, events)
    return [o.breach for o in undelayed(not_returned(events, site, faults), faults, site, events)]


def undelayed(
    owed: Iterable[Owed], faults: Sequence[Struck], site: Site, events: Sequence[Event]
) -> list[Owed]:
    """Each once, however often it was seen that he had not come."""
    last, said = LastNode(events, site, faults), Said(events, site, faults)
    left: dict[tuple[str, str, float], Owed] = {}
    for one in owed:
        if not (delayed(one, faults, site, last, said) or _is_kept(one, faults, site, last, said)):
            left.setdefault((one.breach.id, one.breach.subject, one.breach.t), one)
    return list(left.values())


def delayed(owed: Owed, faults: Iterable[Struck], site: Site, last: LastNode, said: Said) -> bool:
    """By a fault that was there while its time ran. That owes him his whole time again from its end, and no
    more. Of what lasts as long as nobody helps: see `_is_kept`.

    Or by one that has left no node up, or sent away the only one that came, or has to be woken itself, while
    none is: though one is again when the run ends, he was not. Or by one for which who commanded had heard
    of nothing when its time began, and since the end of which nobody has been up who knew; or with which a
    node's service did nothing until its time was over, while nobody else was there.
    """
    begun_s = _begins_anew_s(owed, faults, site, last, said)
    limit_s = owed.breach.t - owed.begun_s
    if begun_s > owed.begun_s and owed.at_s <= begun_s + limit_s + TICK_S:
        return True
    return owed.at_s <= owed.begun_s + SLOWER * limit_s and any(_slows(owed, f, site) for f in faults)


def _slows(owed: Owed, fault: Struck, site: Site) -> bool:
    """It was there in his time, and loses enough."""
    excuses = (e for e in fault.by.fault.excuses if e.slows and e.rule == owed.breach.id)
    slows = any(e.counts_at(fault.by.amount, site, fault.by.subject) for e in excuses)
    return slows and fault.by.at_s <= owed.at_s and owed.begun_s < fault.until_s


def _is_kept(owed: Owed, faults: Iterable[Struck], site: Site, last: LastNode, said: Said) -> bool:
    """For good, by what struck before his time was over: what strikes later has not kept him till then. For
    whom an incident waits, that is left open, has been asked before."""
    if owed.breach.subject == site.name:
        return False
    by_s = _begins_anew_s(owed, faults, site, last, said) + owed.breach.t - owed.begun_s
    kept = _beyond(owed.breach.id, [f for f in faults if f.by.at_s <= by_s], site, last, said)
    return kept is None or owed.breach.subject in kept


def _begins_anew_s(owed: Owed, faults: Iterable[Struck], site: Site, last: LastNode, said: Said) -> float:
    """When the last of these has ended, one after the other; infinity: nobody helped."""
    limit_s, begun_s = owed.breach.t - owed.begun_s, owed.begun_s
    for fault in faults:
        for excuse in fault.by.fault.excuses:
            if excuse.rule != owed.breach.id or not excuse.counts_at(fault.by.amount, site, fault.by.subject):
                continue
            if not covers(excuse.reach, fault.by.subject, owed.breach.subject, site):
                continue
            if _nobody_helped(excuse, fault, owed, site, last, said):
                return inf
            over_s = felt_until_s(excuse, fault, owed.breach.subject, site, said.events)
            if fault.by.at_s > begun_s + limit_s or not begun_s < over_s < inf:
                continue
            by = replace(owed.breach, t=min(begun_s + limit_s, over_s))
            if _passes(excuse, fault) and holds(excuse, fault, by, said, last, site):
                begun_s = over_s
    return begun_s


def _passes(excuse: Excuse, fault: Struck) -> bool:
    """It holds up while it is there. What else is asked of those, is asked by `_nobody_helped`; or is so for
    good, see `beyond`."""
    asks = excuse.last, excuse.unwoken, excuse.unread, excuse.missed, excuse.dark, excuse.turned_away
    return fault.by.fault.owed_as is None and not (excuse.slows or any(asks))


def _nobody_helped(excuse: Excuse, fault: Struck, owed: Owed, site: Site, last: LastNode, said: Said) -> bool:
    """When its time was over; and of who had heard of nothing, when that began."""
    change = fault.by
    if excuse.unread:
        return _was_unread(excuse, fault, owed, said.events)
    if excuse.missed:
        told = change.at_s <= owed.begun_s and missed(
            said.events, owed.breach.subject, owed.begun_s, change.at_s
        )
        return told and not met_again(said.events, site.cluster.nodes, fault.until_s, owed.begun_s)
    if excuse.unwoken and (change.subject != owed.breach.subject or change.at_s > owed.breach.t):
        return False
    stays_asleep = excuse.asleep and change.at_s <= owed.breach.t and fault.until_s == inf
    if excuse.last or excuse.turned_away or excuse.unwoken or stays_asleep:
        return holds(excuse, fault, owed.breach, said, last, site)
    return (
        bool(excuse.said)
        and change.at_s <= owed.begun_s < fault.until_s
        and said.was_alone(change, owed.breach.t)
    )


def _was_unread(excuse: Excuse, fault: Struck, owed: Owed, events: Sequence[Event]) -> bool:
    begun_s = owed.begun_s
    if fault.by.at_s > begun_s or (not excuse.stays and heard_again(events, fault.until_s, begun_s)):
        return False
    knew_nothing = unread(events, begun_s) and not _is_read(fault, events, begun_s)
    return knew_nothing or owed.breach.subject in _lost(fault, events, begun_s)


def _lost(fault: Struck, events: Sequence[Event], t_s: float) -> frozenset[str]:
    """What a journal has lost the other node may know, who is read (C5, C6)."""
    return stopped_by_the_lost(events, t_s, parted=not _forgets(fault))


def _is_read(fault: Struck, events: Sequence[Event], t_s: float) -> bool:
    """By what a journal has lost nobody is parted: another node that is up and knows is read. Nor by a hang
    that is over, as by another version, which stays."""
    if _forgets(fault):
        return is_known(events, t_s)
    return fault.by.fault.ends and heard_again(events, fault.until_s, t_s)


def _forgets(fault: Struck) -> bool:
    return any(excuse.forgets for excuse in fault.by.fault.excuses)
