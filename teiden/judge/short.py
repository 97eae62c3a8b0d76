"""Whether an outage began on a battery that could not wait for its confirm time (P4); and who was told
nothing in all the time in which his outage counted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import inf

from sequencer.events import Event
from sequencer.site import Array, ArrayRole, FlushOrder, Site
from sequencer.timing import (
    battery_need_s,
    control_floor_s,
    followed_s,
    last_call_s,
    late_looks_s,
    own_stop_s,
)
from sim.story import FaultChange
from teiden.judge.charge import Charges
from teiden.judge.invariants.invariant import Breach
from teiden.judge.its_turn import counts_s
from teiden.judge.said import GOES, Said

MAINS = ("ups.on_battery", "ups.on_line")
CARDS = ("card.silent", "card.answering")
RUN_EMPTY = " can only run empty"
"""So an alarm tells of UPSes for which the nodes stay up; of which, stands before it."""
STOPS = ("stop", "shutdown", "force", "flush", "off")


def began_short(events: Sequence[Event], site: Site, ups: str, at_s: float) -> bool:
    """It lost its mains last with less than it needs for that and for its own stop; and when that time was
    over somebody has told it, or whom it takes with it, to stop: who is told nothing is not short of time."""
    its = [e for e in events if e.is_fact and e.subject == ups and e.t <= at_s]
    lost_s = max((e.t for e in its if e.name == "ups.on_battery"), default=None)
    if lost_s is None:
        return False
    need_s = battery_need_s(site, site.upses[ups])
    told = (e.details.get("runtime_s") for e in its if e.t == lost_s)
    if not any(left_s is not None and left_s < need_s for left_s in told):
        return False
    confirmed_s = lost_s + need_s - own_stop_s(site, site.upses[ups])
    if at_s <= confirmed_s + late_looks_s(site):
        return True
    return _is_told(events, site, ups, lost_s, at_s)


def drains(events: Sequence[Event], ups: str, at_s: float, seen_s: float) -> bool:
    """It is on its battery, or was so short a time before that the last look showed it."""
    its = [e for e in events if e.is_fact and e.subject == ups and e.name in MAINS and e.t <= at_s]
    return bool(its) and (its[-1].name == "ups.on_battery" or its[-1].t >= at_s - seen_s)


def was_drained(events: Sequence[Event], site: Site, breach: Breach, from_s: float, to_s: float) -> bool:
    """Each battery that it hangs on lost its mains last with no more than its own stop needs; and so it did
    each time since they were away within this time, in which nobody has seen anything, or may have told it
    anything (P4, N1, S27)."""
    whose = whom_it_hangs_on(site, breach.subject)
    return bool(whose) and all(_is_drained(events, site, ups, breach.t, from_s, to_s) for ups in whose)


def _is_drained(
    events: Sequence[Event], site: Site, ups: str, at_s: float, from_s: float, to_s: float
) -> bool:
    its = [e for e in events if e.is_fact and e.subject == ups and e.t <= at_s]
    charges, polled_s = Charges(e for e in its if e.name == "ups.charge"), site.polling.on_line_s
    back_s = inf
    for e in reversed([e for e in its if e.name in MAINS]):
        if e.name == "ups.on_line":
            back_s = e.t
            continue
        if from_s <= e.t + polled_s and back_s <= to_s + polled_s:
            return True
        left_s = charges.runtime_s(ups, e.t)
        if left_s is None or left_s > last_call_s(site, site.upses[ups]) + site.polling.on_battery_s:
            return False
    return False


def neglected(said: Said, site: Site, change: FaultChange, breach: Breach, rule: str = "") -> bool:
    """When it struck, or somebody first said that this UPS holds no longer (S5), the outage of whom the
    breach is of had counted for as long as another node may need to see that, and nobody had told him, or
    whom he takes with him, anything. Who is of the control side waits for the linked one (ADR 0019),
    until his battery holds no more than a stop of that side needs."""
    whose = whom_it_hangs_on(site, breach.subject)
    return bool(whose) and all(_is_neglected(said, site, name, change, breach.t, rule) for name in whose)


def left_alone(said: Said, site: Site, change: FaultChange, breach: Breach) -> bool:
    """Nobody had told whom the breach is of, or whom he takes with him, anything, though his outage counted,
    by the site file that the fault gives, and a node had been up since for as long as another one needs to
    follow, and to wait for the confirm time again. Of the control side: nobody had told anybody anything, nor
    said that its nodes outlast that disk.
    What was told before mains that came back for less than they need to be stable counts as well."""
    theirs = change.fault.owed_as
    by_file = site if theirs is None else theirs(site, change.amount)
    whose = whom_it_hangs_on(site, breach.subject)
    return bool(whose) and all(_is_left_alone(said, by_file, name, breach.t) for name in whose)


def _is_left_alone(said: Said, site: Site, name: str, at_s: float) -> bool:
    lost_s, confirm_s = _lost_s(said.events, name, at_s), site.upses[name].confirm_s
    if lost_s is None:
        return False
    any_of = tuple(site.upses) if name in {ups.name for ups in site.control_upses} else (name,)
    began_s = _outage_began_s(said.events, site, name, at_s)
    if _is_overdue(said.events, name, began_s, at_s) or _is_given_up(said.events, name, at_s):
        return False
    told_s = min(_told_s(said.events, site, any_of, began_s), _outlasted_s(said.events, name, began_s), at_s)
    turn_s = _its_turn_s(said.events, site, name, lost_s, at_s)
    return said.up_s(turn_s, told_s) > confirm_s + followed_s(site)


def _outlasted_s(events: Sequence[Event], ups: str, from_s: float) -> float:
    """When an alarm says first that this one can only run empty (L2): its nodes stay up until it ends."""
    alarms = (e for e in events if e.name == "alarm.raised" and e.details.get("rule") == "L2")
    said = (e.t for e in alarms if ups in _run_empty(str(e.details.get("text", ""))) and e.t >= from_s)
    return min(said, default=inf)


def _run_empty(text: str) -> list[str]:
    names, told, _ = text.partition(RUN_EMPTY)
    return names.split(", ") if told else []


def _is_overdue(events: Sequence[Event], ups: str, from_s: float, at_s: float) -> bool:
    """It was told to go off, and should have been by then: however late, that it was not is not for want of a
    word. Of two feeds nobody tells one while the other has its mains (X-04)."""
    sent = (e for e in events if e.name == "command.sent" and e.subject == ups and e.t >= from_s)
    falls_s = (
        e.t + float(e.details.get("falls_in_s", inf)) for e in sent if e.details.get("command") == "off"
    )
    return min(falls_s, default=inf) <= at_s


def _is_given_up(events: Sequence[Event], ups: str, at_s: float) -> bool:
    """An alarm says that it was told to go off, and was not seen off (S3), in an incident that goes on: who
    has not taken that is not told anew, whatever its mains do (U5)."""
    over = (
        e.t for e in events if e.name == "incident.closed" or (e.name, e.subject) == ("ups.output_off", ups)
    )
    over_s = max((t for t in over if t < at_s), default=-inf)
    alarms = (e for e in events if e.name == "alarm.raised" and e.subject == ups and over_s < e.t <= at_s)
    return any(e.details.get("rule") == "S3" for e in alarms)


def _outage_began_s(events: Sequence[Event], site: Site, ups: str, at_s: float) -> float:
    """When it lost its mains, which have never been stable since."""
    began_s = back_s = -inf
    for e in events:
        if e.is_fact and e.subject == ups and e.name in MAINS and e.t <= at_s:
            if e.name == "ups.on_line":
                back_s = e.t
            elif e.t - back_s >= site.start.mains_stable_s:
                began_s = e.t
    return began_s


def told_nothing(events: Sequence[Event], site: Site, subject: str, at_s: float) -> bool:
    """Neither whom the breach is of, nor whom he takes with him, since his mains have gone; and they have."""
    lost = {name: _lost_s(events, name, at_s) for name in whom_it_hangs_on(site, subject)}
    return bool(lost) and not any(
        since_s is None or _is_told(events, site, name, since_s, at_s) for name, since_s in lost.items()
    )


def _lost_s(events: Sequence[Event], ups: str, at_s: float) -> float | None:
    """Since when it has no mains; None: it has them."""
    mains = [e for e in events if e.is_fact and e.subject == ups and e.name in MAINS and e.t <= at_s]
    return mains[-1].t if mains and mains[-1].name == "ups.on_battery" else None


def whom_it_hangs_on(site: Site, subject: str) -> tuple[str, ...]:
    if subject in site.upses:
        return (subject,)
    device = site.arrays.get(subject) or site.servers.get(subject)
    return device.upses if device is not None else ()


def was_neglected(said: Said, site: Site, subject: str, by_s: float, at_s: float) -> bool:
    """The same, by what somebody did then."""
    whose = whom_it_hangs_on(site, subject)
    lost = {name: _lost_s(said.events, name, at_s) for name in whose}
    return bool(lost) and all(_is_due(said, site, name, lost_s, by_s) for name, lost_s in lost.items())


def _is_neglected(said: Said, site: Site, name: str, change: FaultChange, at_s: float, rule: str) -> bool:
    lost_s = _lost_s(said.events, name, at_s)
    if lost_s is not None and rule == GOES:
        return _is_due(said, site, name, lost_s, _first_said_s(said.events, change.subject, lost_s, at_s))
    return _is_due(said, site, name, lost_s, change.at_s)


def _is_due(said: Said, site: Site, name: str, lost_s: float | None, by_s: float) -> bool:
    if lost_s is None:
        return False
    if name in {ups.name for ups in site.control_upses}:
        return _is_past_floor(said, site, name, by_s) and not _is_told(said.events, site, name, lost_s, by_s)
    known_s = _known_s(said.events, site, name, lost_s, by_s)
    seen_s = said.up_s(_its_turn_s(said.events, site, name, known_s, by_s), by_s)
    return seen_s > followed_s(site) and not _is_told(said.events, site, name, lost_s, by_s)


def _known_s(events: Sequence[Event], site: Site, ups: str, lost_s: float, by_s: float) -> float:
    """Since when anybody could tell its outage: of one that is silent since it lost its mains only since all
    others on its feed have none (S12, U16); infinity: they have theirs, or it is alone there."""
    cards = [e for e in events if e.is_fact and e.subject == ups and e.name in CARDS and e.t <= by_s]
    heard = not cards or cards[-1].name == "card.answering"
    if heard or cards[-1].t > lost_s + site.polling.on_line_s:
        return lost_s
    beside = (u.name for u in site.upses.values() if u.feed == site.upses[ups].feed and u.name != ups)
    theirs = [_lost_s(events, name, by_s) for name in beside]
    return max((lost_s, *(inf if at_s is None else at_s for at_s in theirs or [None])))


def _its_turn_s(events: Sequence[Event], site: Site, ups: str, lost_s: float, by_s: float) -> float:
    """When its outage counts, and whom its array waits for is off: an OFF that counted down under them as its
    mains went, for a word perhaps, is told to nobody anew."""
    users = (s for array in site.arrays_on(ups) for s in site.users_of(array.name))
    waits_for = {name for server in users for name in server.upses} - {ups}
    armed = (e for e in events if e.is_fact and e.name == "ups.off_armed" and e.subject in waits_for)
    falls_s = (float(e.details["falls_at"]) for e in armed if e.t <= lost_s)
    return max((counts_s(events, site, ups, lost_s, by_s), *falls_s)) + late_looks_s(site)


def _is_past_floor(said: Said, site: Site, ups: str, by_s: float) -> bool:
    """For as long as another node needs to see that; of which nobody knows the runtime, that is at none."""
    told = (e for e in said.events if e.name == "ups.charge" and e.is_fact)
    left_s = Charges(told).runtime_s(ups, by_s)
    if left_s is None:
        return False
    past_s = control_floor_s(site, site.upses[ups]) - left_s
    return said.up_s(by_s - past_s, by_s) > followed_s(site)


def _first_said_s(events: Sequence[Event], ends: str, lost_s: float, at_s: float) -> float:
    alarms = (e for e in events if e.name == "alarm.raised" and e.details.get("rule") == GOES)
    named = (e.t for e in alarms if ends in str(e.details.get("upses", "")).split(", "))
    return min((t for t in named if lost_s <= t <= at_s), default=lost_s)


def _is_told(events: Sequence[Event], site: Site, ups: str, from_s: float, to_s: float) -> bool:
    return _told_s(events, site, (ups,), from_s) <= to_s


def _told_s(events: Sequence[Event], site: Site, upses: Iterable[str], from_s: float) -> float:
    """When somebody told the first of those to stop who stop with these; infinity: nobody did."""
    names = frozenset().union(*(_stops_with(site, ups) for ups in upses))
    stops = (e for e in events if e.name == "command.sent" and e.details.get("command") in STOPS)
    return min((e.t for e in stops if e.t >= from_s and e.subject in names), default=inf)


def _stops_with(site: Site, ups: str) -> set[str]:
    """Of an array that is flushed in series also those before it: its users may be down, and it waits."""
    arrays = [a for on in site.arrays_on(ups) for a in (*_flushed_before(site, on), on)]
    users = (s for array in arrays for s in site.users_of(array.name))
    names = {ups, *(a.name for a in arrays), *(s.name for s in (*site.servers_on(ups), *users))}
    control = ups in site.names_of_node_upses | site.names_of_control_array_upses
    return names | ({site.cluster.name} if control else set())


def _flushed_before(site: Site, array: Array) -> tuple[Array, ...]:
    if array.role is not ArrayRole.LINKED or site.linkage.flush_order is not FlushOrder.SERIAL:
        return ()
    return site.linked_arrays[: site.linked_arrays.index(array)]
