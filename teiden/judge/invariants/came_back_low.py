"""A UPS that came on with less than its own stop needs, and what is left behind for it: S18, L2 (P4, S5)."""

from __future__ import annotations

from math import inf

from sequencer import timing
from sequencer.events import Event
from teiden.judge.ledger.floors import at_floor
from teiden.judge.ledger.power import ALWAYS
from teiden.judge.ledger.room import Room


def never_had_enough(room: Room, ups: str, by_s: float = inf) -> bool:
    """It came on in this run, untold, and lost its mains last by then with less than its own stop needs. Or
    it was told to, though nobody could learn what it held, which is not waited for for ever (S17, U18)."""
    power = room.power
    lost_s, on_s = lost_by(room, ups, by_s), power.on_since[ups]
    if lost_s is None or on_s == ALWAYS or lost_s < on_s or not at_floor(room, ups, lost_s):
        return False
    return ups not in power.on_by_command or _was_said_unknown(room, ups, on_s)


def lost_by(room: Room, ups: str, by_s: float) -> float | None:
    """When it lost its mains last, by then; None: it never has."""
    return max((t for t, _ in room.power.spells(ups) if ALWAYS < t <= by_s), default=None)


def _was_said_unknown(room: Room, ups: str, on_s: float) -> bool:
    """What it held, by an alarm that was raised while it was off."""
    falls_s = (m.event.t for m in room.history.of("ups.output_off") if is_by(m.event, ups, on_s))
    alarms = room.history.of("alarm.raised", since_s=max(falls_s, default=ALWAYS))
    return any(m.event.details.get("rule") == "S17" and is_by(m.event, ups, on_s) for m in alarms)


def is_by(event: Event, subject: str, at_s: float) -> bool:
    return event.subject == subject and event.t <= at_s


def nobody_could_stay(room: Room, ups: str) -> bool:
    """A linked array's, whose own stop was not over yet when the nodes had to go for a UPS of theirs, as an
    alarm says (S5; S18, where no outage of the linked side counted yet), that had come on with too little, or
    had it yet (P4), or whose disk is in use by a cluster that hangs at its stop (C11); and nobody has come to
    work since who was not sent away at once."""
    machines, lost_s = room.machines, room.power.mains_lost_s.get(ups)
    if lost_s is None or ups not in room.wiring.linked_array_upses or machines.at_work_since is not None:
        return False
    since_s = max(lost_s, machines.stayed_since_s(room.site.polling.on_line_s))
    alarms = (room.incident.alarm_of(rule, room.site.cluster.name, since_s) for rule in ("S5", "S18"))
    if (alarm := next(filter(None, alarms), None)) is None:
        return False
    goes_for = room.wiring.control_upses.intersection(str(alarm.details.get("upses", "")).split(", "))
    in_time_s = lost_s + timing.battery_need_s(room.site, room.site.upses[ups])
    hangs = hangs_at_its_stop(room, since_s) and not goes_for <= room.site.names_of_node_upses
    low = any(never_had_enough(room, name, alarm.t) or was_low(room, name, alarm.t) for name in goes_for)
    return alarm.t < in_time_s and (hangs or low)


def was_low(room: Room, ups: str, by_s: float) -> bool:
    """It has not been switched on by anybody, and lost its mains last by then with no more than its own stop
    needs: what was before has used it up (P3, P4)."""
    lost_s = lost_by(room, ups, by_s)
    return lost_s is not None and room.power.on_since[ups] == ALWAYS and at_floor(room, ups, lost_s)


def hangs_at_its_stop(room: Room, since_s: float) -> bool:
    """The cluster is not waited for, as an alarm says (S18), though it had its limit, and has not stopped by
    our command since: its disks are not at rest until its nodes are down (C11)."""
    cluster = room.site.cluster
    alarm = room.incident.alarm_of("S18", cluster.name, since_s)
    if alarm is None:
        return False
    sent = (m.event for m in room.history.of("command.sent", since_s=since_s) if m.event.t <= alarm.t)
    told = (e.t for e in sent if (e.subject, e.details.get("command")) == (cluster.name, "stop"))
    least_s = cluster.shutdown_limit_s - timing.late_looks_s(room.site)
    if alarm.t - min(told, default=inf) < least_s:
        return False
    stops = (m.event for m in room.history.of("cluster.stopped", since_s=alarm.t))
    return all(event.details.get("cause") != "command" for event in stops)
