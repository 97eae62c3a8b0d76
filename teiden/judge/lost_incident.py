"""Whom an incident has stopped that nobody knows of any more, though another one was opened since (C5, C6).

The journals that kept it are broken or torn, and a service that reads of nothing opens one of its own over
it, to bring back a cluster that stands still. That this one is known says nothing of the first: who had run
then, and is down yet, stays as he is found (S28).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from sequencer.events import Event
from teiden.judge.unread import BEGINS, is_up, knows_nothing, who_commands

UP = ("server.up", "array.ready", "cluster.running")
DOWN = ("server.halted", "server.crashed", "array.off", "cluster.stopped")


def stopped_by_the_lost(events: Sequence[Event], t_s: float, *, parted: bool = True) -> frozenset[str]:
    """Who was down when an incident was opened over a lost one, and has not come up since, by then.

    `parted`: whoever knows of it need not be read; else nobody may know of it any more."""
    told = [e for e in events if e.t <= t_s]
    found: set[str] = set()
    for over in _opened_over_the_lost(told, parted=parted):
        at = told.index(over)
        found |= _down(told[:at]) - {e.subject for e in told[at:] if e.is_fact and e.name in UP}
    return frozenset(found)


def heard_again(events: Sequence[Event], since_s: float, t_s: float) -> bool:
    """Somebody else who knew of the last incident was up then, or has come up since, and by the other time:
    nothing parts them any more, and who commands hears of it from him, if he was up himself."""
    told = [e for e in events if e.t <= t_s]
    opened = next((e for e in reversed(told) if e.name == "incident.opened"), None)
    if opened is None or since_s > t_s:
        return False
    commander = who_commands(events, t_s)
    knew = _knew(opened, told) - {commander}
    begins_s = (e.t for e in told if e.is_fact and e.subject == commander and e.name in BEGINS)
    since_s = max((since_s, *begins_s))
    comes = (e for e in told if e.is_fact and e.name in BEGINS and e.subject in knew and e.t > since_s)
    return any(comes) or any(is_up(node, [e for e in told if e.t <= since_s]) for node in knew)


def is_known(events: Sequence[Event], t_s: float) -> bool:
    """Some node is up then that knows of the last incident, in the life that it lives."""
    told = [e for e in events if e.t <= t_s]
    opened = next((e for e in reversed(told) if e.name == "incident.opened"), None)
    if opened is None:
        return False
    return any(is_up(node, told) and not knows_nothing(node, opened, told) for node in _knew(opened, told))


def _opened_over_the_lost(events: Sequence[Event], *, parted: bool) -> Iterator[Event]:
    """Incidents that were opened by a node that had read nothing of the one that was still open; and whoever
    knew of that was up, and did not know it any more. Or has come up since, and is not read (C8, C9): who
    commands knows nothing of it yet."""
    opened = [e for e in events if e.name in ("incident.opened", "incident.closed")]
    commander = next((e.by for e in reversed(events) if e.name == "lease.taken"), "")
    for first, over in pairwise(opened):
        if first.name == over.name == "incident.opened":
            at = events.index(over)
            before, since = events[:at], events[at:]
            if not knows_nothing(over.by, first, before):
                continue
            gone = {node for node in _knew(first, before) if not is_up(node, before)}
            back = {e.subject for e in since if e.is_fact and e.name in BEGINS}
            ask = {commander} if parted else {commander, *gone}
            if not gone or (gone <= back and all(knows_nothing(node, first, events) for node in ask)):
                yield over


def _knew(opened: Event, events: Sequence[Event]) -> set[str]:
    heard = (e for e in events if e.name == "journal.heard" and e.t >= opened.t)
    return {opened.by, *(e.by for e in heard if e.details["epoch"] >= opened.details["epoch"])}


def _down(events: Sequence[Event]) -> set[str]:
    down: dict[str, bool] = {
        e.subject: e.name in DOWN for e in events if e.is_fact and e.name in (*UP, *DOWN)
    }
    return {name for name, is_down in down.items() if is_down}
