"""The durable facts of an incident: only what cannot be observed (DESIGN §2).

Where the runbook stands is not stored; it follows from what is seen. A node's rows survive its
death, its times do not: after a boot an armed timer of an earlier life is only a hint.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any


class Kind(Enum):
    LEASE = "lease"
    """This node commands from now on."""
    DECLARED = "declared"
    """An outage counts from now on; what was running. Opens the incident if none is open."""
    CONFIRMED = "confirmed"
    """One UPS lost its mains for its confirm time."""
    OFF_ARMED = "off_armed"
    """Write-ahead: a UPS is about to be told to go off."""
    FLUSH_ASKED = "flush_asked"
    FLUSH_SETTLED = "flush_settled"
    CLUSTER_STOP_ASKED = "cluster_stop_asked"
    CLUSTER_RESTART_ASKED = "cluster_restart_asked"
    FORCED = "forced"
    TURNED = "turned"
    """From here on the goal is up again."""
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Row:
    """One durable fact. `at_s` is the writer's clock and means nothing to another life."""

    kind: Kind
    subject: str
    epoch: int
    life: str
    at_s: float
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Armed:
    heard_s: float
    """When this life committed, received or recalled the row: the earliest that it knows of."""
    falls_in_s: float

    @property
    def falls_at_s(self) -> float:
        return self.heard_s + self.falls_in_s


class Facts:
    """What the rows of the last incident say, whatever the order in which they come.

    A node that was down when they were written hears them late, from its peer; so every row only
    adds to what is known of its epoch, and rows of an earlier epoch add nothing.
    """

    def __init__(self) -> None:
        self._begin(0)

    def _begin(self, epoch: int) -> None:
        self.epoch = epoch
        self.declared = False
        self.turned = False
        self.closed = False
        self.was_running: frozenset[str] = frozenset()
        self.confirmed: set[str] = set()
        self.armed: dict[str, Armed] = {}
        self.flush_asked: set[str] = set()
        self.flush_settled: set[str] = set()

    @property
    def open(self) -> bool:
        return self.declared and not self.closed

    @property
    def down(self) -> bool:
        """The goal of the open incident: down, or up again."""
        return self.open and not self.turned

    def learn(self, rows: Iterable[Row], heard_s: float) -> None:
        for row in rows:
            self.apply(row, heard_s)

    def apply(self, row: Row, heard_s: float) -> None:
        """`heard_s` on the clock of this life. A late hearing only makes it wait longer."""
        if row.epoch > self.epoch:
            self._begin(row.epoch)
        elif row.epoch < self.epoch or self.closed:
            return  # about an incident that is over
        match row.kind:
            case Kind.DECLARED:
                self.declared = True
                self.was_running |= frozenset(row.details["was_running"])
            case Kind.CONFIRMED:
                self.confirmed.add(row.subject)
            case Kind.OFF_ARMED:
                self.armed[row.subject] = Armed(heard_s, float(row.details["falls_in_s"]))
            case Kind.FLUSH_ASKED:
                self.flush_asked.add(row.subject)
            case Kind.FLUSH_SETTLED:
                self.flush_settled.add(row.subject)
            case Kind.TURNED:
                self.turned = True
            case Kind.CLOSED:
                self._begin(row.epoch)
                self.closed = True
            case _:
                pass  # kept for the record; what follows from it is observed
