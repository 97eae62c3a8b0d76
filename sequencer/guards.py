"""Why a command is allowed, or not: one pure function for each irreversible command.

Called immediately before the command with fresh observations. `None` allows it. A refusal carries
the id of the safety rule (reliability, section 3.2) and its reason in words; it becomes an event.
Unknown is unknown: a reading that is not fresh allows nothing that needs OK, off, halted, flushed
or ready (S11).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sequencer.ports import (
    ArrayStatus,
    ClusterState,
    ClusterStatus,
    Flush,
    Os,
    Seen,
    ServerStatus,
    Service,
    UpsStatus,
)
from sequencer.site import Array, ArrayRole, Server, Ups


@dataclass(frozen=True, slots=True)
class Refusal:
    rule: str
    reason: str


@dataclass(frozen=True, slots=True)
class Charge:
    """What a battery holds, and what a full stop needs of it; percent."""

    has_pct: float | None
    need_pct: float

    @property
    def enough(self) -> bool:
        return self.has_pct is not None and self.has_pct >= self.need_pct - 1e-6

    def __str__(self) -> str:
        has = "unknown" if self.has_pct is None else f"{self.has_pct:.0f} %"
        return f"{has} of {self.need_pct:.0f} %"


def cause_is_gone(refusal: Refusal | None) -> bool:
    """Refused by S9 because the mains are back. They may go again, and then it is to be asked again."""
    return refusal is not None and refusal.rule == "S9"


def shut_down_server(*, cause: bool, mains_back: bool) -> Refusal | None:
    """S9: nothing is stopped without a cause, nor while its cause is gone."""
    if not cause:
        return Refusal("S9", "no outage is confirmed, no schedule and no request asks for it")
    if mains_back:
        return Refusal("S9", "the mains are back; waiting whether they stay")
    return None


def arm_off(
    ups: Ups,
    seen: Seen[UpsStatus],
    loads: Mapping[str, bool],
    *,
    delay_s: float,
    longest_limit_s: float,
    mains_back: bool,
) -> Refusal | None:
    """S1, S15, S16, S29: arm a delayed OFF once every load has accepted its shutdown.

    `loads`: each managed load and whether it has accepted, is halted, or is declared lost.
    `delay_s`: as read back from the card; `longest_limit_s`: what the slowest load may take.
    """
    if mains_back:
        return Refusal("S9", "the mains are back; waiting whether they stay")
    if seen.fresh and seen.status is not None and seen.status.off_armed:
        return Refusal("S15", f"{ups.name} is counting down already")
    up = [name for name, stopping in loads.items() if not stopping]
    if up:
        return Refusal("S1", f"{', '.join(up)} has not accepted its shutdown")
    if delay_s < longest_limit_s:
        return Refusal("S1", f"off after {delay_s:g} s, but its loads may take {longest_limit_s:g} s")
    return None


def force_server(*, now_s: float, force_at_s: float) -> Refusal | None:
    """S1: forced only when the cut is near; before that it may still halt by itself."""
    if now_s < force_at_s:
        return Refusal("S1", f"not before {force_at_s - now_s:g} s from now")
    return None


def force_stuck(
    server: Server, seen: Seen[ServerStatus], *, goes_up: bool, now_s: float, past_limit_s: float
) -> Refusal | None:
    """S9, S11, S26: one that hangs on its way down while its power stays is forced, to be woken then (H1).

    Only what is to run again, only while it is seen at it, and never before its own limit.
    """
    if not goes_up:
        return Refusal("S9", f"nobody wants {server.name} up")
    if not is_seen(seen, Os.SHUTTING_DOWN):
        return Refusal("S11", f"{server.name} is not seen going down")
    if now_s < past_limit_s:
        return Refusal("S26", f"{server.name} may take {past_limit_s - now_s:g} s more")
    return None


def force_refusing(
    node: Server, seen: Seen[ServerStatus], *, given_up: bool, watches_itself: bool
) -> Refusal | None:
    """S11, S26: one that was not down within its limit, and is seen up still, or at its boot (H9).

    Or on its way down, if no service is heard on it that would force it (`watches_itself`).
    """
    if not given_up:
        return Refusal("S26", f"the limit of {node.name} is not over")
    hangs = is_seen(seen, Os.SHUTTING_DOWN) and not watches_itself
    if not (is_seen(seen, Os.UP) or is_seen(seen, Os.BOOTING) or hangs):
        return Refusal("S11", f"{node.name} is not seen up")
    return None


def is_seen(seen: Seen[ServerStatus], os: Os) -> bool:
    """S11: so, and now."""
    return seen.fresh and seen.status is not None and seen.status.os is os


def flush_array(
    array: Array, servers: Mapping[str, bool], upses: Mapping[str, bool], *, mains_back: bool
) -> Refusal | None:
    """S3, S32: flush when every user is down and its UPS is settled.

    `upses`: the users' UPSes, and whether each is seen off, or given up with an alarm at its limit.
    """
    if array.role is ArrayRole.CONTROL:
        return Refusal("S32", f"{array.name} is a control array; those are never flushed")
    if mains_back:
        return Refusal("S9", "the mains are back; waiting whether they stay")
    up = [name for name, down in servers.items() if not down]
    if up:
        return Refusal("S3", f"{', '.join(up)} may still write to {array.name}")
    on = [name for name, settled in upses.items() if not settled]
    if on:
        return Refusal("S3", f"{', '.join(on)} not seen off")
    return None


def cut_array(
    array: Array,
    ups: Ups,
    *,
    flush_settled: bool,
    controllers_off: Mapping[str, bool],
    servers: Mapping[str, bool],
    mains_back: bool,
) -> Refusal | None:
    """S2, S25, S4: cut after the flush or its limit; controllers before enclosures; never fed mains."""
    if mains_back:
        return Refusal("S9", "the mains are back; a flushed array that is fed is not cut")
    if not flush_settled:
        return Refusal("S2", f"{array.name} is not flushed and its limit is not over")
    up = [name for name, down in servers.items() if not down]
    if up:
        return Refusal("S2", f"{', '.join(up)} may have written since the flush")
    if ups.name in array.enclosures:
        first = array.controllers_alone if ups.name in array.controllers else array.controllers
        on = [name for name in first if not controllers_off[name]]
        if on:
            return Refusal("S4", f"the controllers of {array.name} are still on {', '.join(on)}")
    return None


def stop_cluster(
    unsettled: Mapping[str, str], *, at_floor: str, hold: bool, mains_back: bool, called_off: bool = False
) -> Refusal | None:
    """S5, S9: the control side goes last, while its battery allows it, and while anybody wants it down.

    `unsettled`: what is still on of the linked side, and why, in words. `at_floor`: the control
    UPS whose battery covers only the control stop itself, or ''. `hold` is false where the site
    asks for the reference product's behaviour. `called_off`: it was wanted down, and is not any more.
    """
    if called_off:
        return Refusal("S9", "nobody wants it down any more")
    if mains_back:
        return Refusal("S9", "the mains are back; waiting whether they stay")
    if unsettled and hold and not at_floor:
        return Refusal("S5", "; ".join(f"{name} {why}" for name, why in unsettled.items()))
    return None


def force_cluster(*, now_s: float, asked_at_s: float, limit_s: float) -> Refusal | None:
    """S26: the systems are stopped without the cluster only after its limit."""
    if now_s < asked_at_s + limit_s:
        return Refusal("S26", f"the cluster may take {asked_at_s + limit_s - now_s:g} s more")
    return None


def switch_on(
    ups: Ups,
    seen: Seen[UpsStatus],
    stable: Mapping[str, bool],
    charges: Mapping[str, Charge],
) -> Refusal | None:
    """S7, S16, S17: on only with stable mains everywhere it matters, no OFF armed, charge for a full stop.

    `stable`: the UPSes of the same unit, and whether their mains have been good for long enough.
    `charges`: every UPS whose battery a full stop of this load would need.
    """
    status = seen.status
    if status is None or not seen.fresh:
        return Refusal("S11", f"{ups.name} does not answer")
    if status.off_armed:
        return Refusal("S16", f"{ups.name} is still to go off")
    waits = [name for name, good in stable.items() if not good]
    if waits:
        return Refusal("S7", f"mains of {', '.join(waits)} not stable yet")
    low = [f"{name} {charge}" for name, charge in charges.items() if not charge.enough]
    return Refusal("S17", f"charge for a full stop: {', '.join(low)}") if low else None


def restart_cluster(
    arrays: Mapping[str, Seen[ArrayStatus]], cluster: Seen[ClusterStatus], falling: Collection[str] = ()
) -> Refusal | None:
    """S6, S16: the cluster gets its disks first; a cluster that runs or starts is left alone.

    `falling`: UPSes of the nodes that it would start, which count down.
    """
    if cluster.status is not None and cluster.status.state in (ClusterState.RUNNING, ClusterState.STARTING):
        return Refusal("S6", f"the cluster is {cluster.status.state.value} already")
    return restart_nodes(arrays, falling)


def restart_nodes(arrays: Mapping[str, Seen[ArrayStatus]], falling: Collection[str] = ()) -> Refusal | None:
    """S6: the nodes of a cluster that runs restart when it has its disks: else it would not run again. S16:
    and not onto power that counts down.
    """
    missing = [name for name, seen in arrays.items() if not ready(seen)]
    if missing:
        return Refusal("S6", f"{', '.join(missing)} not ready")
    return Refusal("S16", f"{', '.join(falling)} is still to go off") if falling else None


def start_linked(cluster: ClusterStatus | None) -> Refusal | None:
    """S6: the linked side starts when the cluster runs. One that has never answered holds up nobody."""
    if cluster is None or cluster.state is ClusterState.RUNNING:
        return None
    return Refusal("S6", f"the cluster is {cluster.state.value}")


def start_loads(arrays: Mapping[str, bool]) -> Refusal | None:
    """S8: power for servers is a start of servers; their arrays have been ready long enough."""
    waits = [name for name, held in arrays.items() if not held]
    return Refusal("S8", f"{', '.join(waits)} not ready long enough") if waits else None


def start_server(
    server: Server,
    arrays: Mapping[str, bool],
    *,
    cluster: ClusterStatus | None,
    ran: bool,
    armed: Mapping[str, bool],
    unfit: Mapping[str, str],
) -> Refusal | None:
    """S6, S8, S16, S17, S28: start what ran before, when its arrays have been ready long enough.

    `unfit`: UPSes that it must wait for, and what they lack of mains and charge for a start.
    """
    if not ran:
        return Refusal("S28", f"{server.name} was not running, and nobody wants it up")
    not_ready = start_linked(cluster) or start_loads(arrays)
    if not_ready is not None:
        return not_ready
    falling = [name for name, off in armed.items() if off]
    if falling:
        return Refusal("S16", f"{', '.join(falling)} is still to go off")
    if unfit:
        return Refusal("S17", ", ".join(unfit.values()))
    return None


def start_node(
    node: Server,
    seen: Seen[ServerStatus],
    armed: Mapping[str, bool],
    unfit: Mapping[str, str],
) -> Refusal | None:
    """S11, S16, S17: wake a control node that is there, on stable mains, and not about to lose its power.

    `unfit`: UPSes that it must wait for, and what they lack for a start: stable mains, or charge. Of two that
    feed it one is enough, where it needs no more (X-04).
    """
    if not seen.fresh:
        return Refusal("S11", f"{node.name} does not answer")
    falling = [name for name, off in armed.items() if off]
    if falling:
        return Refusal("S16", f"{', '.join(falling)} is still to go off")
    return Refusal("S17", ", ".join(unfit.values())) if unfit else None


# What a reading proves.


def ready(seen: Seen[ArrayStatus]) -> bool:
    return seen.fresh and seen.status is not None and seen.status.service is Service.READY


def flushed(seen: Seen[ArrayStatus]) -> bool:
    return seen.fresh and seen.status is not None and seen.status.flush is Flush.DONE


def off(
    seen: Seen[UpsStatus], *, now_s: float, falls_at_s: float | None, loads_halted: bool, extra_s: float
) -> bool:
    """Evidence that a UPS is off (DESIGN §3). Silence alone proves nothing.

    It says so; or that was its last word and it has been silent since (off and without mains it
    stays off, and with mains its card answers); or its last word was that it counts down, its loads
    are halted, its delay and `extra_s` are over, and it is silent, also since before (ADR 0007). An OFF
    that nobody has seen accepted proves nothing.
    """
    if seen.status is None:
        return False
    if seen.fresh or not seen.status.output_on:
        return not seen.status.output_on
    ran_out = falls_at_s is not None and now_s >= falls_at_s + extra_s
    return seen.status.off_armed and loads_halted and ran_out
