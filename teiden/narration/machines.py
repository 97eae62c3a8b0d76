"""Why servers stop and how much time they had to spare; how the flush of an array went."""

from __future__ import annotations

from collections.abc import Iterable

from teiden.language.retell import retold
from teiden.language.say import t
from teiden.narration.decided import confirmations, took
from teiden.narration.groups import Group
from teiden.narration.past import Past
from teiden.narration.words import in_order, listed, whole

PLANNED_S = 30.0
"""A stop this soon after a schedule or a request is what was asked for."""
TOGETHER_S = 2.0
"""UPSes that go off within this go off together."""


def stopping(group: Group, past: Past) -> str:
    """They use an array that is about to be flushed, or their own power is out."""
    now_s = group.t
    if past.kind(group.first.subject) != "node":
        used = {array for server in group.subjects for array in past.arrays_of(server)}
        out = [array for array in used if _is_out(past.upses_of(array), now_s, past)]
        if out:
            arrays = listed(out, past)
            return (
                t("they use {arrays}", arrays=arrays)
                if len(group.subjects) > 1
                else t("it uses {arrays}", arrays=arrays)
            )
    upses = in_order((ups for server in group.subjects for ups in past.upses_of(server)), past)
    confirmed = [past.last("outage.confirmed", ups, now_s) for ups in upses]
    of_outage = (e for e in confirmed if e is not None and e.t >= past.lost_s(now_s))
    return confirmations(of_outage, past) or _planned(now_s, past)


def _planned(now_s: float, past: Past) -> str:
    """A schedule or a request that came just before, where no outage is being handled."""
    if past.incident_is_open(now_s):
        return ""
    fired, accepted = past.last("schedule.fired", "", now_s), past.last("request.accepted", "", now_s)
    if fired is not None and now_s - fired.t < PLANNED_S and fired.details.get("goal") != "up":
        return t("schedule {name}", name=fired.subject)
    if accepted is not None and now_s - accepted.t < PLANNED_S:
        return t("as requested")
    return ""


def _is_out(upses: Iterable[str], t: float, past: Past) -> bool:
    return any(past.last_s("outage.confirmed", ups, t) >= past.lost_s(t) for ups in upses)


def halted(group: Group, past: Past) -> str:
    """The time to spare until the first of their UPSes, or of a node's disk, goes off."""
    left: dict[str, float] = {}
    for event in group.events:
        for ups in _needed(event.subject, past):
            falls_s = past.falls_at_s(ups, event.t)
            if falls_s is not None and falls_s >= event.t:
                left[ups] = min(falls_s - event.t, left.get(ups, falls_s))
    if not left:
        return ""
    least = min(left.values())
    first = [ups for ups, s in left.items() if s - least < TOGETHER_S]
    time, upses = whole(least), listed(first, past)
    if len(first) == 1:
        return t("{time} before {upses} goes off", time=time, upses=upses)
    return t("{time} before {upses} go off", time=time, upses=upses)


def _needed(server: str, past: Past) -> list[str]:
    """Its UPSes; of a node those of its disk too, which it must not lose while it runs."""
    disks = past.arrays_of(server) if past.kind(server) == "node" else []
    return [*past.upses_of(server), *(ups for disk in disks for ups in past.upses_of(disk))]


def crashed(group: Group, past: Past) -> str:
    cause = str(group.first.details.get("cause", "power"))
    return t("lost its power while running") if cause == "power" else retold(cause)


# Arrays


def flushing(group: Group, past: Past) -> str:
    """`ups5 and ups6 seen off; limit ends at 754 s`."""
    array = group.first.subject
    of_users = in_order((u for server in past.users_of(array) for u in past.upses_of(server)), past)
    off = [ups for ups in of_users if past.output_off_since_s(ups, group.t) is not None]
    upses = t("{a} and {b}", a=off[0], b=off[1]) if len(off) == 2 else listed(off, past)
    parts = [t("{upses} seen off", upses=upses)] if off else []
    ends_s = past.flush_limit_ends_s(array, group.t)
    if ends_s is not None:
        parts.append(t("limit ends at {time}", time=whole(ends_s - past.zero_s)))
    return t("; ").join(parts)


def flushed(group: Group, past: Past) -> str:
    return took(group, past, "array.flushing")


def lost_data(group: Group, past: Past) -> str:
    return t("lost its power before it was flushed")
