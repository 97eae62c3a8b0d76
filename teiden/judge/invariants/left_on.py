"""What is left on, and said to be: by who commands with a journal that is broken (S30, C5), and for a node's
UPS that is dark (L3): S18, L2."""

from __future__ import annotations

from sequencer.events import Event
from sequencer.site import Array, ArrayRole
from teiden.judge.ledger.power import ALWAYS
from teiden.judge.ledger.room import Room


def no_journal_would_tell(room: Room, ups: str, at_s: float) -> bool:
    """An OFF that no journal keeps is not sent while something on it is not seen down, or flushed (S30, C5),
    and an alarm says that it is left on for that; until somebody takes the command anew, whose journal may be
    well, or who said so has written something down."""
    lost_s = room.power.mains_lost_s.get(ups)
    alarm = None if lost_s is None else room.incident.alarm_of("S30", ups, lost_s)
    if alarm is None or not (_runs(room, ups) or _is_to_be_flushed(room, ups, at_s)):
        return False
    taken, rows = (room.history.of(name, since_s=alarm.t) for name in ("lease.taken", "journal.committed"))
    well = (m.event for m in (*taken, *rows) if m.event.name == "lease.taken" or m.event.by == alarm.by)
    return all(event.t > at_s for event in well)


def _runs(room: Room, ups: str) -> bool:
    return any(room.machines.os[s.name] != "halted" for s in room.wiring.servers_on[ups])


def _is_to_be_flushed(room: Room, ups: str, at_s: float) -> bool:
    """Somebody uses a linked array on it yet, or its flush was asked for, and has not ended."""
    return any(
        _waits(room, array, at_s) for array in room.wiring.arrays_on[ups] if array.role is ArrayRole.LINKED
    )


def _waits(room: Room, array: Array, at_s: float) -> bool:
    flush, users = room.caches.flush[array.name], room.wiring.users_of[array.name]
    waits = flush.asked is not None or bool(room.machines.first_running(users))
    return waits and not flush.clean(at_s)


def nobody_would_come_back(room: Room, ups: str) -> bool:
    """The nodes stay up, as an alarm says, for another UPS of theirs is silent that has lost its own mains,
    and somebody on its feed has them: nobody can tell that from one that is on, with its card dead, and would
    keep up the power of nodes that halt now (U2, L3). Nor can who was booted with his power on, and has not
    heard that card since. An alarm asks for somebody's hand (ADR 0019)."""
    lost_s = room.power.mains_lost_s.get(ups)
    if lost_s is None or ups not in room.wiring.control_upses:
        return False
    alarm = room.incident.alarm_of("L3", room.site.cluster.name, _without_blinks_s(room, ups, lost_s))
    if alarm is None:
        return False
    named = [name for name in str(alarm.details.get("upses", "")).split(", ") if name in room.site.upses]
    return any(is_dark_alone(room, name) or is_unknown_to(room, alarm, name) for name in named)


def _without_blinks_s(room: Room, ups: str, lost_s: float) -> float:
    """Since when it has had no stable mains: an alarm that stands is not raised anew for a blink."""
    for began_s, ended_s in room.power.was_away[ups][::-1]:
        if lost_s - ended_s >= room.site.start.mains_stable_s:
            break
        lost_s = began_s
    return lost_s


def is_unknown_to(room: Room, said: Event, ups: str) -> bool:
    """Its card is silent since before the last boot of who says so, in which another of his UPSes was on: a
    restart by the cluster's manager, say, of which no life of ours could tell the next one what is off. Nor
    does he know that whose journal is broken since that boot, as an alarm says (C5)."""
    power, node = room.power, room.site.servers.get(said.by)
    if node is None or power.answering_since[ups] is not None:
        return False
    boots = [m.event.t for m in room.history.of("server.booting") if m.event.subject == node.name]
    booted_s = max((t for t in boots if t <= said.t), default=ALWAYS)
    on = (name for name in node.upses if power.on_since[name] < booted_s)
    carries = (power.output[name] or power.fell[name].t > said.t for name in on)
    forgot = room.incident.alarm_of("S30", node.name, booted_s) is not None
    return power.silent_since[ups] < booted_s and (forgot or any(carries))


def is_dark_alone(room: Room, ups: str) -> bool:
    """Its card is silent, and it has no mains; another one on its feed has."""
    power = room.power
    if power.answering_since[ups] is not None or power.mains_since[ups] is not None:
        return False
    beside = room.wiring.upses_on[room.site.upses[ups].feed]
    return any(power.mains_since[other] is not None for other in beside)
