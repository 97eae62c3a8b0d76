"""What happens to the pretend room, and when: mains, faults, hands, requests. Given by a scenario file."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from sequencer.requests import Wish
from sim.faults.fault import Fault


class Manager(Enum):
    """What people do with the cluster's own manager, past the sequencer."""

    SHUTDOWN = "shutdown"
    REBOOT = "reboot"
    START = "start"
    """Only of the cluster: what it needs after all its nodes went down one by one (R9-01)."""


@dataclass(frozen=True, slots=True)
class MainsChange:
    """The mains of a feed, or of the input of one UPS, go or come back."""

    at_s: float
    of: str
    """Name of a feed or of a UPS."""
    lost: bool


@dataclass(frozen=True, slots=True)
class FaultChange:
    at_s: float
    fault: Fault
    subject: str
    present: bool = True
    amount: float = 0.0
    """Of a fault that has one; in seconds, percent or times."""


@dataclass(frozen=True, slots=True)
class ClockStep:
    """Somebody, or a time service, sets the clock of a server (T1, R12-03)."""

    at_s: float
    server: str
    by_s: float
    """Forward, or back when negative."""


@dataclass(frozen=True, slots=True)
class Asked:
    """An application or an operator asks the sequencer for something (R2-05)."""

    at_s: float
    wish: Wish
    of: tuple[str, ...] = ()
    by: str = ""
    to: str = ""
    """The one node that is asked; empty: every node that is up."""


@dataclass(frozen=True, slots=True)
class Managed:
    """The cluster's manager shuts down, reboots or starts by itself (R2-08, R2-09)."""

    at_s: float
    deed: Manager
    of: str
    """The cluster, or one of its nodes."""


@dataclass(frozen=True, slots=True)
class Pressed:
    """The operator's finger on the button of a UPS (R10-05)."""

    at_s: float
    ups: str


@dataclass(frozen=True, slots=True)
class Booted:
    """The operator's finger on the button of a server (H6)."""

    at_s: float
    server: str


@dataclass(frozen=True, slots=True)
class HostChange:
    """A watched host of the LAN falls silent, or answers again (R8-04)."""

    at_s: float
    address: str
    answers: bool


Happening = MainsChange | FaultChange | ClockStep | Asked | Managed | Pressed | Booted | HostChange
