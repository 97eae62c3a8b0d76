"""Which breaches the faults of a story explain, because nobody could have kept the rule, and which not.

A fault excuses the rules that it names, for those whom it reaches, from the moment it strikes: what a
UPS that dies without warning does to its own loads excuses nobody else's.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import inf

from sequencer.events import Event
from sequencer.site import Site
from sim.faults.fault import Excuse
from sim.story import FaultChange, Happening
from teiden.judge.alone import whole_stop_s
from teiden.judge.asked import RETURNS, holds
from teiden.judge.invariants.invariant import TICK_S, Breach
from teiden.judge.last_node import LastNode
from teiden.judge.owed import still_owed
from teiden.judge.reach import covers
from teiden.judge.said import Said
from teiden.judge.struck import Struck, struck

SAFETY = "S"
"""A rule of safety begins with it;"""
LOSS = "L2"
"""and this one is one though its letter is another: what has been lost is lost whenever it was."""
LASTING = (*RETURNS, "L10")
"""Who is owed his return is so anew when a fault ends (`owed`), and a cycle is counted in the whole run; of
all other rules a fault that is over excuses no longer what comes later."""
STEP = "L4"
"""What counts of this one is when its step began: it may take hours."""


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
    """The same of a whole run, where a fault that is over owes everybody his return (L1, L3), and one of two
    feeds takes somebody with it where the other is out (X-04)."""
    found, left = excused(breaches, happenings, site, events)
    faults = (h.fault for h in happenings if isinstance(h, FaultChange))
    late = any(b.id in RETURNS for b in (*left, *(e.breach for e in found)))
    if late and any(excuse.rule in RETURNS for fault in faults for excuse in fault.excuses):
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
    said = Said(events, site, faults)
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
        at_s = breach.events[0].t if breach.id == STEP and breach.events else breach.t
        over = breach.id not in LASTING and said.up_s(fault.until_s, at_s) > whole_stop_s(site)
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
