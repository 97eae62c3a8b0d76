"""Why servers stop and how much time they had to spare; how the flush of an array went."""

from __future__ import annotations

from collections.abc import Iterable

from teiden.narration.decided import confirmations, took
from teiden.narration.groups import Group
from teiden.narration.past import Past
from teiden.narration.words import in_order, listed, whole

TOGETHER_S = 2.0
"""UPSes that go off within this go off together."""


def stopping(group: Group, past: Past) -> str:
    """They use an array that is about to be flushed, or their own power is out."""
    t = group.t
    if past.kind(group.first.subject) != "node":
        used = {array for server in group.subjects for array in past.arrays_of(server)}
        out = [array for array in used if _is_out(past.upses_of(array), t, past)]
        if out:
            return f"{'they use' if len(group.subjects) > 1 else 'it uses'} {listed(out, past)}"
    upses = in_order((ups for server in group.subjects for ups in past.upses_of(server)), past)
    confirmed = [past.last("outage.confirmed", ups, t) for ups in upses]
    return confirmations((e for e in confirmed if e is not None and e.t >= past.lost_s(t)), past)


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
    return f"{whole(least)} before {listed(first, past)} {'goes' if len(first) == 1 else 'go'} off"


def _needed(server: str, past: Past) -> list[str]:
    """Its UPSes; of a node those of its disk too, which it must not lose while it runs."""
    disks = past.arrays_of(server) if past.kind(server) == "node" else []
    return [*past.upses_of(server), *(ups for disk in disks for ups in past.upses_of(disk))]


def crashed(group: Group, past: Past) -> str:
    cause = str(group.first.details.get("cause", "power"))
    return "lost its power while running" if cause == "power" else cause


# Arrays


def flushing(group: Group, past: Past) -> str:
    """`ups5 and ups6 seen off; limit ends at 754 s`."""
    array = group.first.subject
    upses = in_order((u for server in past.users_of(array) for u in past.upses_of(server)), past)
    off = [ups for ups in upses if past.output_off_since_s(ups, group.t) is not None]
    parts = [f"{' and '.join(off) if len(off) == 2 else listed(off, past)} seen off"] if off else []
    ends_s = past.flush_limit_ends_s(array, group.t)
    if ends_s is not None:
        parts.append(f"limit ends at {whole(ends_s - past.zero_s)}")
    return "; ".join(parts)


def flushed(group: Group, past: Past) -> str:
    return took(group, past, "array.flushing")


def lost_data(group: Group, past: Past) -> str:
    return "lost its power before it was flushed"
