"""What a table of a MIB must say: what to ask, what the answers mean, and how each command is given.

Tables are data and pure functions: they know no socket. `engine.py` asks, `driver.py` combines.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from realtime.snmp.reading import Reading
from realtime.snmp.values import Oid, Values
from sequencer.ports import Off
from sequencer.site import Ups


class Kind(Enum):
    """The SNMP type that a value is sent as. A wrong one is refused (wrongType)."""

    INTEGER = "INTEGER"
    TICKS = "TimeTicks"


@dataclass(frozen=True, slots=True)
class Order:
    """One SET, in a PDU of its own."""

    oid: Oid
    value: int
    kind: Kind = Kind.INTEGER
    kept: tuple[int, int] | None = None
    """Of an order that only prepares the last one: between what it must read back for that one to be sent."""


Orders = tuple[Order, ...]
"""In this order. Only the last one does something to the power; those before it are read back."""


@dataclass(frozen=True, slots=True)
class Impossible:
    """This table has no such command; nothing was sent."""

    words: str


@dataclass(frozen=True, slots=True)
class Keep:
    """One setting of the site that the card has a place for."""

    setting: str
    """The field's name in `sequencer.site.Ups` and in `Settings`."""
    order: Order
    asked: float
    """In the unit of the setting."""


class Table(Protocol):
    name: str
    fast: tuple[Oid, ...]
    """Asked at every poll."""
    slow: tuple[Oid, ...]
    """Identity and settings: asked at the start, after a start of the card, and every few minutes."""
    columns: tuple[Oid, ...]
    """Columns whose rows are looked up together with the slow set, and asked at every poll."""
    at_once: frozenset[Off]
    """The ways that wait for no delay of the card."""

    def also(self, values: Values) -> tuple[Oid, ...]:
        """Columns that must be read now because of what was read: the alarms, if there are any."""
        ...

    def reading(self, values: Values) -> Reading: ...

    def off(self, how: Off, *, delay_s: float, sleep_s: float) -> Orders | Impossible:
        """`delay_s`: until the output falls, for tables that are told it with the command."""
        ...

    def on(self) -> Orders: ...

    def keeps(self, ups: Ups) -> tuple[Keep, ...]:
        """The site's settings as this table's SETs."""
        ...
