"""What a card says, as plain Python: numbers, octets and OIDs; and what may be believed of it.

Cards say "not known" in many ways: no such object, an empty string, -1, the largest number of the type.
All of them are None here, and so is what cannot be true: unknown is unknown.
"""

from __future__ import annotations

from collections.abc import Container, Mapping

Oid = str
"""Dotted numbers without a leading dot: `1.3.6.1.2.1.1.3.0`. No MIB file is ever read."""

Value = int | bytes | str
"""INTEGER, Gauge32, Counter and TimeTicks; OCTET STRING; OBJECT IDENTIFIER, dotted."""

Values = Mapping[Oid, Value | None]
"""What came back by what was asked. None, or no such key: the card does not have it."""

SYS_UP_TIME: Oid = "1.3.6.1.2.1.1.3.0"
"""TimeTicks since the card started. It wraps after 497 days, which then looks like a start."""

SENTINELS = frozenset((-1, 65535, 2147483647, 2147483648, 4294967295))
"""Numbers that cards say when they mean nothing: seen in recordings of eight makers' cards."""

LONGEST_RUNTIME_S = 30 * 86400.0
"""No battery lasts longer. 65535 min would."""


def number(value: Value | None) -> int | None:
    """An integer; also one that a card tells as text. An empty cell is no number."""
    if isinstance(value, int):
        return value
    if isinstance(value, bytes):
        digits = value.strip(b" \0")
        if digits.removeprefix(b"-").isdigit() and len(digits) <= 11:
            return int(digits)
    return None


def sensible(value: Value | None, least: int, most: int) -> int | None:
    """The number, if it is one of those that can be meant."""
    told = number(value)
    return None if told is None or not least <= told <= most else told


def one_of(value: Value | None, known: Container[int]) -> int | None:
    told = number(value)
    return told if told is not None and told in known else None


def seconds(value: Value | None, unit_s: float, longest_s: float = LONGEST_RUNTIME_S) -> float | None:
    """A time in whole `unit_s` (0.01 for TimeTicks, 60 for minutes); sentinels and absurd ones are None."""
    told = number(value)
    if told is None or told in SENTINELS or not 0 <= told * unit_s <= longest_s:
        return None
    return told * unit_s


def text(value: Value | None) -> str | None:
    """What a person would call it; blanks, NUL octets and control characters say nothing."""
    if not isinstance(value, bytes):
        return None
    told = value.decode("utf-8", errors="replace").replace("\0", " ")
    told = "".join(sign if sign.isprintable() else " " for sign in told).strip()
    return told[:LONGEST_NAME] or None


LONGEST_NAME = 64
"""A hostile card may send 64 kB as its model."""


def percent(coarse: Value | None, tenths: Value | None, most: int = 100) -> float | None:
    """A share that a card tells in whole per cent, in tenths, or both: 0 in one of them is "not supported".

    The finer one wins. 0 in both, or 0 in the only one there is, stays 0.
    """
    fine = sensible(tenths, 0, most * 10)
    whole = sensible(coarse, 0, most)
    if fine:
        return fine / 10
    if whole is not None:
        return float(whole)
    return None if fine is None else 0.0
