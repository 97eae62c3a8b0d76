"""What a battery must still hold when the stop begins that its own outage causes."""

from __future__ import annotations

from sequencer import timing
from teiden.judge.invariants.invariant import LATENCY_S
from teiden.judge.ledger.room import Room


def at_floor(room: Room, ups: str, t: float) -> bool:
    """Its runtime, falling second by second since its last `ups.charge`, covers only that stop."""
    left_s = room.history.charges.runtime_s(ups, t)
    if left_s is None:
        return False
    floor_s = timing.last_call_s(room.site, room.site.upses[ups])
    return left_s <= floor_s + room.site.polling.on_battery_s + LATENCY_S


def held_enough(room: Room, ups: str, t: float) -> bool:
    """More than that, as it is told; of one that has told nothing nobody knows."""
    return room.history.charges.runtime_s(ups, t) is not None and not at_floor(room, ups, t)


def ends(room: Room, ups: str, t: float) -> bool:
    """Its mains are away, or it tests its battery (P12), and that is low or empty, or at that floor."""
    power = room.power
    if power.mains_since[ups] is not None and power.lives_on_them_since[ups] is not None:
        return False
    return power.supply[ups] in ("low battery", "exhausted") or at_floor(room, ups, t)
