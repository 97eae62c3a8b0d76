"""The small words of the table: rows of names, seconds, durations."""

from __future__ import annotations

from collections.abc import Iterable

from sequencer.events import Event
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
    return f"{joint.join(found[:MOST_NAMES])} and {len(found) - MOST_NAMES} more"


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
    return f"{seconds:.0f} s"


def duration(seconds: float) -> str:
    """`45 s`, `20 min 56 s`, `4 h 1 min`, `2 d 3 h`."""
    s = round(seconds)
    if s < 120:
        return f"{s} s"
    if s < 3600:
        return _two(s // 60, "min", s % 60, "s")
    if s < 2 * 86400:
        return _two(s // 3600, "h", s % 3600 // 60, "min")
    return _two(s // 86400, "d", s % 86400 // 3600, "h")


def _two(great: int, unit: str, small: int, small_unit: str) -> str:
    return f"{great} {unit} {small} {small_unit}" if small else f"{great} {unit}"


def number_in(event: Event, key: str) -> float | None:
    """A number among the details; a foreign stream may hold anything there."""
    value = event.details.get(key)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
