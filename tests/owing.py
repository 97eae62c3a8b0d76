"""Somebody whose time was over before he came, the faults, and what the run told: whether he is owed."""

from __future__ import annotations

from collections.abc import Sequence

from sequencer.events import Event
from sequencer.site import Site
from teiden.judge.invariants.invariant import Breach
from teiden.judge.last_node import LastNode
from teiden.judge.owed import Owed, delayed
from teiden.judge.said import Said
from teiden.judge.struck import Struck


def is_delayed(
    breach: Breach,
    begun_s: float,
    faults: Sequence[Struck],
    site: Site,
    events: Sequence[Event] = (),
    at_s: float | None = None,
) -> bool:
    """`at_s`: when he came at last; None: when his time was over, just so."""
    owed = Owed(breach, begun_s, breach.t if at_s is None else at_s)
    return delayed(owed, faults, site, LastNode(events, site, faults), Said(events, site, faults))
