"""What a battery must still hold when the stop begins that its own outage causes."""

from __future__ import annotations

from sequencer import timing
from sequencer.site import Server
from teiden.judge.invariants.invariant import LATENCY_S, TICK_S
from teiden.judge.ledger.room import Room


def at_floor(room: Room, ups: str, t: float) -> bool:
    """Its runtime, falling second by second since its last `ups.charge`, covers only that stop."""
    left_s = room.history.charges.runtime_s(ups, t)
    return left_s is not None and is_floor(room, ups, left_s)


def is_floor(room: Room, ups: str, left_s: float) -> bool:
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


def ends_as_heard(room: Room, node: str, ups: str, t: float) -> bool:
    """Its card is silent for this node, told it on battery last, and nobody whom it hears on that feed has
    got mains since: by all that it knows it has drained, whatever came in that silence (N3, U2). Who had
    mains while it had none tells nothing of its own (P11). What an earlier life has told is none of that;
    what this one saw at its first look it does not tell."""
    silent_s, began_s = room.cards.silent_since_s(node, ups, t), room.cards.life_began_s(node, t)
    views = ("ups.on_battery", "ups.on_line", "ups.output_off")
    words = (e for e in room.history.events if (e.by, e.subject) == (node, ups) and e.name in views)
    told = [e for e in words if began_s <= e.t <= t]
    beside = (u.name for u in room.site.upses.values() if u.feed == room.site.upses[ups].feed)
    word_s = told[-1].t if told else began_s
    since_s = room.power.mains_since
    fed = (name for name in beside if (back_s := since_s[name]) is not None and back_s > word_s)
    heard = any(room.cards.silent_since_s(node, name, t) is None for name in fed)
    if silent_s is None or heard or (told and told[-1].name != "ups.on_battery"):
        return False
    polling, looked_s = room.site.polling, began_s + room.site.start.first_look_limit_s
    last_s = max(told[-1].t if told else looked_s, silent_s - polling.stale_after_s(polling.on_battery_s))
    if not told and not room.power.lacked_mains(ups, looked_s, last_s):
        return False
    left_s = room.history.charges.runtime_s(ups, last_s)
    return left_s is not None and is_floor(room, ups, left_s - (t - last_s))


def takes_its_power(room: Room, server: Server, t: float) -> bool:
    """Too many of the batteries under it last for no more than its force, as they are before it (P6, L2); or
    under a control disk of its for no more than their OFF: what that disk's cache holds goes with its power,
    and an OFF that is told later falls too late (S18). So it is of its own, where an alarm says that the
    nodes go for such a battery: whoever tells that OFF goes with it, and nobody is left to force later."""
    site, power = room.site, room.power
    incident, cluster = room.incident, room.site.cluster.name
    goes = incident.since_s is not None and incident.alarm_of("S18", cluster, incident.since_s) is not None
    force_s = site.force_before_s + timing.late_looks_s(site)

    def stays(ups: str, least_s: float) -> bool:
        left_s = room.history.charges.runtime_s(ups, t - TICK_S)  # who is forced draws nothing any more
        return power.output[ups] and (
            power.mains_since[ups] is not None or left_s is None or left_s > least_s + LATENCY_S
        )

    def lasts(ups: str) -> bool:
        return stays(ups, max(force_s, timing.off_call_s(site, site.upses[ups])))

    own = sum(lasts(ups) if goes else stays(ups, force_s) for ups in server.upses)
    disks = (array for array in room.wiring.control_arrays if array.name in server.arrays)
    parts = [part for disk in disks for part in (disk.controllers, disk.enclosures) if part]
    return own < server.minimum_supplies or not all(any(map(lasts, part)) for part in parts)
