"""What is left on, and said to be, by who commands with a journal that is broken: S18, L2 (S30, C5)."""

from __future__ import annotations

from sequencer.site import Array, ArrayRole
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
