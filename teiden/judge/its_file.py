"""What is late even by the site file that a node has, where that is another than its peers'."""

from __future__ import annotations

from collections.abc import Sequence

from sequencer.events import Event
from sequencer.site import Site
from sim.story import FaultChange
from teiden.judge.history import History
from teiden.judge.invariants.catalogue import watch
from teiden.judge.invariants.invariant import Breach
from teiden.judge.invariants.watchful import L7
from teiden.judge.ledger.room import Room


def is_late_by_its_file(events: Sequence[Event], site: Site, change: FaultChange, breach: Breach) -> bool:
    """L7 is broken by that as well: the confirm time of that file was over, too."""
    theirs = change.fault.owed_as
    past = History(events)
    room = Room(site if theirs is None else theirs(site, change.amount), past)
    confirms = L7(room)
    watch(room, past, (confirms,))
    return any((b.subject, b.t) == (breach.subject, breach.t) for b in confirms.breaches)
