"""Who wakes a node that is halted with its power on: another one, that is there and knows of it (L3).

Nothing but a wake boots such a one; nor one whose UPS was told to stay off by a word that was taken back
since. Whoever comes back by itself waits for its own charge first, and is judged for that itself. And one
that boots and knows of no incident takes a node that is down for one that somebody has shut down; it learns
better from a cluster that stands still for as long as its start may take, and from one that runs it learns
nothing (S28). And whose UPS sleeps by a schedule is brought back by that UPS's own timer, unless somebody who
is up switches it on before (T7).
"""

from __future__ import annotations

from collections.abc import Callable
from math import inf

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
    node = room.site.servers[name]
    fell = fell_since(room, node, down_s) and not stays_off(room, node)
    back_s = awake_since_s(room, node) if fell else inf
    if back_s == ALWAYS:
        return back_s
    others = [other for other in room.site.cluster.nodes if other != name]
    up_s = [at_work_s for other in others if (at_work_s := at_work_since_s(room, other)) is not None]
    if up_s:
        since_s = min(known_since_s(room, min(up_s), t), back_s)
        return None if since_s == inf else since_s
    if fell:
        return back_s
    come_s = [comes_back_s(other) for other in others]
    if all(since_s == ALWAYS for since_s in come_s):
        return ALWAYS
    return min((since_s for since_s in come_s if since_s is not None and since_s != ALWAYS), default=None)


def stays_off(room: Room, node: Server) -> bool:
    """Too few of its UPSes come on with the mains; the rest were told to stay off, by a word that a later one
    has taken back: somebody who is up switches them on, or has (R10-06). A hand needs nobody."""
    power = room.power
    by_hand = {u for u in node.upses if power.output[u] and u not in power.on_by_command}
    return sum(u in by_hand or u not in power.for_good for u in node.upses) < node.minimum_supplies


def awake_since_s(room: Room, node: Server) -> float:
    """When the timers of its UPSes that were told to sleep have brought it back; before that somebody may who
    is up. `ALWAYS`: none of them sleeps."""
    until_s = room.power.asleep_until_s
    return max([until_s[ups] for ups in node.upses if ups in until_s], default=ALWAYS)


def at_work_since_s(room: Room, node: str) -> float | None:
    """Since when its system and its service have been there, who could wake another; None: they are not."""
    machines = room.machines
    if machines.os[node] != "up" or node in machines.dead:
        return None
    return max(machines.since[node], machines.begun_s.get(node, ALWAYS))


def known_since_s(room: Room, up_s: float, t: float) -> float:
    """Since when one that is up, the first of them since then, knows of the incident or ought to miss it;
    infinity: it does not, for the cluster came to run all the same, or waits for its operator (R9-01)."""
    opened = room.incident.opened
    if opened is None:
        return up_s
    known_s, machines = room.heard.known_since_s(opened, t), room.machines
    runs = machines.cluster == "running" or machines.needs_operator
    stands_s = inf if runs else max(up_s, machines.cluster_since)
    missed_s = stands_s + room.site.start.cluster_limit_s
    return max(up_s, missed_s if known_s is None else min(known_s, missed_s))
