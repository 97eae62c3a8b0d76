"""Whether who commands has ever heard of the incident that another node opened (C8, C9).

Nodes of two versions, or with two site files, take no rows of each other. Then the cluster may go to one that
does not know whom the other has stopped, and starts nobody of those (S28).
"""

from __future__ import annotations

from collections.abc import Sequence

from sequencer.events import Event
from teiden.judge.invariants.invariant import TICK_S

BEGINS = ("server.up", "service.begun")


def unread(events: Sequence[Event], t_s: float) -> bool:
    """By then who took the command last has told of nothing of the last incident that was opened."""
    before = [e for e in events if e.t <= t_s + TICK_S]
    opened = next((e for e in reversed(before) if e.name == "incident.opened"), None)
    commander = next((e.by for e in reversed(before) if e.name == "lease.taken"), "")
    if opened is None or commander == "":
        return False
    epoch, since_s = opened.details["epoch"], opened.t - TICK_S
    if commander == opened.by:  # another life of it, which reads of nothing when it begins
        begins = (e.t for e in before if e.is_fact and e.subject == commander and e.name in BEGINS)
        since_s = max(begins, default=0.0)
        if since_s <= opened.t:
            return False
    since = (e for e in before if e.t >= since_s)
    heard = (e for e in since if e.name == "journal.heard" and e.by == commander)
    return all(e.details["epoch"] < epoch for e in heard)
