"""Which breaches the faults of a story explain, because nobody could have kept the rule, and which not.

A fault excuses the rules that it names, for those whom it reaches, from the moment it strikes: what a
UPS that dies without warning does to its own loads excuses nobody else's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import inf

from sequencer.events import Event
from sequencer.site import Site
from sim.faults.fault import Excuse
from sim.story import FaultChange, Happening
from teiden.judge.alone import whole_stop_s
from teiden.judge.commanded import commanded
from teiden.judge.invariants.invariant import TICK_S, Breach
from teiden.judge.last_node import LastNode
from teiden.judge.owed import RETURNS, Struck, still_owed, struck
from teiden.judge.reach import covers, taken
from teiden.judge.said import Said
from teiden.judge.short import began_short, neglected
from teiden.judge.unheard import used_unheard
from teiden.judge.unread import missed, unread
from teiden.judge.waited import waited

SAFETY = "S"
"""A rule of safety begins with it;"""
LOSS = "L2"
"""and this one is one though its letter is another: what has been lost is lost whenever it was."""
LIKE_THE_FIRST = "L7"
"""Of every outage, whatever went before: nor does a fault that is over excuse this one any longer."""


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


def is_of_safety(rule: str) -> bool:
    """It counts always, and a fault that is over excuses it no longer than whatever it held up took."""
    return rule.startswith(SAFETY) or rule == LOSS


def judged(
    breaches: Iterable[Breach], events: Sequence[Event], happenings: Sequence[Happening], site: Site
) -> tuple[list[Excused], list[Breach]]:
    """The same of a whole run, where a fault that is over owes everybody his return (L1, L3)."""
    found, left = excused(breaches, happenings, site, events)
    if any(e.breach.id in RETURNS for e in found):
        owed = still_owed(events, site, happenings)
        found = [e for e in found if e.breach.id not in RETURNS or e.breach not in owed]
        left = [b for b in left if b.id not in RETURNS] + owed
    return found, left


def excused(
    breaches: Iterable[Breach], happenings: Iterable[Happening], site: Site, events: Iterable[Event] = ()
) -> tuple[list[Excused], list[Breach]]:
    """Those that a fault excuses, with which one and why; and those that nothing excuses.

    `happenings`: those of the story, their times counted from the start of the run, as a breach's are.
    `events`: of the run; some excuses count only where an alarm has said so, or nobody was there to say it,
    or to do anything.
    """
    events = tuple(events)
    changes = [h for h in happenings if isinstance(h, FaultChange)]
    faults = struck(changes, site, events)
    last = LastNode(events, site, faults)
    hears_s = site.polling.stale_after_s(site.polling.on_line_s)
    apart_s = {(h.fault.name, h.subject): h.at_s + hears_s for h in changes if h.fault.ends and not h.present}
    said = Said(events, site, apart_s, faults)
    found: list[Excused] = []
    left: list[Breach] = []
    for breach in breaches:
        why = _excuse(breach, faults, site, said, last)
        if why is None:
            left.append(breach)
        else:
            found.append(why)
    return found, left


def _excuse(
    breach: Breach, faults: Iterable[Struck], site: Site, said: Said, last: LastNode
) -> Excused | None:
    for fault in faults:
        change = fault.by
        if change.at_s > breach.t + TICK_S:
            return None
        ends = is_of_safety(breach.id) or breach.id == LIKE_THE_FIRST
        over = ends and said.up_s(fault.until_s, breach.t) > whole_stop_s(site)
        for excuse in (e for e in change.fault.excuses if e.stays or not over):
            if excuse.rule != breach.id or not covers(excuse.reach, change.subject, breach.subject, site):
                continue
            if is_meant(excuse, change, breach, site) and holds(excuse, fault, breach, said, last, site):
                return Excused(breach, change, excuse)
    return None


def is_meant(excuse: Excuse, change: FaultChange, breach: Breach, site: Site) -> bool:
    """By how strong the fault is, and how long ago it struck."""
    if not excuse.counts_at(change.amount, site, change.subject):
        return False
    lasts_s = inf if excuse.lasts is None else excuse.lasts(site, change.subject)
    return breach.t <= change.at_s + min(excuse.within_s, lasts_s)


def holds(excuse: Excuse, fault: Struck, breach: Breach, said: Said, last: LastNode, site: Site) -> bool:
    """What it asks for besides its rule and its reach."""
    change = fault.by
    if not shows(excuse, change, breach):
        return False
    over_s = fault.until_s + whole_stop_s(site)
    if excuse.last and not any(
        last.fell_by(ups, change.at_s, breach.t, falls=excuse.falls, until_s=over_s)
        for ups in taken(change.subject, site, mixed=excuse.mixed)
    ):
        return False
    if excuse.turned_away and not last.turned_away(change.subject, change.at_s, breach.t):
        return False
    if excuse.unseen and not last.gone_before(breach.subject, breach.t):
        return False
    if excuse.unwoken and not last.nobody_wakes(change.subject, change.at_s, fault.until_s, breach.t):
        return False
    asks = (
        (excuse.alone, said.nobody_follows),
        (excuse.apart, said.elsewhere),
        (excuse.unheard, said.is_unheard),
        (excuse.silent, said.is_silent),
        (excuse.untold, said.is_untold),
        (excuse.unclosed, said.is_unclosed),
        (excuse.left, said.is_left),
    )
    if not all(is_so(change, breach) for asked, is_so in asks if asked):
        return False
    if excuse.forgets and not said.before_all(change, breach):
        return False
    of_the_run: tuple[tuple[bool, Callable[[], bool]], ...] = (
        (excuse.commands, lambda: commanded(said.events, change.subject, change.at_s, breach.t)),
        (excuse.deaf, lambda: used_unheard(said.events, site, breach)),
        (excuse.unread, lambda: unread(said.events, breach.t)),
        (excuse.missed, lambda: missed(said.events, breach.subject, breach.t)),
        (excuse.waited, lambda: waited(said.events, site, breach)),
        (excuse.due, lambda: not neglected(said, site, change, breach, excuse.said)),
        (excuse.short, lambda: began_short(said.events, site, change.subject, breach.t)),
    )
    if not all(was_so() for asked, was_so in of_the_run if asked):
        return False
    if excuse.own:
        return said.by(change, excuse.said, breach.t)
    hung, last_s = whom(breach.subject, site), fault.until_s + said.seen_s if excuse.then else inf
    return not excuse.said or said.of(change, excuse.said, breach.t, hung, last_s)


def whom(subject: str, site: Site) -> frozenset[str]:
    """The subject of a breach, and of an array who uses it: whom an alarm says to hang, that has to be."""
    return frozenset((subject, *(s.name for s in site.servers.values() if subject in s.arrays)))


def shows(excuse: Excuse, change: FaultChange, breach: Breach) -> bool:
    """What the breach itself tells: an OFF that was on its way, a boot that nobody has asked for."""
    if excuse.unasked and breach.events[-1].name != "server.booting":
        return False
    if excuse.its and breach.events[-1].by != change.subject and not _by_its_lease(change, breach):
        return False
    return not excuse.told or told_off_by(breach, change.at_s)


def _by_its_lease(change: FaultChange, breach: Breach) -> bool:
    """Two command: it has taken the command from who does it rightly (S13)."""
    lease = breach.events[0]
    return breach.id == "S13" and lease.by == change.subject and lease.t >= change.at_s


def told_off_by(breach: Breach, at_s: float) -> bool:
    """The OFF that this breach tells of was on its way by then."""
    return any(e.details.get("command") == "off" and e.t <= at_s + TICK_S for e in breach.events)
