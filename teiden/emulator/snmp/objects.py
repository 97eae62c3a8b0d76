"""What an agent's tables are made of: kinds of values, objects that can be read or written, and refusals."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

Oid = tuple[int, ...]
Value = int | str | bytes | Oid

TICKS = 100
"""TimeTicks are hundredths of a second (RFC 2578)."""

LARGEST = 2**32 - 1
"""Of Gauge32 and TimeTicks."""


class Kind(Enum):
    """The ASN.1 types that a UPS's tables use."""

    INTEGER = "INTEGER"
    GAUGE = "Gauge32"
    TICKS = "TimeTicks"
    STRING = "OCTET STRING"
    OID = "OBJECT IDENTIFIER"


class Refusal(Enum):
    """Why a SET is refused, by its names in RFC 3416; version 1 knows fewer and is told the nearest."""

    NO_ACCESS = "noAccess"
    WRONG_TYPE = "wrongType"
    WRONG_LENGTH = "wrongLength"
    WRONG_VALUE = "wrongValue"
    """Version 1 says badValue."""
    GEN_ERR = "genErr"
    NOT_WRITABLE = "notWritable"
    INCONSISTENT = "inconsistentValue"


class Refused(Exception):
    """One variable of a SET cannot be set; nothing of the request has been applied, unless it is genErr."""

    def __init__(self, refusal: Refusal, index: int = 0) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal
        self.index = index
        """Counted from 0."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One object. `check` and `put` of a writable one raise `Refused`; `check` must change nothing."""

    kind: Kind
    get: Callable[[], Value | None]
    """None: no such instance at present (a row of a table that comes and goes)."""
    put: Callable[[Value], None] | None = None
    check: Callable[[Value], None] | None = None


class Bound(NamedTuple):
    """A variable with its value."""

    oid: Oid
    kind: Kind
    value: Value


def dotted(text: str) -> Oid:
    """`1.3.6.1` as numbers."""
    return tuple(int(number) for number in text.split("."))


def constant(kind: Kind, value: Value) -> Entry:
    return Entry(kind, lambda: value)


def within(lowest: int, highest: int) -> Callable[[Value], None]:
    """A check: whole numbers from lowest to highest."""

    def check(value: Value) -> None:
        if not (isinstance(value, int) and lowest <= value <= highest):
            raise Refused(Refusal.WRONG_VALUE)

    return check


def one_of(*allowed: int) -> Callable[[Value], None]:
    """A check: one of an enumeration."""

    def check(value: Value) -> None:
        if value not in allowed:
            raise Refused(Refusal.WRONG_VALUE)

    return check


def at_most(octets: int) -> Callable[[Value], None]:
    """A check: a text of this length or shorter."""

    def check(value: Value) -> None:
        if isinstance(value, str | bytes) and len(value) > octets:
            raise Refused(Refusal.WRONG_LENGTH)

    return check
