"""What a running service says of itself when it is asked: who commands, what it waits for, what it sees.

The tree is what goes over the request socket as JSON; `status_json` turns it. Whatever is not known is
None or says so, and every reading has its age: a number without one would be believed.
"""

from __future__ import annotations

from dataclasses import dataclass, field

OK = "ok"
UNREACHABLE = "unreachable"
LOST_ITS_UPS = "lost_its_ups"
"""The card answers; its UPS does not answer the card."""
AUTHENTICATION = "authentication"
"""It answers, and does not take our user or pass phrase."""


@dataclass(frozen=True, slots=True)
class Incident:
    open: bool = False
    epoch: int = 0
    goal: str = ""
    """`down` or `up` while one is open."""
    since: str = ""
    """ISO 8601 with the offset."""
    cause: str = ""


@dataclass(frozen=True, slots=True)
class Wait:
    """One thing the runbook waits for now."""

    subject: str
    step: str
    for_s: float
    """How long it has waited."""
    limit_s: float | None = None
    """When it gives up; None: it has no limit, e.g. until the mains are back."""
    rule: str = ""
    """The safety rule that forbids to go on, S1 to S36; empty: it only waits for the device."""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class UpsView:
    name: str
    label: str = ""
    state: str = OK
    words: str = ""
    """Why it cannot be reached, or what is odd about it."""
    mains: bool | None = None
    output_on: bool | None = None
    on_battery: bool | None = None
    low_battery: bool | None = None
    off_armed: bool | None = None
    charge_pct: float | None = None
    runtime_s: float | None = None
    load_pct: float | None = None
    age_s: float | None = None
    """Of the reading; None: it has never answered in this life."""
    fresh: bool = False
    """Young enough to act on (S11)."""


@dataclass(frozen=True, slots=True)
class ServerView:
    name: str
    os: str | None = None
    """`up`, `shutting down`, `halted`, `booting`."""
    age_s: float | None = None
    fresh: bool = False
    words: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class ArrayView:
    name: str
    service: str | None = None
    """`starting`, `ready`, `fault`."""
    flush: str | None = None
    """`not asked`, `under way`, `done`."""
    age_s: float | None = None
    fresh: bool = False
    words: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class ClusterView:
    name: str = ""
    state: str | None = None
    holder: str | None = None
    age_s: float | None = None
    fresh: bool = False
    words: str = ""


@dataclass(frozen=True, slots=True)
class PeerView:
    name: str
    reachable: bool
    commands: bool | None = None
    alike: bool | None = None
    """Whether its site file is ours; a node with another one may not command."""
    words: str = ""
    site_hash: str = ""
    """Of the file it goes by; empty: it is not heard."""


@dataclass(frozen=True, slots=True)
class ChangeView:
    """One key of the site file that is another on the disk than in the service."""

    key: str
    """As one writes it with dots: `upses.ups3.confirm`."""
    need: str
    """What it takes until it counts: `reload`, `service`, `cluster`, `servers`."""
    of: tuple[str, ...] = ()
    """Of which nodes, cluster or servers."""


@dataclass(frozen=True, slots=True)
class ConfigurationView:
    """The site file that the service goes by, and the one that its next start would go by (R6-45)."""

    path: str = ""
    """Of the file that was loaded; empty: nobody keeps an eye on it."""
    pending: str = ""
    """SHA-256 of the other one; empty: there is no other."""
    pending_path: str = ""
    pending_from: str = ""
    """The control node that has sent it; empty: it was written here."""
    wrong: str = ""
    """Why it cannot be gone by at all."""
    not_armed: str = ""
    """Why a service that goes by it could not be armed."""
    changes: tuple[ChangeView, ...] = ()
    """The first of them."""
    changed: int = 0
    """How many keys there are; 0: comments or the order only."""
    need: str = ""
    """The weightiest of what they need."""


@dataclass(frozen=True, slots=True)
class JournalView:
    healthy: bool = True
    words: str = ""


@dataclass(frozen=True, slots=True)
class AlarmView:
    time: str
    """ISO 8601 with the offset."""
    subject: str
    text: str
    rule: str = ""


@dataclass(frozen=True, slots=True)
class LatenessView:
    """How late the service itself was."""

    max_s: float = 0.0
    gaps: int = 0
    """Times it was stopped or asleep."""


@dataclass(frozen=True)
class Status:
    site: str
    node: str
    site_hash: str
    life: str
    since: str
    """When this life began, ISO 8601 with the offset."""
    armed: bool
    """False: it only watches, and sends no command to any device."""
    why_not: str = ""
    """Why it is not armed."""
    stopped: bool = False
    """The emergency stop stands: nothing is sent to any device."""
    commander: str | None = None
    """The node that commands, as far as this one knows."""
    commands: bool = False
    """It is this one."""
    incident: Incident = Incident()
    waits: tuple[Wait, ...] = ()
    upses: tuple[UpsView, ...] = ()
    servers: tuple[ServerView, ...] = ()
    arrays: tuple[ArrayView, ...] = ()
    cluster: ClusterView = ClusterView()
    peers: tuple[PeerView, ...] = ()
    journal: JournalView = JournalView()
    alarms: tuple[AlarmView, ...] = ()
    """The last ones, oldest first."""
    lateness: LatenessView = field(default_factory=LatenessView)
    configuration: ConfigurationView = ConfigurationView()
