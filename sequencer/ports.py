"""The questions the sequencer may ask of a room, and the answers it may get.

Two rooms answer them: `sim/` and `realtime/`. To look, every device port offers `seen()` (the last
poll, computed at once), `look()` (a fresh read now) and `until(condition)` (the next poll at which
a named condition holds, or at which the reading has turned stale). An answer never fails: device
trouble is the value `Unreachable`, or a `Receipt` that says no.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

import simpy

if TYPE_CHECKING:
    from sequencer.journal import Row
    from sequencer.requests import Request
    from sequencer.site import Job

T = TypeVar("T")
S = TypeVar("S")

Steps = Generator[simpy.Event, Any, T]
"""What a runbook is: a generator over events that returns a T. Always `yield from` it."""


class Answer(simpy.Event, Generic[T]):
    """An event that will carry a T: `status = yield from ups.look()`."""

    def __init__(self, env: simpy.Environment, withdraw: Callable[[], None] | None = None) -> None:
        super().__init__(env)
        self._withdraw = withdraw

    def __iter__(self) -> Steps[T]:
        value: T = yield self
        return value

    def withdraw(self) -> None:
        """Nobody waits for this any more; the port may forget it."""
        if self._withdraw is not None and not self.triggered:
            self._withdraw()


@dataclass(frozen=True, slots=True)
class Unreachable:
    """No answer within the time-out. It says nothing about the device (S11)."""

    reason: str = "no answer"


class Progress(Enum):
    """How far a goal is, as far as it can be observed or is remembered."""

    NOT_ASKED = "not asked"
    UNDER_WAY = "under way"
    MET = "met"


class Accepted(Enum):
    YES = "accepted"
    NO = "refused"
    UNKNOWN = "no answer"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What came back for a command. Accepted is not done: that is seen by looking."""

    accepted: Accepted
    reason: str = ""
    falls_in_s: float | None = None
    """For an OFF: seconds until the output falls, with the delays as the card really has them."""
    sent: bool = True
    """Else a guard of ours has refused it."""

    @property
    def ok(self) -> bool:
        return self.accepted is Accepted.YES


@dataclass(frozen=True)
class Seen(Generic[S]):
    """The last reading of a device. `status` is None if it never answered."""

    status: S | None
    at_s: float
    fresh: bool
    """Not older than two poll periods and a time-out. Only a fresh reading satisfies a guard."""


@dataclass(frozen=True)
class Condition(Generic[S]):
    """A named, discrete condition on a status. A drifting value needs its threshold said."""

    words: str
    met: Callable[[S], bool]
    runtime_below_s: float | None = None
    charge_above_pct: float | None = None


# What a look at each kind of device tells.


@dataclass(frozen=True, slots=True)
class UpsStatus:
    """None: the card did not say."""

    mains: bool
    """Its input voltage is good. Told also while the output is off."""
    output_on: bool
    on_battery: bool
    """The output is fed from the battery now. False while the output is off."""
    low_battery: bool
    off_armed: bool
    """An accepted OFF counts down."""
    charge_pct: float | None
    runtime_s: float | None
    """At the present load."""
    card_uptime_s: float
    graceful_off_s: float
    delayed_off_s: float
    immediate_off_s: float
    """The three delays as the card's own settings, read back, give them (S29)."""
    load_pct: float | None = None
    """Nothing is decided by it: for pages and statistics."""

    def like(self, other: UpsStatus) -> bool:
        """They differ in drifting values at most."""
        return (self.mains, self.output_on, self.low_battery, self.off_armed) == (
            other.mains,
            other.output_on,
            other.low_battery,
            other.off_armed,
        )

    @property
    def hurries(self) -> bool:
        """A reason to poll at the faster rate."""
        return self.on_battery or self.off_armed


class Os(Enum):
    UP = "up"
    SHUTTING_DOWN = "shutting down"
    HALTED = "halted"
    BOOTING = "booting"


@dataclass(frozen=True, slots=True)
class ServerStatus:
    """Told by the management controller: it answers while the machine has power, up or halted."""

    os: Os
    clock_s: float | None = None
    """What its own clock shows, seconds since 1970 UTC; None if it does not tell."""
    up_s: float | None = None
    """How long ago the boot of its system began; None if it does not tell."""

    def like(self, other: ServerStatus) -> bool:
        """They differ in times at most."""
        return self.os is other.os


class JobResult(Enum):
    """How a job on a server ended."""

    DONE = "done"
    FAILED = "failed"
    TIMED_OUT = "timed out"


@dataclass(frozen=True, slots=True)
class HostStatus:
    """A watched host of the LAN answers; one that does not is `Unreachable` (R8-04)."""


class Service(Enum):
    STARTING = "starting"
    READY = "ready"
    FAULT = "fault"


class Flush(Enum):
    NOT_ASKED = "not asked"
    UNDER_WAY = "under way"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class ArrayStatus:
    service: Service
    flush: Flush


class ClusterState(Enum):
    RUNNING = "running"
    STOPPING = "stopping"
    STOPPED = "stopped"
    STARTING = "starting"
    WAITING_FOR_DISK = "waiting for its disk"


@dataclass(frozen=True, slots=True)
class ClusterStatus:
    state: ClusterState
    holder: str | None
    """The node that holds the cluster group (the floating IP)."""
    members: frozenset[str] | None = None
    """Of one that runs: the nodes that take part. One whose system is up need not. None: not known."""


@dataclass(frozen=True, slots=True)
class PeerStatus:
    commands: bool
    """The peer says that it is the commander, or is about to be."""
    alike: bool = True
    """It goes by the same site file as we do, byte for byte (C9)."""
    keeps: bool = True
    """Its journal keeps what it writes (C5)."""


class Off(Enum):
    """The ways to tell a UPS to go off."""

    NOW = "now"
    """At once; stays off."""
    GRACEFUL = "graceful"
    """After ①; stays off whatever the line does."""
    DELAYED = "delayed"
    """After the shutdown delay alone; stays off."""
    UNTIL_MAINS = "until_mains"
    """After ①; comes back by itself when the mains are good (R10-23)."""
    CONSERVE = "conserve"
    """At once; comes back with the mains. Refused unless on battery."""
    SLEEP = "sleep"
    """After ①; comes back by itself when its sleep is over and the mains are good (R10-51, R10-56)."""


Look = Answer[S | Unreachable]


class Looker(Protocol[S]):
    """The looking half of every device port."""

    def seen(self) -> Seen[S]: ...
    def look(self) -> Answer[S | Unreachable]: ...
    def until(self, condition: Condition[S], *, eager: bool = False) -> Answer[Seen[S]]: ...


class UpsPort(Protocol):
    def seen(self) -> Seen[UpsStatus]: ...
    def look(self) -> Answer[UpsStatus | Unreachable]: ...
    def until(self, condition: Condition[UpsStatus], *, eager: bool = False) -> Answer[Seen[UpsStatus]]: ...
    def switch_off(self, how: Off, *, sleep_s: float = 0.0) -> Answer[Receipt]:
        """`sleep_s`: for SLEEP, how long the output is to stay off; the card rounds it (R10-56)."""
        ...

    def switch_on(self) -> Answer[Receipt]: ...


class ServerPort(Protocol):
    def seen(self) -> Seen[ServerStatus]: ...
    def look(self) -> Answer[ServerStatus | Unreachable]: ...
    def until(
        self, condition: Condition[ServerStatus], *, eager: bool = False
    ) -> Answer[Seen[ServerStatus]]: ...
    def shut_down(self) -> Answer[Receipt]: ...
    def force(self) -> Answer[Receipt]: ...
    def wake(self) -> Answer[Receipt]: ...
    def reboot(self) -> Answer[Receipt]:
        """Shut its system down and boot it again, with the power on all the while."""
        ...

    def run(self, job: Job) -> Answer[JobResult | Unreachable]:
        """Run a job on it; answers when the job has ended, at its limit at the latest."""
        ...


class ArrayPort(Protocol):
    def seen(self) -> Seen[ArrayStatus]: ...
    def look(self) -> Answer[ArrayStatus | Unreachable]: ...
    def until(
        self, condition: Condition[ArrayStatus], *, eager: bool = False
    ) -> Answer[Seen[ArrayStatus]]: ...
    def flush(self) -> Answer[Receipt]: ...


class ClusterPort(Protocol):
    """The cluster as the node we run on knows it."""

    def seen(self) -> Seen[ClusterStatus]: ...
    def look(self) -> Answer[ClusterStatus | Unreachable]: ...
    def until(
        self, condition: Condition[ClusterStatus], *, eager: bool = False
    ) -> Answer[Seen[ClusterStatus]]: ...
    def stop(self) -> Answer[Receipt]: ...
    def start(self) -> Answer[Receipt]: ...
    def restart(self) -> Answer[Receipt]:
        """Shut the cluster down and boot all its nodes again."""
        ...

    def force(self) -> Answer[Receipt]:
        """Stop waiting for the cluster: the nodes' systems may be shut down without it."""
        ...


class PeerPort(Protocol):
    """The service on another control node."""

    def seen(self) -> Seen[PeerStatus]: ...
    def look(self) -> Answer[PeerStatus | Unreachable]: ...
    def until(self, condition: Condition[PeerStatus], *, eager: bool = False) -> Answer[Seen[PeerStatus]]: ...
    def copy(self, *rows: Row) -> None:
        """Send journal rows; best effort, nobody waits for it."""
        ...

    def fetch(self) -> Answer[Receipt]:
        """Ask for every row it knows: answers when they have arrived here as copies, or it is silent."""
        ...


class JournalPort(Protocol):
    """This node's durable memory."""

    @property
    def healthy(self) -> bool:
        """What is committed is kept. Once it is not, only what is safe without a memory is done (C5)."""
        ...

    def rows(self) -> Answer[tuple[Row, ...]]: ...
    def commit(self, row: Row) -> Answer[None]: ...


class HostPort(Protocol):
    """A machine on the LAN of which only its presence matters (R8-04)."""

    def seen(self) -> Seen[HostStatus]: ...
    def look(self) -> Answer[HostStatus | Unreachable]: ...
    def until(self, condition: Condition[HostStatus], *, eager: bool = False) -> Answer[Seen[HostStatus]]: ...


class WallPort(Protocol):
    """This node's wall clock. It may be wrong, and it may step (R12-02, R12-03)."""

    def now(self) -> datetime:
        """Aware, in UTC."""
        ...

    def until(self, instant: datetime) -> Answer[None]:
        """Answers when the clock shows the instant or later; a step over it answers at once."""
        ...


class RequestPort(Protocol):
    """Where applications, operators and the cluster's manager say what they want (R2-05, R2-08)."""

    def next(self) -> Answer[Request]: ...
    def reply(self, request: Request, *, refusal: str = "") -> None:
        """Tell whoever asked: accepted, or why not."""
        ...


@dataclass(frozen=True)
class Ports:
    """Everything one node can reach."""

    upses: dict[str, UpsPort]
    servers: dict[str, ServerPort]
    arrays: dict[str, ArrayPort]
    cluster: ClusterPort
    peers: dict[str, PeerPort]
    journal: JournalPort
    wall: WallPort
    requests: RequestPort
    hosts: dict[str, HostPort]
    """The watched hosts of the LAN, by their address."""
    countdowns_s: dict[str, float] = field(default_factory=dict)
    """UPSes that this life has watched begin to count down, and when a reading told it first;"""
    found_s: dict[str, float] = field(default_factory=dict)
    """or has found at it, and since when it is heard to be;"""
    offs_s: dict[str, float] = field(default_factory=dict)
    """and go off. Until then they may have given power."""
    moved_s: dict[str, float] = field(default_factory=dict)
    """Who holds the cluster's group, and when a reading told that first, if this life has watched it come."""
    booted: bool = False
    """Our system has booted since an earlier life of ours began, whatever the clocks show (T4); no other life
    has begun in it. False also where that is not known."""
