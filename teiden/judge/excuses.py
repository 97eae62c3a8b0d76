"""Which breaches the faults of a story explain, because nobody could have kept the rule, and which not.

A fault excuses the rules that it names, for those whom it reaches, from the moment it strikes: what a
UPS that dies without warning does to its own loads excuses nobody else's.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass

from sequencer.events import Event
from sequencer.site import Site
from sim.faults.fault import Excuse
from sim.story import FaultChange, Happening
from teiden.judge.invariants.invariant import TICK_S, Breach
from teiden.judge.owed import RETURNS, still_owed
from teiden.judge.reach import covers


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
            if excuse.told and not told_off_by(breach, change.at_s):
                continue
            if not excuse.said or (change.subject, excuse.said) in alarms:
                return Excused(breach, change, excuse)
    return None


def told_off_by(breach: Breach, at_s: float) -> bool:
    """The OFF that this breach tells of was on its way by then."""
    return any(e.details.get("command") == "off" and e.t <= at_s + TICK_S for e in breach.events)
