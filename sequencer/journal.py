"""The durable facts of an incident: only what cannot be observed (DESIGN §2).

Where the runbook stands is not stored; it follows from what is seen. A node's rows survive its
death, its times do not: after a boot an armed timer of an earlier life is only a hint.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from math import inf
from typing import Any

WANTS = "wants"
"""What is announced when a want was heard from a peer; one of our own is announced to everybody."""
ASKED = "asked"
"""What is announced when a peer passes a request on."""
PLANS = "plans"
"""And when it tells that a planned stop or an incident begins, or that one is over."""


class Kind(Enum):
    LEASE = "lease"
    """This node commands from now on."""
    DECLARED = "declared"
    """An outage counts from now on; what was running. Opens the incident if none is open."""
    RAN = "ran"
    """A server that nobody had heard when the outage was declared, and that runs."""
    CONFIRMED = "confirmed"
    """One UPS lost its mains for its confirm time."""
    OFF_ARMED = "off_armed"
    """Write-ahead: a UPS is about to be told to go off."""
    SEEN_OFF = "seen_off"
    """A UPS has been seen off in an outage. Its card has no power then, and nobody sees it again."""
    SEEN_ON = "seen_on"
    """One of these gives power again, by a hand perhaps; and its card may fall silent yet (O1). With a time:
    the node on it has come back with its mains by then, and is still to go as wanted (T7)."""
    SEEN_DOWN = "seen_down"
    """A control node that stopped alone has been seen halted, with its UPSes off or counting down (S13)."""
    FLUSH_ASKED = "flush_asked"
    FLUSH_SETTLED = "flush_settled"
    USED_AGAIN = "used_again"
    """A user of an array has been started since its flush was asked for: it is to be flushed again (S2)."""
    CLUSTER_STOP_ASKED = "cluster_stop_asked"
    CLUSTER_RESTART_ASKED = "cluster_restart_asked"
    FORCED = "forced"
    PLANNED = "planned"
    """A planned stop of some servers begins; what an earlier one wrote down is over."""
    WANTED = "wanted"
    """A schedule, a request or the cluster's manager wants some servers up or down."""
    REACHED = "reached"
    """One of them is as wanted; from here on an operator's hand is not fought (O1)."""
    RESTARTS = "restarts"
    """A control node that is wanted down goes down only to boot again: that stop is still to come."""
    SHUT_DOWN = "shut_down"
    """A system was halted with its power on, in no incident, by nobody here: as people want it (S28)."""
    HELD = "held"
    """A device is in somebody's hands, or released again (S27)."""
    ASKED = "asked"
    """A node that does not command was asked for something, and passes it on without noting it."""
    REFUSED = "refused"
    """A request will not be carried out, and why: by neither node (S28)."""
    START_ASKED = "start_asked"
    """The operator wants everything started that waits for it (R10-03)."""
    WATCHED = "watched"
    """Up to this wall time no instant of a schedule was missed."""
    JOB = "job"
    """A job on a server has ended."""
    TURNED = "turned"
    """From here on the goal is up again."""
    CLOSED = "closed"


REACHED = "reached"
"""What is announced besides when a peer tells that somebody is as he was wanted."""

TOPICS = {Kind.WANTED: WANTS, Kind.ASKED: ASKED} | dict.fromkeys(
    (Kind.PLANNED, Kind.DECLARED, Kind.CLOSED), PLANS
)
"""What else than its subject a peer's row is about."""

LASTING = frozenset({Kind.WANTED, Kind.REACHED, Kind.RESTARTS, Kind.SHUT_DOWN, Kind.HELD, Kind.WATCHED})
"""Facts that outlive the incident in which they were written."""


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
    returns: bool = False
    """Told in an outage to come back with the mains, whatever is wanted of what it feeds meanwhile."""
    life: str = ""
    """Whose row it is,"""
    wall_s: float | None = None
    """and what his wall clock showed then: a hint to another life. None: nobody knows when it began."""
    at_s: float = 0.0
    """When that life wrote it, on its own clock: it proves something beside another row of that life."""
    wanted_down: bool = False
    """Somebody on it was by then: that he boots with the mains is a hand's doing (T7)."""
    back_s: float | None = None
    """By when who lives on it had come back with them, on his wall clock: a later boot is a hand's, too."""
    sleeps: bool = False
    """Told to come back by itself after a time, if there are mains then."""
    after_s: float = -inf
    """From when the last word counts that wanted somebody on it down by then: wall time, as the word has it.
    Its writer's own clock may have been put back since that was said (T4)."""

    def wakes(self, said_s: float | None) -> bool:
        """Who boots with the mains does so for it, and no hand; `said_s`: when he was wanted down, on a wall
        clock. Whom an older word wanted down as it was told, a later one finds on his way down (T7)."""
        older = said_s is not None and self.wall_s is not None and max(self.wall_s, self.after_s) < said_s
        return self.returns and (older or not self.wanted_down)

    @property
    def falls_at_s(self) -> float:
        return self.heard_s + self.falls_in_s

    def is_over(self, row: Row, heard_s: float) -> bool:
        """When this row was heard, or when its writer wrote it, if he wrote both: a life that has only begun
        hears all of them in one moment (C2)."""
        written_later = row.life == self.life and row.at_s >= self.at_s + self.falls_in_s
        return written_later or self.falls_at_s <= heard_s


class Goal(Enum):
    """What is wanted of a server."""

    UP = "up"
    DOWN = "down"
    REBOOT = "reboot"


@dataclass(frozen=True, slots=True)
class Want:
    """What was wanted last of one server, and by whom."""

    goal: Goal
    at_s: float
    """Wall time of the instant or the request, seconds since 1970 UTC."""
    cause: str
    """Id of the instant or the request."""
    epoch: int = 0
    """Of the last incident that its writer knew."""
    by: str = ""
    """The node by whose clock that is."""


LATER_S = 0.001
"""Of two words at the same time the one that wants a server up counts; so a later one is later."""


def _sooner(want: Want) -> tuple[float, bool]:
    return want.at_s, want.goal is not Goal.UP
