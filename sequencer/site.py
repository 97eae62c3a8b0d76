"""The site as the sequencer knows it: what feeds what, who uses which array, and every limit.

Plain frozen values. They are read from the site file by `teiden.files` and checked there for shape; whether
the settings are *safe* is for `teiden check`. How long things typically take is the pretend room's `model:`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from typing import TypeVar

from sequencer.schedules import Calendar, LanWatch, Schedule

T = TypeVar("T")


class Timing(Enum):
    """How a UPS turns its settings into the delay between an OFF and the loss of output."""

    LEGACY = "legacy"
    """Graceful OFF: shutdown delay + low-battery runtime + 120 s (R10-06)."""
    LCD = "lcd"
    """Models with outlet groups: the group's own off delay (X-06)."""
    RFC1628 = "rfc1628"
    """upsShutdownAfterDelay: the number of seconds we ask for."""


class OffMode(Enum):
    """When the delayed OFF of a servers' UPS is armed."""

    WITH_SHUTDOWN = "with_shutdown"
    """Together with the shutdown request (R10-27): fast."""
    AFTER_HALT = "after_halt"
    """Only when every load is seen halted: slower, proof before the command."""


class ArrayRole(Enum):
    CONTROL = "control"
    LINKED = "linked"


class ServerRole(Enum):
    CONTROL = "control"
    LINKED = "linked"
    POOL = "pool"


class AcLink(Enum):
    """What a server does when its power comes back (BIOS setting)."""

    BOOT = "boot"
    STAY_OFF = "stay_off"
    LAST_STATE = "last_state"


class FlushOrder(Enum):
    SERIAL = "serial"
    PARALLEL = "parallel"


class ControlStop(Enum):
    """What the control side does when its own confirm time comes while a flush still runs."""

    HOLD = "hold"
    """Wait while the battery allows (S5)."""
    DOCUMENT = "document"
    """Stop at the confirm time regardless, as the reference product does (R10-02)."""


@dataclass(frozen=True, slots=True)
class Snmp:
    mib: str = "apc"
    version: str = "3"
    user: str = ""
    secret: str = ""


@dataclass(frozen=True, slots=True)
class Polling:
    """Fixed-rate polling of every device, seconds."""

    on_line_s: float = 5.0
    on_battery_s: float = 2.0
    timeout_s: float = 1.0
    """A request without an answer is given up after this long."""

    def stale_after_s(self, period_s: float) -> float:
        """A reading older than this satisfies no guard: two missed polls and one time-out (S11)."""
        return 2 * period_s + self.timeout_s


@dataclass(frozen=True, slots=True)
class Ups:
    name: str
    number: int
    feed: str
    confirm_s: float
    """Mains must be away this long before it counts as an outage (R6-10)."""
    timing: Timing = Timing.LEGACY
    shutdown_delay_s: float = 180.0
    low_battery_runtime_s: float = 120.0
    power_off_delay_s: float = 90.0
    """`lcd` and `rfc1628` only: the delay asked for, or set on the outlet group."""
    reboot_on_restore: bool = True
    """Comes back without a hand on its button (R6-19)."""
    return_delay_s: float = 0.0
    min_return_charge_pct: float = 0.0
    warm_up_rank: int = 1
    """Low numbers are switched on first (R6-21)."""
    warm_up_time_s: float = 0.0
    """Lead before the servers in scheduled running, a multiple of 360 s (R6-22)."""
    off: OffMode = OffMode.WITH_SHUTDOWN
    immediate_off_honours_grace: bool = False
    """Old cards wait the shutdown delay even for an immediate OFF."""
    runtime_s: float | None = None
    """Battery runtime at full load that the site counts on; None: not stated."""
    card: str = ""
    snmp: Snmp = Snmp()
    label: str = ""


@dataclass(frozen=True, slots=True)
class Array:
    name: str
    role: ArrayRole
    controllers: tuple[str, ...]
    """UPSes that feed the controllers; any one of them keeps them alive."""
    enclosures: tuple[str, ...]
    """UPSes that feed the disk enclosures; any one of them keeps them alive."""
    address: str = ""
    label: str = ""

    @property
    def upses(self) -> tuple[str, ...]:
        """Every UPS of the array in the order in which they are cut: controllers before enclosures (S4)."""
        return tuple(dict.fromkeys((*self.controllers_alone, *self.controllers, *self.enclosures)))

    @property
    def controllers_alone(self) -> tuple[str, ...]:
        """UPSes that feed the controllers and no enclosure: the first to be cut, the last to go on."""
        return tuple(u for u in self.controllers if u not in self.enclosures)


@dataclass(frozen=True, slots=True)
class Linkage:
    """How the linked arrays are flushed; common to all of them (R6-43)."""

    port: int = 6001
    flush_limit_s: float = 300.0
    flush_order: FlushOrder = FlushOrder.SERIAL
    seen_off_limit_s: float = 60.0
    """The servers' UPSes not seen off this long after they should be: flush anyway, with an alarm."""


@dataclass(frozen=True, slots=True)
class Job:
    """A program that a server runs when it has started, or before its system stops (R2-06, R2-07)."""

    name: str
    run: tuple[str, ...]
    """The program and its arguments; no shell."""
    limit_s: float = 60.0
    """Past it nobody waits for the job any more; it is recorded as timed out."""


@dataclass(frozen=True, slots=True)
class Server:
    name: str
    role: ServerRole
    upses: tuple[str, ...]
    minimum_supplies: int = 1
    """It runs while this many of its UPSes give power (X-04)."""
    arrays: tuple[str, ...] = ()
    address: str = ""
    mac: str = ""
    ac_link: AcLink = AcLink.BOOT
    shutdown_by: str = "ssh"
    shutdown_host: str = ""
    shutdown_limit_s: float = 180.0
    label: str = ""
    start_jobs: tuple[Job, ...] = ()
    stop_jobs: tuple[Job, ...] = ()

    @property
    def stop_limit_s(self) -> float:
        """From the request to halted: its stop jobs, one after the other, then its system."""
        return sum(job.limit_s for job in self.stop_jobs) + self.shutdown_limit_s


@dataclass(frozen=True, slots=True)
class Cluster:
    name: str
    nodes: tuple[str, ...]
    """Lowest-numbered first: this one commands while no cluster runs."""
    shutdown_limit_s: float
    floating_ip: str = ""
    broadcast: str = "255.255.255.255"
    port: int = 4000
    management_port: int = 26102
    linked: bool = True
    """Cluster linkage is on at every node (R7-01)."""
    stop_at_outage: bool = True
    """The cluster as a whole stops before its nodes do (R7-02)."""
    ac_mode: bool = True
    """`clpacmode enable`: its manager's shutdowns and reboots are told to us (R7-08, R2-08)."""


@dataclass(frozen=True, slots=True)
class Switch:
    """A LAN or FC switch. Without a LAN switch nobody answers and nothing is woken (R1-11)."""

    name: str
    upses: tuple[str, ...]
    kind: str = "lan"
    minimum_supplies: int = 1


@dataclass(frozen=True, slots=True)
class Start:
    """Conditions and limits of the way up, and of waits that belong to no single device."""

    auto: bool = True
    """False: after an outage everything stays off until the operator's button (R10-03)."""
    mains_stable_s: float = 60.0
    ready_hold_s: float = 10.0
    gap_s: float = 10.0
    """Between two servers' UPSes (R10-26)."""
    first_look_limit_s: float = 30.0
    """A node that boots waits this long for a fresh view of every UPS."""
    peer_limit_s: float = 120.0
    """While no cluster runs, a peer silent this long no longer holds the command."""
    switch_on_limit_s: float = 120.0
    array_limit_s: float = 1800.0
    """From power to ready. Some arrays charge their cache batteries first: mind the data sheet (A8)."""
    cluster_limit_s: float = 1200.0
    server_limit_s: float = 900.0
    skew_limit_s: float = 30.0
    """Clocks that differ by more than this are worth an alarm (R12-02)."""
    wake_after_s: float = 10.0
    """A server that has power and does not boot by itself this long is woken over the LAN (R9-35)."""


@dataclass(frozen=True, slots=True)
class Group:
    """One power-control group as the console shows it."""

    name: str
    devices: tuple[str, ...] = ()
    """UPSes in the peripheral slot (連動装置)."""
    power: tuple[str, ...] = ()
    """UPSes in the server power slot (電源装置)."""
    servers: tuple[str, ...] = ()
    groups: tuple[Group, ...] = ()


@dataclass(frozen=True)
class Site:
    name: str
    feeds: tuple[str, ...]
    upses: dict[str, Ups]
    arrays: dict[str, Array]
    servers: dict[str, Server]
    cluster: Cluster
    product: str = "ver2.1"
    ssc: str = ""
    """Version of SigmaSystemCenter on the control nodes (R1-05); empty: not stated."""
    time_zone: str = "UTC"
    polling: Polling = Polling()
    linkage: Linkage = Linkage()
    switches: dict[str, Switch] = field(default_factory=dict)
    control_stop: ControlStop = ControlStop.HOLD
    force_before_s: float = 60.0
    """A load still up this long before its UPS falls is forced off (DESIGN §3)."""
    start: Start = Start()
    groups: tuple[Group, ...] = ()
    schedules: dict[str, Schedule] = field(default_factory=dict)
    calendar: Calendar = field(default_factory=Calendar)
    lan_watch: LanWatch = field(default_factory=LanWatch)

    # Who belongs to whom. Everything below follows from the fields above.

    @cached_property
    def linked_servers(self) -> tuple[Server, ...]:
        return tuple(s for s in self.servers.values() if s.role is ServerRole.LINKED)

    @cached_property
    def pool_servers(self) -> tuple[Server, ...]:
        return tuple(s for s in self.servers.values() if s.role is ServerRole.POOL)

    @cached_property
    def control_nodes(self) -> tuple[Server, ...]:
        """In the cluster's order: the first is the lowest-numbered."""
        return tuple(self.servers[name] for name in self.cluster.nodes)

    @cached_property
    def linked_arrays(self) -> tuple[Array, ...]:
        return tuple(a for a in self.arrays.values() if a.role is ArrayRole.LINKED)

    @cached_property
    def control_arrays(self) -> tuple[Array, ...]:
        return tuple(a for a in self.arrays.values() if a.role is ArrayRole.CONTROL)

    @cached_property
    def node_upses(self) -> tuple[Ups, ...]:
        """UPSes that feed control nodes (①② of the document)."""
        names = {u for node in self.control_nodes for u in node.upses}
        return tuple(u for u in self.upses.values() if u.name in names)

    @cached_property
    def control_array_upses(self) -> tuple[Ups, ...]:
        """UPSes that feed control arrays and no control node (③)."""
        names = {u for a in self.control_arrays for u in a.upses}
        return tuple(u for u in self.upses.values() if u.name in names - self.names_of_node_upses)

    @cached_property
    def names_of_node_upses(self) -> frozenset[str]:
        return frozenset(u.name for u in self.node_upses)

    @cached_property
    def names_of_control_array_upses(self) -> frozenset[str]:
        return frozenset(u.name for u in self.control_array_upses)

    @cached_property
    def names_of_linked_array_upses(self) -> frozenset[str]:
        return frozenset(u.name for u in self.linked_array_upses)

    @cached_property
    def control_upses(self) -> tuple[Ups, ...]:
        return (*self.node_upses, *self.control_array_upses)

    @cached_property
    def linked_array_upses(self) -> tuple[Ups, ...]:
        """UPSes that feed linked arrays (④)."""
        names = {u for a in self.linked_arrays for u in a.upses}
        return tuple(u for u in self.upses.values() if u.name in names)

    @cached_property
    def server_upses(self) -> tuple[Ups, ...]:
        """UPSes that feed linked or pool servers and nothing of the control side (⑤⑥)."""
        names = {u for s in (*self.linked_servers, *self.pool_servers) for u in s.upses}
        control = self.names_of_node_upses | self.names_of_control_array_upses
        names = names - control - self.names_of_linked_array_upses
        return tuple(u for u in self.upses.values() if u.name in names)

    @cached_property
    def _upses_by_feed(self) -> dict[str, tuple[Ups, ...]]:
        return _by((), self.upses.values(), lambda ups: (ups.feed,))

    def upses_on_feed(self, feed: str) -> tuple[Ups, ...]:
        return self._upses_by_feed[feed]

    @cached_property
    def _servers_by_ups(self) -> dict[str, tuple[Server, ...]]:
        return _by(self.upses, self.servers.values(), lambda server: server.upses)

    def servers_on(self, ups: str) -> tuple[Server, ...]:
        """Every server, pool servers too, that draws from this UPS."""
        return self._servers_by_ups[ups]

    @cached_property
    def _arrays_by_ups(self) -> dict[str, tuple[Array, ...]]:
        return _by(self.upses, self.arrays.values(), lambda array: array.upses)

    def arrays_on(self, ups: str) -> tuple[Array, ...]:
        return self._arrays_by_ups[ups]

    def switches_on(self, ups: str) -> tuple[Switch, ...]:
        return tuple(s for s in self.switches.values() if ups in s.upses)

    @cached_property
    def _users_by_array(self) -> dict[str, tuple[Server, ...]]:
        return _by(self.arrays, self.servers.values(), lambda server: server.arrays)

    def users_of(self, array: str) -> tuple[Server, ...]:
        return self._users_by_array[array]

    @cached_property
    def names_of_server_upses(self) -> frozenset[str]:
        return frozenset(u.name for u in self.server_upses)

    def server_upses_of(self, array: str) -> tuple[Ups, ...]:
        """The server UPSes of everyone who uses this array: seen off before it is flushed (S3)."""
        names = dict.fromkeys(
            u for s in self.users_of(array) for u in s.upses if u in self.names_of_server_upses
        )
        return tuple(self.upses[name] for name in names)


def _by(
    keys: Iterable[str], things: Iterable[T], of: Callable[[T], Iterable[str]]
) -> dict[str, tuple[T, ...]]:
    """Who belongs to each of these, in the order of the things."""
    table: dict[str, list[T]] = {key: [] for key in keys}
    for thing in things:
        for key in of(thing):
            table.setdefault(key, []).append(thing)
    return {key: tuple(found) for key, found in table.items()}
