"""A breach, a fault and what the run told: whether the breach counts."""

from __future__ import annotations

from sequencer.events import Event, Source
from sequencer.site import Site
from sim.faults.catalogue import default_amount, named
from sim.story import FaultChange
from teiden.judge.excuses import excused
from teiden.judge.invariants.invariant import Breach

STRUCK_S = 700.0
ENDED_S = 1000.0


def fact(t: float, name: str, subject: str) -> Event:
    return Event(t, name, subject, "room", Source.FACT, {})


def seen(t: float, name: str, subject: str, by: str = "control1", **details: str) -> Event:
    return Event(t, name, subject, by, Source.SEEN, details)


def left(
    site: Site,
    breach: Breach,
    fault: str,
    subject: str,
    *events: Event,
    ends: bool = True,
    amount: float | None = None,
) -> bool:
    """Whether it counts. `amount`: of the fault; None: the usual one."""
    of = default_amount(named(fault)) if amount is None else amount
    changes = [FaultChange(STRUCK_S, named(fault), subject, amount=of)]
    if ends:
        changes.append(FaultChange(ENDED_S, named(fault), subject, present=False))
    return excused([breach], changes, site, events)[1] == [breach]
