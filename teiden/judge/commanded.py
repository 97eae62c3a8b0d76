"""Whether a node has commanded since it has a fault, or nobody else does: what nobody did is then its own."""

from __future__ import annotations

from collections.abc import Sequence

from sequencer.events import Event
from teiden.judge.invariants.invariant import TICK_S
from teiden.judge.standing_alarms import ENDS


def commanded(events: Sequence[Event], node: str, since_s: float, t_s: float) -> bool:
    """It held the lease from then on, by that time, or told another something; or nobody holds it then."""
    holder, it_did = "", False
    for e in events:
        if e.t > t_s + TICK_S:
            break
        it_did |= e.t > since_s and (holder == node or _commands(e, node))
        if e.name == "lease.taken":
            holder = e.by
        elif (e.name == "lease.lost" and e.by == holder) or (e.is_fact and _goes(e, holder)):
            holder = ""
    return it_did or holder in (node, "")


def _commands(event: Event, node: str) -> bool:
    return event.name == "command.sent" and event.by == node != event.subject


def _goes(event: Event, holder: str) -> bool:
    return event.subject == holder and event.name in ENDS and event.name != "server.up"
