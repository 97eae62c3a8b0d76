"""What a node says in the stream when a reading of a device has changed. The same in both rooms."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import simpy

from sequencer.events import Stream
from sequencer.ports import (
    ArrayStatus,
    ClusterState,
    ClusterStatus,
    Flush,
    HostStatus,
    Os,
    ServerStatus,
    Service,
    UpsStatus,
)

S = TypeVar("S")

Noticed = Callable[[S | None, S | None], None]
"""What a port calls with the reading before and the new one; None: nothing is known, or nobody answers."""

SERVER_EVENTS = {
    Os.UP: "server.up",
    Os.SHUTTING_DOWN: "server.shutting_down",
    Os.HALTED: "server.halted",
    Os.BOOTING: "server.booting",
}

CLUSTER_EVENTS = {
    ClusterState.RUNNING: "cluster.running",
    ClusterState.STOPPING: "cluster.stopping",
    ClusterState.STOPPED: "cluster.stopped",
    ClusterState.STARTING: "cluster.starting",
    ClusterState.WAITING_FOR_DISK: "cluster.stopped",
}


def of_ups(old: UpsStatus | None, new: UpsStatus | None) -> list[str]:
    """`old` is None if nothing was known, or it was stale; `new` is None when the card falls silent."""
    if new is None:
        return ["card.silent"]
    events = [] if old is not None else ["card.answering"]
    if old is None or old.output_on != new.output_on:
        events.append("ups.output_on" if new.output_on else "ups.output_off")
    if new.output_on and (old is None or not old.output_on or old.on_battery != new.on_battery):
        events.append("ups.on_battery" if new.on_battery else "ups.on_line")
    if new.low_battery and (old is None or not old.low_battery):
        events.append("ups.low_battery")
    if new.off_armed and (old is None or not old.off_armed):
        events.append("ups.off_armed")
    return events


def of_server(old: ServerStatus | None, new: ServerStatus | None) -> list[str]:
    """Silence of a management controller is no news of its server."""
    return [] if new is None else [SERVER_EVENTS[new.os]]


def of_host(old: HostStatus | None, new: HostStatus | None) -> list[str]:
    return ["host.silent" if new is None else "host.answering"]


def of_array(old: ArrayStatus | None, new: ArrayStatus | None) -> list[str]:
    if new is None:
        return []
    events = []
    if old is None or old.service is not new.service:
        events.append("array.ready" if new.service is Service.READY else "array.starting")
    if old is not None and old.flush is not new.flush and new.flush is not Flush.NOT_ASKED:
        events.append("array.flushed" if new.flush is Flush.DONE else "array.flushing")
    return events


def of_cluster(old: ClusterStatus | None, new: ClusterStatus | None) -> list[str]:
    if new is None or (old is not None and old.state is new.state):
        return []
    return [CLUSTER_EVENTS[new.state]]


def noticing(
    news: Callable[[S | None, S | None], list[str]],
    env: simpy.Environment,
    stream: Stream,
    subject: str,
    by: str,
) -> Noticed[S]:
    """What a life notices goes into the stream, but for its very first reading: that is no change."""
    first = True

    def noticed(old: S | None, new: S | None) -> None:
        nonlocal first
        was_first, first = first, False
        if not was_first:
            for event in news(old, new):
                stream.seen(float(env.now), event, subject, by)

    return noticed


def counting(
    noticed: Noticed[UpsStatus],
    env: simpy.Environment,
    ups: str,
    since_s: dict[str, float],
    found_s: dict[str, float],
    offs_s: dict[str, float],
) -> Noticed[UpsStatus]:
    """The same, and since when this UPS counts down, as long as it is watched; and since when it is off.

    Nobody knows that of one that is found at it, nor of one that was silent: it may have been told anew. By
    then it did, and no later.
    """

    def told(old: UpsStatus | None, new: UpsStatus | None) -> None:
        if new is not None and new.output_on:
            offs_s.pop(ups, None)
        elif new is not None and old is not None and old.output_on:
            offs_s[ups] = float(env.now)
        if new is None or not new.off_armed:
            since_s.pop(ups, None)
            found_s.pop(ups, None)
        elif old is None:
            found_s[ups] = float(env.now)
        elif not old.off_armed:
            since_s[ups] = float(env.now)
        noticed(old, new)

    return told


def moving(
    noticed: Noticed[ClusterStatus], env: simpy.Environment, moved_s: dict[str, float]
) -> Noticed[ClusterStatus]:
    """The same, and since when its group has been with whom it names, if this life has watched it come."""
    holder: str | None = None
    first = True

    def told(old: ClusterStatus | None, new: ClusterStatus | None) -> None:
        nonlocal holder, first
        if new is not None:
            if new.holder != holder:
                moved_s.clear()
                moved_s.update({new.holder: float(env.now)} if new.holder and not first else {})
            holder, first = new.holder, False
        noticed(old, new)

    return told


def unnoticed(old: object, new: object) -> None:
    """What a reading tells is not written down."""
