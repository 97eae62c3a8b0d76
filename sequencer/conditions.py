"""The named conditions that steps wait for, in the operator's words."""

from __future__ import annotations

from sequencer.ports import (
    ArrayStatus,
    ClusterState,
    ClusterStatus,
    Condition,
    Flush,
    HostStatus,
    Os,
    PeerStatus,
    ServerStatus,
    Service,
    UpsStatus,
)

ON_BATTERY = Condition[UpsStatus]("on battery", lambda s: s.output_on and s.on_battery)
LIVES_ON_BATTERY = Condition[UpsStatus]("output on without mains", lambda s: s.output_on and not s.mains)
MAINS_BACK = Condition[UpsStatus]("mains back", lambda s: s.mains)
MAINS_AWAY = Condition[UpsStatus]("mains away", lambda s: not s.mains)
MAINS_BACK_OR_LOW = Condition[UpsStatus]("mains back, or low battery", lambda s: s.mains or s.low_battery)
OUTPUT_OFF = Condition[UpsStatus]("output off", lambda s: not s.output_on)
OUTPUT_ON = Condition[UpsStatus]("output on", lambda s: s.output_on)
OFF_OR_AWAY = Condition[UpsStatus]("output off, or mains away", lambda s: not (s.output_on and s.mains))
ON_OR_AWAY = Condition[UpsStatus]("output on, or mains away", lambda s: s.output_on or not s.mains)
ANSWERS = Condition[UpsStatus]("answering", lambda s: True)
CHARGE_TOLD = Condition[UpsStatus]("telling its charge", lambda s: s.charge_pct is not None)
CHARGE_UNTOLD = Condition[UpsStatus]("not telling its charge", lambda s: s.charge_pct is None)
NOTHING_ARMED = Condition[UpsStatus]("no OFF counting down", lambda s: not s.off_armed)
GOES_OFF = Condition[UpsStatus]("off, or an OFF counting down", lambda s: s.off_armed or not s.output_on)
COUNTS_DOWN = Condition[UpsStatus]("an OFF counting down", lambda s: s.off_armed and s.output_on)
FED_COUNTS_DOWN = Condition[UpsStatus](
    "an OFF counting down while the mains are there", lambda s: s.off_armed and s.output_on and s.mains
)

HOST_ANSWERS = Condition[HostStatus]("answering", lambda s: True)
HOST_IS_GONE = Condition[HostStatus]("silent", lambda s: False)
SERVER_ANSWERS = Condition[ServerStatus]("answering", lambda s: True)
HALTED = Condition[ServerStatus]("halted", lambda s: s.os is Os.HALTED)
STOPPING = Condition[ServerStatus]("shutting down", lambda s: s.os is Os.SHUTTING_DOWN)
STARTS = Condition[ServerStatus]("booting", lambda s: s.os in (Os.BOOTING, Os.UP))
GOES_DOWN = Condition[ServerStatus]("going down", lambda s: s.os is not Os.UP)
RUNS = Condition[ServerStatus]("not halted", lambda s: s.os is not Os.HALTED)
LEAVES = Condition[ServerStatus]("shutting down, or halted", lambda s: s.os in (Os.SHUTTING_DOWN, Os.HALTED))
OUT_OF_IT = Condition[ServerStatus]("no longer shutting down", lambda s: s.os is not Os.SHUTTING_DOWN)
OUT_OF_WORK = Condition[ServerStatus]("halted, or booting", lambda s: s.os in (Os.HALTED, Os.BOOTING))
UP_OR_HALTED = Condition[ServerStatus]("up, or halted", lambda s: s.os in (Os.UP, Os.HALTED))
UP_OR_STOPPING = Condition[ServerStatus](
    "up, or on its way down", lambda s: s.os in (Os.UP, Os.SHUTTING_DOWN)
)
UP = Condition[ServerStatus]("up", lambda s: s.os is Os.UP)

ARRAY_ANSWERS = Condition[ArrayStatus]("answering", lambda s: True)
FLUSHED = Condition[ArrayStatus]("flushed", lambda s: s.flush is Flush.DONE)
NOT_FLUSHING = Condition[ArrayStatus]("flush over", lambda s: s.flush is not Flush.UNDER_WAY)
READY = Condition[ArrayStatus]("ready", lambda s: s.service is Service.READY)
NOT_READY = Condition[ArrayStatus]("not ready", lambda s: s.service is not Service.READY)

RUNNING = Condition[ClusterStatus]("running", lambda s: s.state is ClusterState.RUNNING)
STOPPED = Condition[ClusterStatus](
    "stopped", lambda s: s.state in (ClusterState.STOPPED, ClusterState.WAITING_FOR_DISK)
)
MOVES = Condition[ClusterStatus](
    "running, or starting", lambda s: s.state in (ClusterState.RUNNING, ClusterState.STARTING)
)
STANDS = Condition[ClusterStatus]("standing still", lambda s: not MOVES.met(s))
STOPS = Condition[ClusterStatus]("stopping", lambda s: s.state is ClusterState.STOPPING)
NOT_STOPPING = Condition[ClusterStatus]("not stopping", lambda s: s.state is not ClusterState.STOPPING)

PEER_ANSWERS = Condition[PeerStatus]("the peer answers", lambda s: True)
PEER_IS_GONE = Condition[PeerStatus]("the peer is silent", lambda s: False)
PEER_COMMANDS = Condition[PeerStatus]("the peer commands", lambda s: s.commands)
PEER_IS_ALIKE = Condition[PeerStatus]("the peer goes by the same site file", lambda s: s.alike)
PEER_IS_IDLE = Condition[PeerStatus]("the peer does not command", lambda s: not s.commands)
PEER_KEEPS = Condition[PeerStatus]("the peer's journal keeps what it writes", lambda s: s.keeps)
PEER_LOSES_IT = Condition[PeerStatus]("the peer's journal is broken", lambda s: not s.keeps)
PEER_IS_WELL = Condition[PeerStatus](
    "the peer's journal is well, and its site file ours", lambda s: s.keeps and s.alike
)
PEER_LEAVES_IT = Condition[PeerStatus](
    "the peer's journal is broken, and it does not command",
    lambda s: s.alike and not (s.keeps or s.commands),
)


def runtime_below(runtime_s: float) -> Condition[UpsStatus]:
    """Its battery's floor, or anything that makes the floor moot."""
    return Condition(
        f"runtime below {runtime_s:g} s, low battery, or mains back",
        lambda s: s.mains or (s.output_on and (s.low_battery or is_short(s.runtime_s, runtime_s))),
        runtime_below_s=runtime_s,
    )


def battery_ends(left_s: float) -> Condition[UpsStatus]:
    return Condition(
        f"on battery, with no more than {left_s:g} s left",
        lambda s: ON_BATTERY.met(s) and (s.low_battery or is_short(s.runtime_s, left_s)),
        runtime_below_s=left_s,
    )


def is_short(runtime_s: float | None, of_s: float) -> bool:
    return runtime_s is not None and runtime_s <= of_s


def falls_after(limit_s: float) -> Condition[UpsStatus]:
    """By its settings an OFF takes its output no sooner than that."""
    return Condition(f"a delay of {limit_s:g} s", lambda s: s.graceful_off_s >= limit_s)


def charge_at_least(charge_pct: float) -> Condition[UpsStatus]:
    return Condition(
        f"charge {charge_pct:.0f} %",
        lambda s: s.charge_pct is not None and s.charge_pct >= charge_pct,
        charge_above_pct=charge_pct,
    )


def not_held_by(node: str) -> Condition[ClusterStatus]:
    return Condition(f"{node} no longer holds the cluster", lambda s: s.holder != node)


def held_beside(node: str) -> Condition[ClusterStatus]:
    return Condition(
        f"another node than {node} holds the cluster", lambda s: s.holder is not None and s.holder != node
    )


def members_beside(named: frozenset[str]) -> Condition[ClusterStatus]:
    names = ", ".join(sorted(named)) or "nobody"
    return Condition(
        f"others than {names} take part in the cluster", lambda s: bool(s.members) and s.members != named
    )


HELD = Condition[ClusterStatus]("a node holds the cluster", lambda s: s.holder is not None)
