"""The small words of the table: rows of names, seconds, durations."""

from __future__ import annotations

from collections.abc import Iterable

from sequencer.events import Event
from teiden.language.say import t
from teiden.narration.past import Past

MOST_NAMES = 4
"""`blade1 blade2 rack1 rack2` stands in full, six UPSes as `ups1 .. ups6`."""
MOST_COUNTED = 12
"""By eye; more of them are counted for the reader."""


def listed(names: Iterable[str], past: Past, joint: str = " ") -> str:
    """`ups5 ups6`, `ups1 .. ups6`, or with holes `blade1 blade2 blade4 blade7 and 3 more`."""
    found = in_order(names, past)
    if len(found) <= MOST_NAMES:
        return joint.join(found)
    if _without_holes(found, past):
        counted = f" ({len(found)})" if len(found) > MOST_COUNTED else ""
        return f"{found[0]} .. {found[-1]}{counted}"
    return t("{names} and {n} more", names=joint.join(found[:MOST_NAMES]), n=len(found) - MOST_NAMES)


def in_order(names: Iterable[str], past: Past) -> list[str]:
    """Each once, as the site lists its devices."""
    return sorted(dict.fromkeys(names), key=lambda name: past.order.get(name, len(past.order)))


def _without_holes(names: list[str], past: Past) -> bool:
    """All of them stand side by side among the devices of their kind and role."""
    first = past.device(names[0])
    if first is None:
        return False
    like = past.of_kind(first.kind, first.role)
    if names[0] not in like:
        return False
    start = like.index(names[0])
    return like[start : start + len(names)] == names


def whole(seconds: float) -> str:
    """`258 s`; half a second is nothing in a table of hours."""
    return t("{n} s", n=f"{seconds:.0f}")


def duration(seconds: float) -> str:
    """`45 s`, `20 min 56 s`, `4 h 1 min`, `2 d 3 h`."""
    s = round(seconds)
    if s < 120:
        return t("{n} s", n=s)
    if s < 3600:
        great, small = t("{n} min", n=s // 60), s % 60 and t("{n} s", n=s % 60)
    elif s < 2 * 86400:
        great, small = t("{n} h", n=s // 3600), s % 3600 // 60 and t("{n} min", n=s % 3600 // 60)
    else:
        great, small = t("{n} d", n=s // 86400), s % 86400 // 3600 and t("{n} h", n=s % 86400 // 3600)
    return f"{great} {small}" if small else great


def number_in(event: Event, key: str) -> float | None:
    """A number among the details; a foreign stream may hold anything there."""
    value = event.details.get(key)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
