"""What an excuse asks for besides its rule, its reach and its amount: the same whoever goes by it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import inf

from sequencer.events import Event
from sequencer.site import Site
from sim.faults.fault import Excuse
from sim.story import FaultChange
from teiden.judge.alone import whole_stop_s
from teiden.judge.commanded import commanded
from teiden.judge.fed import fell_last_for, is_fed, is_left_asleep, is_on_again, is_ready
from teiden.judge.invariants.invariant import TICK_S, Breach
from teiden.judge.its_file import is_late_by_its_file
from teiden.judge.last_node import LastNode
from teiden.judge.reach import next_ups, taken
from teiden.judge.said import HANGS, Said
from teiden.judge.short import began_short, drains, left_alone, neglected, was_drained
from teiden.judge.standing_alarms import FOLLOWS, MISSED
from teiden.judge.struck import Struck
from teiden.judge.unheard import done_unheard, is_believed_down, running, was_emptied
from teiden.judge.unread import missed, unread
from teiden.judge.waited import waited

RETURNS = ("L1", "L3")


def holds(excuse: Excuse, fault: Struck, breach: Breach, said: Said, last: LastNode, site: Site) -> bool:
    """What it asks for besides its rule and its reach, in the moment of the breach."""
    change, t = fault.by, breach.t
    device, events = change.subject, said.events
    of_the_run: tuple[tuple[bool, Callable[[], bool]], ...] = (
        (True, lambda: shows(excuse, change, breach)),
        (excuse.amid, lambda: t <= fault.until_s + TICK_S),
        (excuse.last, lambda: _has_left_nobody(excuse, fault, last, t, site)),
        (excuse.turned_away, lambda: last.turned_away(device, change.at_s, fault.until_s, t)),
        (excuse.dark, lambda: last.is_left_dark(device, fault.until_s, t)),
        (excuse.pulled, lambda: breach.subject in unplugged(fault.until_s, events)),
        (excuse.unasked, lambda: _could_not_be_told(fault, breach, said, site)),
        (excuse.unseen, lambda: last.gone_before(breach.subject, t)),
        (excuse.in_time, lambda: last.left_in_its_time(breach.subject, t)),
        (excuse.surprised, lambda: last.went_before_its_mains(breach.subject, t)),
        (excuse.unwoken, lambda: _wakes_nobody(excuse, fault, last, t, site)),
        (excuse.unwoken and device not in site.servers, lambda: not _stayed(fault, said, last, t)),
        (excuse.asleep, lambda: is_left_asleep(events, site.servers[device], t)),
        (excuse.alone, lambda: said.nobody_follows(change, breach)),
        (excuse.apart, lambda: said.elsewhere(change, breach)),
        (excuse.unheard, lambda: said.hearing.is_unheard(change, breach)),
        (excuse.silent, lambda: said.hearing.is_silent(change, breach)),
        (excuse.beside, lambda: said.hearing.is_alone_on_its_feed(breach)),
        (excuse.untold, lambda: said.hearing.is_untold(change, breach)),
        (excuse.unclosed, lambda: said.is_unclosed(change, breach)),
        (excuse.left, lambda: said.is_left(change, breach)),
        (excuse.forgets, lambda: said.forgotten.before_all(change, breach)),
        (excuse.commands, lambda: commanded(events, device, change.at_s, t)),
        (excuse.deaf, lambda: done_unheard(events, site, breach, change.at_s)),
        (excuse.unread, lambda: unread(events, t)),
        (excuse.missed, lambda: missed(events, breach.subject, t, change.at_s)),
        (excuse.waited, lambda: waited(events, site, breach)),
        (excuse.due, lambda: not neglected(said, site, change, breach, excuse.said)),
        (excuse.fed or excuse.late, lambda: is_fed(events, device, t)),
        (excuse.late, lambda: not is_ready(events, device, t - said.way_up_s, t)),
        (excuse.tripped, lambda: fell_last_for(events, device, "fault", t)),
        (excuse.believed, lambda: is_believed_down(events, site, device, breach, change.at_s)),
        (excuse.emptied, lambda: was_emptied(events, site, breach)),
        (excuse.begun, lambda: not left_alone(said, site, change, breach)),
        (excuse.by_file, lambda: not is_late_by_its_file(events, site, change, breach)),
        (excuse.said == MISSED, lambda: not is_on_again(events, device, t)),
        (excuse.drains, lambda: _drains(change, breach, said)),
        (excuse.drained, lambda: was_drained(events, site, breach, change.at_s, fault.until_s)),
        (excuse.short, lambda: began_short(events, site, device, t)),
        (bool(excuse.said), lambda: _is_said(excuse, fault, breach, said, site)),
    )
    return all(was_so() for asked, was_so in of_the_run if asked)


def _has_left_nobody(excuse: Excuse, fault: Struck, last: LastNode, t_s: float, site: Site) -> bool:
    """By what it does, and while it lasted, or as long after as a whole stop takes."""
    upses = taken(fault.by.subject, site, mixed=excuse.mixed)
    over_s = fault.until_s + whole_stop_s(site)
    return any(last.fell_by(ups, fault.by.at_s, t_s, falls=excuse.falls, until_s=over_s) for ups in upses)


def _wakes_nobody(excuse: Excuse, fault: Struck, last: LastNode, t_s: float, site: Site) -> bool:
    device, since_s, until_s = fault.by.subject, fault.by.at_s, fault.until_s
    if not excuse.mixed:
        return last.nobody_wakes(device, since_s, until_s, t_s)
    other = next_ups(device, site)
    pairs = (device, other), (other, device)
    return any(last.keeps_its_power(own, its, since_s, until_s, t_s) for own, its in pairs)


def _drains(change: FaultChange, breach: Breach, said: Said) -> bool:
    is_on_battery = drains(said.events, change.subject, breach.t, said.seen_s)
    return is_on_battery or said.hearing.drains_as_heard(change, breach)


def _stayed(fault: Struck, said: Said, last: LastNode, t_s: float) -> bool:
    """The last node that went has done so when there had been time since to tell that UPS anything."""
    gone_s = last.gone_since_s(t_s)
    return gone_s is not None and said.up_s(fault.until_s, gone_s) > said.stop_s


def _could_not_be_told(fault: Struck, breach: Breach, said: Said, site: Site) -> bool:
    """To stay off: whose power came back fell while it had the fault, or before a whole stop had had its time
    since."""
    server = site.servers.get(breach.subject)
    upses = server.upses if server is not None else ()
    falls = (e for e in said.events if e.is_fact and e.name == "ups.output_off" and e.t <= breach.t)
    fell_s = {e.subject: e.t for e in falls if e.subject in upses}
    return not fell_s or any(said.up_s(fault.until_s, at_s) <= said.stop_s for at_s in fell_s.values())


def _is_said(excuse: Excuse, fault: Struck, breach: Breach, said: Said, site: Site) -> bool:
    if excuse.said == FOLLOWS:
        asks = said.follows_nobody if excuse.own else said.nobody_may_follow
        spare_s = 0.0 if excuse.rule in RETURNS else said.stop_s
        unproved = not excuse.own and said.lacked_proof(fault.by, breach)
        return unproved or asks(fault.by, breach.t, spare_s)
    last_s = fault.until_s + said.seen_s if excuse.then else inf
    users = _users(breach, said, site) if excuse.said == HANGS else []
    each = [frozenset((name,)) for name in users] or [whom(breach.subject, site)]
    return all(said.of(fault.by, excuse.said, breach.t, hung, last_s) for hung in each)


def _users(breach: Breach, said: Said, site: Site) -> list[str]:
    """Of an array that was cut: who used it then, and had not begun to boot since it was told."""
    names = {s.name for s in site.servers.values() if breach.subject in s.arrays}
    told_s = max((e.t for e in breach.events if e.details.get("command") == "off"), default=inf)
    use = running(said.events, names, breach.t)
    return [name for name, boot in use.items() if boot is None or boot.t <= told_s]


def whom(subject: str, site: Site) -> frozenset[str]:
    """The subject of a breach; of an array who uses it, and of a server what feeds it: whom an alarm has to
    be about that says that he hangs, or is silent and waited for no longer."""
    upses = site.servers[subject].upses if subject in site.servers else ()
    return frozenset((subject, *upses, *(s.name for s in site.servers.values() if subject in s.arrays)))


def shows(excuse: Excuse, change: FaultChange, breach: Breach) -> bool:
    """What the breach itself tells: an OFF that was on its way, a boot that nobody has asked for."""
    if excuse.unasked and breach.events[-1].name != "server.booting":
        return False
    if excuse.its and breach.events[-1].by != change.subject and not _by_its_lease(change, breach):
        return False
    if excuse.another and told_off_by(breach, breach.t):
        return False
    return not excuse.told or told_off_by(breach, change.at_s)


def _by_its_lease(change: FaultChange, breach: Breach) -> bool:
    """Two command: it has taken the command from who does it rightly (S13)."""
    lease = breach.events[0]
    return breach.id == "S13" and lease.by == change.subject and lease.t >= change.at_s


def told_off_by(breach: Breach, at_s: float) -> bool:
    """The OFF that this breach tells of was on its way by then."""
    return any(e.details.get("command") == "off" and e.t <= at_s + TICK_S for e in breach.events)


def unplugged(t_s: float, events: Sequence[Event]) -> frozenset[str]:
    """Who has died with his power in that moment, and which disks have lost what their caches held."""
    then = [e for e in events if e.is_fact and abs(e.t - t_s) <= TICK_S]
    died = {e.subject for e in then if e.name == "server.crashed" and e.details.get("cause") == "power"}
    return frozenset(died.union(e.subject for e in then if e.name == "array.lost_data"))
