"""What happens to the pretend room, and when: mains, faults. Given by a scenario file."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Fault(Enum):
    """What can be wrong with a device, with the ids of the fault catalogue."""

    FLUSH_NEVER_ENDS = "flush_never_ends"  # A2
    ARRAY_UNREACHABLE = "array_unreachable"  # A3
    SERVER_HANGS = "server_hangs"  # H1
    SERVER_DOES_NOT_BOOT = "server_does_not_boot"  # H9
    CARD_SILENT = "card_silent"  # U2
    OFF_IGNORED = "off_ignored"  # U5
    CLUSTER_STOP_HANGS = "cluster_stop_hangs"  # C11
    NODE_CRASHES = "node_crashes"  # C2
    BATTERY_COLLAPSES = "battery_collapses"  # P6


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


Happening = MainsChange | FaultChange
