"""What a battery must still hold when the stop begins that its own outage causes."""

from __future__ import annotations

from sequencer import timing
from sequencer.events import Event
from sequencer.site import Server
from teiden.judge.invariants.invariant import LATENCY_S, TICK_S
from teiden.judge.ledger.room import Room


def at_floor(room: Room, ups: str, t: float) -> bool:
    """Its runtime, falling second by second since its last `ups.charge`, covers only that stop."""
    left_s = room.history.charges.runtime_s(ups, t)
    return left_s is not None and left_s <= _floor_s(room, ups)


def _floor_s(room: Room, ups: str) -> float:
    floor_s = timing.last_call_s(room.site, room.site.upses[ups])
    return floor_s + room.site.polling.on_battery_s + LATENCY_S


def may_end(room: Room, ups: str, told: Event) -> bool:
    """At that floor by its last word from its battery, as far as who tells this knows: it is silent to him,
    and may have drained since (U2, N1)."""
    silent_s = room.cards.silent_since_s(told.by, ups, told.t)
    if silent_s is None:
        return False
    heard_s = silent_s - room.site.polling.stale_after_s(room.site.polling.on_line_s)
    left_s = room.history.charges.runtime_s(ups, heard_s)
    return left_s is not None and left_s - (told.t - heard_s) <= _floor_s(room, ups)


def held_enough(room: Room, ups: str, t: float) -> bool:
    """More than that, as it is told; of one that has told nothing nobody knows."""
    return room.history.charges.runtime_s(ups, t) is not None and not at_floor(room, ups, t)


def ends(room: Room, ups: str, t: float) -> bool:
    """Its mains are away, or it tests its battery (P12), and that is low or empty, or at that floor."""
    power = room.power
    if power.mains_since[ups] is not None and power.lives_on_them_since[ups] is not None:
        return False
    return power.supply[ups] in ("low battery", "exhausted") or at_floor(room, ups, t)


def takes_its_power(room: Room, server: Server, t: float) -> bool:
    """Too many of the batteries under it last for no more than its force, as they are before it (P6, L2)."""
    site, power = room.site, room.power
    least_s = site.force_before_s + timing.late_looks_s(site) + LATENCY_S

    def stays(ups: str) -> bool:
        left_s = room.history.charges.runtime_s(ups, t - TICK_S)  # who is forced draws nothing any more
        return power.output[ups] and (
            power.mains_since[ups] is not None or left_s is None or left_s > least_s
        )

    return sum(map(stays, server.upses)) < server.minimum_supplies
