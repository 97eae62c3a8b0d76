"""Whether a device has got its power by then: an array that was switched on, or a UPS that has tripped."""

from __future__ import annotations

from collections.abc import Sequence

from sequencer.events import Event

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
