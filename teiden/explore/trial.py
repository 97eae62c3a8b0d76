"""One history, played and judged: what nothing excuses, which rare states it reached, and its hash."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b

from sequencer.events import Event, Source
from sequencer.site import Site
from sequencer.timing import followed_s
from sim.story import FaultChange
from teiden.explore.ground import Ground
from teiden.explore.history import History
from teiden.explore.people import unexcused
from teiden.explore.sometimes import reached
from teiden.garbage import few_collections
from teiden.judge.asked import RETURNS
from teiden.judge.excuses import excused, is_of_safety
from teiden.judge.invariants.invariant import Breach
from teiden.judge.invariants.watchful import confirmed_s
from teiden.judge.owed import not_returned, undelayed
from teiden.judge.struck import struck
from teiden.judge.verdict import Verdict, judge
from teiden.language.say import speaking
from teiden.play import play
from teiden.sweep.row import judged

RAISED = "raised"
"""Instead of a rule, where playing ended in an exception."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A rule that was broken, and that nothing excuses."""

    rule: str
    subject: str
    t: float
    text: str

    @property
    def kind(self) -> str:
        return f"{self.rule}:{self.subject}"


@dataclass(frozen=True, slots=True)
class Trial:
    failures: tuple[Failure, ...]
    excused: tuple[str, ...] = ()
    """Rules that were broken, and a fault excuses it."""
    judged: tuple[str, ...] = ()
    """Rules that had something to judge."""
    reached: tuple[str, ...] = ()
    """Rare states."""
    events: int = 0
    digest: str = ""
    """Of the whole stream of events."""


def tried(history: History, ground: Ground) -> Trial:
    """An exception while playing is a failure like any other: the sequencer must never raise one."""
    with few_collections():  # by their end the room is waste
        return _tried(history, ground)


def _tried(history: History, ground: Ground) -> Trial:
    story = history.story(ground)
    try:
        with speaking("en"):
            events = play(story).stream.events
            verdict = judge(events, story.site)
            left, of_faults = counted(verdict, events, story.site, history)
    except Exception as error:
        return Trial((Failure(RAISED, type(error).__name__, 0.0, str(error).partition("\n")[0]),))
    return Trial(
        tuple(Failure(b.id, b.subject, b.t, b.text) for b in left),
        tuple(dict.fromkeys(b.id for b in of_faults)),
        tuple(judged(verdict)),
        reached(events, story.site),
        len(events),
        digest(events),
    )


def counted(
    verdict: Verdict, events: Sequence[Event], site: Site, history: History
) -> tuple[list[Breach], list[Breach]]:
    """Breaches that count, and those that do not, for a fault excuses them.

    Safety counts always, and what a battery's end has lost with it (L2). Liveness counts from T0 on, and is
    excused by faults that last.
    """
    safety: list[Breach] = []
    liveness: list[Breach] = []
    for result in verdict.invariants:
        (safety if is_of_safety(result.id) else liveness).extend(result.breaches)
    found, left = excused(safety, history.happenings, site, events)
    of_faults = [e.breach for e in found]
    if liveness and history.troubles:
        late = after_the_faults(liveness, events, site, history)
        of_faults += (b for b in liveness if b not in late)
        liveness = late
    returns = [b for b in liveness if b.id in RETURNS]
    by = [*history.lasting, *what_stays(history)]
    found, owed = excused([b for b in liveness if b.id not in RETURNS], by, site, events)
    counts = list(unexcused([*left, *returns, *owed], history.happenings, site, events))
    return counts, [*of_faults, *(e.breach for e in found)]


def what_stays(history: History) -> list[FaultChange]:
    """Of the faults that are over, with no more of what they excuse than what stays done."""
    over = (d for d in history.troubles if not d.lasts)
    faults = ((d, replace(d.fault, excuses=tuple(e for e in d.fault.excuses if e.stays))) for d in over)
    return [FaultChange(d.at_s, fault, d.subject, amount=d.amount) for d, fault in faults]


def after_the_faults(
    breaches: Iterable[Breach], events: Sequence[Event], site: Site, history: History
) -> list[Breach]:
    """What begins when the faults are over (T0); his return (L1, L3) only whom no lasting fault keeps down.

    A device whose fault ended at T0 owes nothing to the time before: its clock starts there. So does that of
    a command which nobody could take before (L5), and of an outage that nobody could confirm (L7), whenever
    the judge looks at it next.
    """

    def limit_s(of: Breach) -> float:
        if of.id == "L7":
            return confirmed_s(site, of.subject)
        return followed_s(site) if of.id == "L5" else 0.0

    late = [b for b in breaches if b.t >= history.calm_s + limit_s(b)]
    kept = [b for b in late if b.id not in RETURNS]
    if len(kept) < len(late):
        faults = struck(history.happenings, site, events)
        owed = [o for o in not_returned(events, site, faults) if o.begun_s >= history.calm_s]
        kept += (o.breach for o in undelayed(owed, faults, site, events))
    return kept


LEFT_OUT = ("versions", "site_hash")
"""Of `run.started`: which Python plays, and how the site's file is written, is no part of the history."""


def digest(events: Iterable[Event]) -> str:
    lines = []
    fact, seen = Source.FACT.value, Source.SEEN.value
    for e in events:
        details = e.details
        if e.name == "run.started":
            details = {k: v for k, v in details.items() if k not in LEFT_OUT}
        lines.append(f"{e.t}|{e.name}|{e.subject}|{e.by}|{fact if e.is_fact else seen}|{details}\n")
    return blake2b("".join(lines).encode(), digest_size=8).hexdigest()
