"""What somebody outside may ask of the sequencer: power off and on, hold, and news of the cluster's manager.

The same values come from the command line, an application, the socket of live mode, and a story.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Wish(Enum):
    POWER_OFF = "power_off"
    """Named servers and what only they use; nobody named: the whole site, control side last (R2-05)."""
    POWER_ON = "power_on"
    """Named servers; nobody named: everything, also where nothing starts by itself (R10-03)."""
    HOLD = "hold"
    """The named devices receive no command until they are released (S27)."""
    RELEASE = "release"
    CLUSTER_SHUTDOWN = "cluster_shutdown"
    """The cluster's manager is shutting the whole cluster down, systems too (R2-08)."""
    CLUSTER_REBOOT = "cluster_reboot"
    """The same, and everything boots again: nothing is switched (R2-08)."""
    SERVER_SHUTDOWN = "server_shutdown"
    """The cluster's manager is shutting down one node (R2-09)."""
    SERVER_REBOOT = "server_reboot"


MANAGERS = frozenset({Wish.CLUSTER_SHUTDOWN, Wish.CLUSTER_REBOOT, Wish.SERVER_SHUTDOWN, Wish.SERVER_REBOOT})
"""Wishes that the cluster's manager carries out itself; we are told, and see to the power."""

REBOOTS = frozenset({Wish.CLUSTER_REBOOT, Wish.SERVER_REBOOT})


@dataclass(frozen=True, slots=True)
class Request:
    id: str
    """Unique; the same request heard twice is one."""
    wish: Wish
    of: tuple[str, ...] = ()
    """Servers; for hold and release any devices. Empty: everything."""
    by: str = ""
    """Who asks, for the journal."""
