"""The end of a stop that is under way already: a force of one that hangs in it, or has no power any more."""

from __future__ import annotations

from sequencer.events import Event
from sequencer.site import Server
from teiden.judge.invariants.invariant import LATENCY_S
from teiden.judge.ledger.room import Room


def only_ends_a_stop(room: Room, event: Event) -> bool:
    """A force that begins no stop, whoever sent its server on the way down: it would never come back (H1)."""
    server = room.site.servers.get(event.subject)
    if server is None or event.details.get("command") != "force":
        return False
    return hangs(room, server, event.t) or not room.power.fed(server)


def hangs(room: Room, server: Server, at_s: float) -> bool:
    """On its way down for as long as its system may take for that; its stop jobs have run before."""
    machines = room.machines
    down_s = at_s - machines.since[server.name]
    return machines.os[server.name] == "shutting down" and down_s > server.shutdown_limit_s - LATENCY_S
