"""What has taken the cause of a deed back: an excuse asks whether who did it had been told (S9, S31)."""

from __future__ import annotations

from collections.abc import Callable

from sequencer.events import Event
from sequencer.journal import Goal
from teiden.judge.ledger.room import Room


def goes_against(room: Room, event: Event) -> tuple[Event, ...]:
    """Whatever has wanted these up since they were wanted down: whoever knew of any of it had no cause left.

    Of a boot, what it has ended, and the boot. Of a restart, the word that has come about already, and the
    boot in which it has: who has not heard of that by then may take it for one that is still to come.
    """
    for name in room.causes.concerns(event.subject):
        if back := room.wants.taken_back(name):
            return tuple(e for want in back for e in (want.ends, want.event) if e is not None)
        want = room.wants.of.get(name)
        if want is not None and want.restarted is not None:
            return want.event, want.restarted
    return ()


def taken_back(room: Room, event: Event, is_cause: Callable[[set[str]], bool]) -> tuple[Event, ...]:
    """A word; or, also where that was his own, which he knows, what others have told since, with which an
    outage was over that was a cause of this."""
    against = goes_against(room, event)
    if any(word.by != event.by for word in against):
        return against
    for told, out in room.incident.before_others_told(event.by):
        if is_cause(out):
            return told
    return against


def restart_taken_back(room: Room, event: Event, closed: Event | None) -> tuple[Event, ...]:
    """Of a restart that no open incident wants: that another has closed the last one, whose it may be. Not if
    whoever tells it has said himself since then that these are to restart: it is by that word."""
    told = (want for name in room.causes.concerns(event.subject) for want in room.wants.words[name])
    restarts = (want.event for want in told if want.goal is Goal.REBOOT and want.event.by == event.by)
    if closed is not None and not any(word.t > closed.t for word in restarts):
        return (closed,)
    return goes_against(room, event)
