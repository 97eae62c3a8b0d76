"""What a site file says about scheduled running: when servers go off and on, and by which causes.

Plain frozen values, as `site.py`; `calendar.py` makes instants of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Cause(Enum):
    """What may switch a server off or on by itself; an outage always may (R2-03, R8-02, R8-03)."""

    SCHEDULE = "schedule"
    LAN = "lan"
    """Off only: every watched host has fallen silent (R8-04)."""
    RESTORE = "restore"
    """On only: the mains are back after an outage."""


class Combine(Enum):
    """How several off-causes go together."""

    ANY = "any"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Schedule:
    """When some servers are switched off and on, in the site's time zone (R8-01..R8-04, R10-54).

    Written as in the site file; `sequencer.calendar` makes instants of it. All control nodes, or
    linked servers; never both.
    """

    name: str
    servers: tuple[str, ...]
    days: str = "daily"
    """Days of the off: daily, mon-fri, mon,wed, 2026-12-24, holidays; several separated by commas."""
    off: str = ""
    """22:00 or 22:39:59; empty: no scheduled off."""
    on: str = ""
    """Empty: no scheduled on."""
    on_days: str = ""
    """Days of the on; empty: at the next `on` time after every off."""
    except_dates: tuple[str, ...] = ()
    """Days, written as in `days`, on which neither happens."""
    off_by: tuple[Cause, ...] = (Cause.SCHEDULE,)
    off_when: Combine = Combine.ANY
    on_by: tuple[Cause, ...] = (Cause.SCHEDULE, Cause.RESTORE)
    catch_up_s: float = 600.0
    """An off that was missed is made up for this long; an on always is (L6)."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """Which days `holidays` means in a schedule."""

    country: str = ""
    """ISO code of the country whose public holidays count: JP. Empty: none."""
    closed: tuple[str, ...] = ()
    """The site's own closed days: 2026-12-29, or a range 2026-12-29..2027-01-03."""


@dataclass(frozen=True, slots=True)
class LanWatch:
    """Machines on the LAN whose silence means that nobody works any more (R8-04)."""

    hosts: tuple[str, ...] = ()
    """Addresses."""
    silent_s: float = 300.0
    """All of them silent this long."""
