"""Who wakes a node that is halted with its power on: another one, that is there and knows of it (L3).

Nothing but a wake boots such a one. Whoever comes back by itself waits for its own charge first, and is
judged for that itself. And one that boots and knows of no incident takes a node that is down for one that
somebody has shut down; it learns better from a cluster that stands still for as long as its start may take.
"""

from __future__ import annotations

from collections.abc import Callable

from sequencer.site import Server
from teiden.judge.ledger.power import ALWAYS
from teiden.judge.ledger.room import Room


def fell_since(room: Room, node: Server, down_s: float) -> bool:
    """The power of one of its UPSes has gone since: it boots with that."""
    falls = (room.power.fell.get(ups) for ups in node.upses)
    return any(fell is not None and fell.t >= down_s for fell in falls)


def woken_since_s(
    room: Room, name: str, down_s: float, t: float, comes_back_s: Callable[[str], float | None]
) -> float | None:
    """Since when nothing but a wake has been wanting; that it needs none, or that nobody comes, is no reason.

    `comes_back_s`: since when another node that is down has had all with which it boots by itself; None: not
    yet; `ALWAYS`: it does not.
    """
    if fell_since(room, room.site.servers[name], down_s):
        return ALWAYS
    others = [node for node in room.site.cluster.nodes if node != name]
    up_s = [room.machines.since[node] for node in others if room.machines.os[node] == "up"]
    if up_s:
        return known_since_s(room, min(up_s), t)
    come_s = [comes_back_s(node) for node in others]
    if all(since_s == ALWAYS for since_s in come_s):
        return ALWAYS
    return min((since_s for since_s in come_s if since_s is not None and since_s != ALWAYS), default=None)


def known_since_s(room: Room, up_s: float, t: float) -> float:
    """Since when one that is up, the first of them since then, knows of the incident or ought to miss it."""
    opened = room.incident.opened
    if opened is None:
        return up_s
    known_s = room.heard.known_since_s(opened, t)
    missed_s = up_s + room.site.start.cluster_limit_s
    return max(up_s, missed_s if known_s is None else min(known_s, missed_s))
