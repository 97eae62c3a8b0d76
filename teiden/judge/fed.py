"""Whether a device has got its power by then: an array that was switched on, or a UPS that has tripped."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf

from sequencer.events import Event
from sequencer.power_off import ATTEMPTS
from sequencer.power_on import SELDOM_S

POWER = ("array.off", "array.starting")
READY = "array.ready"


def is_fed(events: Sequence[Event], array: str, at_s: float) -> bool:
    """Every run begins so."""
    its = (e.name for e in reversed(events) if e.is_fact and e.subject == array and e.t <= at_s)
    return next((name != "array.off" for name in its if name in POWER), True)


def is_ready(events: Sequence[Event], array: str, since_s: float, at_s: float) -> bool:
    """By then, and since that time or longer; every run begins so."""
    its = [
        e for e in events if e.is_fact and e.subject == array and e.name in (*POWER, READY) and e.t <= at_s
    ]
    return not its or (its[-1].name == READY and its[-1].t <= since_s)


def is_on_again(events: Sequence[Event], ups: str, at_s: float) -> bool:
    """Its output, that had gone."""
    changes = ("ups.output_on", "ups.output_off")
    its = (e for e in reversed(events) if e.is_fact and e.subject == ups and e.name in changes)
    return next((e.name == "ups.output_on" for e in its if e.t <= at_s), False)


def fell_last_for(events: Sequence[Event], ups: str, cause: str, at_s: float) -> bool:
    """Its output has gone by then, and the last time for this."""
    its = (e for e in reversed(events) if e.is_fact and (e.name, e.subject) == ("ups.output_off", ups))
    return next((e.details.get("cause") == cause for e in its if e.t <= at_s), False)


def trips_until_s(events: Sequence[Event], ups: str, over_s: float) -> float:
    """When one has got its power that tripped until its fault was over, then at the earliest: having tripped
    often enough it is told to go on but seldom, for its loads crash each time (P14)."""
    its = [e for e in events if e.is_fact and e.subject == ups]
    falls = [e for e in its if e.name == "ups.output_off" and e.t <= over_s]
    last = falls[-ATTEMPTS:]
    if len(last) < ATTEMPTS or any(e.details.get("cause") != "fault" for e in last):
        return over_s
    on_s = next((e.t for e in its if e.name == "ups.output_on" and e.t > over_s), inf)
    return max(over_s, min(on_s, last[-1].t + SELDOM_S))
