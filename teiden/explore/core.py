"""The liveness phase: once the faults are over, what must come of all for whom they do not last.

A device of the core whose fault ended at T0 owes nothing to the time before: its clock starts there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

from sequencer.events import Event
from sequencer.site import Site
from sim.story import FaultChange
from teiden.judge.excuses import loads
from teiden.judge.history import History as Past
from teiden.judge.invariants.back_again import L1, Returning
from teiden.judge.invariants.catalogue import watch
from teiden.judge.invariants.invariant import Breach
from teiden.judge.invariants.stranded import L3
from teiden.judge.ledger.room import Room

RETURNS = (L1.id, L3.id)


def outside(lasting: Sequence[FaultChange], site: Site) -> frozenset[str]:
    """Whoever has a fault for ever, what hangs on that, and the cluster where that is a part of its own."""
    found: set[str] = set()
    for change in lasting:
        found |= loads(change.subject, site)
        if change.subject in site.switches:
            found |= {*site.servers, *site.arrays, site.cluster.name}  # nobody answers, nobody is woken
    own = {*site.cluster.nodes, *(array.name for array in site.control_arrays)}
    if found & own:
        found.add(site.cluster.name)
    if site.cluster.name in found:
        found |= {*site.servers, *site.arrays}  # they wait for it
    return frozenset(found)


def returning(events: Sequence[Event], site: Site, beyond: frozenset[str], calm_s: float) -> list[Breach]:
    """L1 and L3 for the core alone, from T0 on."""

    class Core(Returning):
        watched: ClassVar[frozenset[str]] = (
            frozenset((*site.servers, *site.arrays, site.cluster.name)) - beyond
        )

        def owed(self) -> Iterator[str]:
            return (name for name in super().owed() if name in self.watched)

    class CoreL1(Core, L1):
        def _must_close(self, at_s: float) -> bool:
            return not beyond and super()._must_close(at_s)

    class CoreL3(Core, L3):
        def begun_s(self, breach: Breach) -> float:
            return breach.t - self._owed[breach.subject].limit_s

    past = Past(events)
    room = Room(site, past)
    all_up, nobody_left = CoreL1(room), CoreL3(room)
    watch(room, past, (all_up, nobody_left))
    late = [breach for breach in nobody_left.breaches if nobody_left.begun_s(breach) >= calm_s]
    return [*all_up.breaches, *late]
