"""Whether a device has got its power by then: an array that was switched on, a UPS that has tripped, or a
system that is halted."""

from __future__ import annotations

from collections.abc import Sequence

from sequencer.events import Event
from sequencer.site import Server
from teiden.judge.standing_alarms import MISSED

POWER = ("array.off", "array.starting")
READY = "array.ready"
SYSTEM = ("server.booting", "server.up", "server.shutting_down", "server.halted", "server.crashed")
OUTPUT = ("ups.output_on", "ups.output_off")


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
    its = (e for e in reversed(events) if e.is_fact and e.subject == ups and e.name in OUTPUT)
    return next((e.name == "ups.output_on" for e in its if e.t <= at_s), False)


def fell_last_for(events: Sequence[Event], ups: str, cause: str, at_s: float) -> bool:
    """Its output has gone by then, and the last time for this."""
    its = (e for e in reversed(events) if e.is_fact and (e.name, e.subject) == ("ups.output_off", ups))
    return next((e.details.get("cause") == cause for e in its if e.t <= at_s), False)


def is_left_asleep(events: Sequence[Event], server: Server, at_s: float) -> bool:
    """It is halted with its power on, which has not gone since: nothing but a wake boots it. And a person has
    been told since that it is not up."""
    told = [e for e in events if e.t <= at_s]
    its = (e for e in reversed(told) if e.is_fact and e.subject == server.name and e.name in SYSTEM)
    last = next(its, None)
    if last is None or last.name != "server.halted":
        return False
    changes = {e.subject: e for e in told if e.is_fact and e.name in OUTPUT}
    off = [ups for ups in server.upses if _was_off(changes.get(ups), last.t)]
    alarms = (e for e in told if e.name == "alarm.raised" and e.t >= last.t and e.subject == server.name)
    return len(off) < len(server.upses) and any(e.details.get("rule") == MISSED for e in alarms)


def _was_off(change: Event | None, since_s: float) -> bool:
    return change is not None and (change.name == "ups.output_off" or change.t > since_s)
