"""When the faults of a story are there: from when until when, and when the last of them is over."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import inf

from sequencer.events import Event
from sequencer.site import Site
from sim.story import FaultChange, Happening

AT_ONCE_S = 0.01
"""Times are told in milliseconds."""


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
    return [
        Struck(c, end_s)
        for c, end_s in zip(changes, ends_s, strict=True)
        if c.present and (not events or _is_done(c, events))
    ]


def _is_done(change: FaultChange, events: Sequence[Event]) -> bool:
    """Another's OFF may come to a card that is silent, his shutdown to who is down: then it did nothing."""
    done = change.fault.done_by
    if not done:
        return True
    told = (e for e in events if e.is_fact and (e.name, e.subject) == (done, change.subject))
    return any(abs(e.t - change.at_s) < AT_ONCE_S for e in told)


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


def apart(faults: Iterable[Struck], hears_s: float) -> list[tuple[float, float]]:
    """From when until when nodes do not hear each other, by one fault or the next; and as long after that as
    it takes to hear them again. Who hangs says nothing (`idles`)."""
    spans: list[tuple[float, float]] = []
    for fault in faults:  # in the order of time
        of = fault.by.fault
        if (of.idles and of.ends) or not any(excuse.apart for excuse in of.excuses):
            continue
        again_s = fault.until_s + hears_s if of.ends else inf
        if spans and fault.by.at_s <= spans[-1][1]:
            spans[-1] = spans[-1][0], max(spans[-1][1], again_s)
        else:
            spans.append((fault.by.at_s, again_s))
    return spans
