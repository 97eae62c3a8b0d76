"""UPSes that a fault keeps off: such a one carries nobody for the other of two feeds (X-04, P13); and nodes
that it keeps from doing anything (C7)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import inf

from sequencer.site import Site
from sim.faults.fault import Excuse, Reach
from teiden.judge.asked import holds
from teiden.judge.invariants.back_again import latest
from teiden.judge.invariants.invariant import TICK_S, Breach
from teiden.judge.invariants.stranded import L3, Owed, Stage
from teiden.judge.last_node import LastNode
from teiden.judge.ledger.power import ALWAYS
from teiden.judge.said import Said
from teiden.judge.struck import Struck


@dataclass(frozen=True)
class KeptOff:
    """A fault that takes nobody with it, for there are two feeds, does so with the mains of the other."""

    rule: str
    faults: tuple[Struck, ...]
    site: Site
    last: LastNode
    said: Said

    def over_s(self, ups: str, t: float, by_s: float) -> float:
        """When the last of its faults is over; infinity: what it did stays done as long as nobody is up.

        Asked as somebody comes up, perhaps. `by_s`: what strikes later has kept nobody till then.
        """
        breach = Breach(self.rule, t - TICK_S, ups, "")
        ends_s = [
            inf if excuse.stays else fault.until_s
            for fault, excuse in self._of(ups, by_s)
            if holds(excuse, fault, breach, self.said, self.last, self.site)
        ]
        return max(ends_s, default=ALWAYS)

    def _of(self, ups: str, by_s: float) -> Iterator[tuple[Struck, Excuse]]:
        for fault in self.faults:
            if fault.by.subject == ups and fault.by.at_s <= by_s:
                for excuse in fault.by.fault.excuses:
                    if excuse.rule == self.rule and excuse.reach is Reach.DEPENDING:
                        yield fault, excuse


class OnWhatIsLeft(L3):
    """Who is fed by two, and lacks one for a fault, waits for the mains of the other. And whoever is started
    by a node waits for one that does not stand still; that the others are down is theirs to answer for."""

    kept_off: KeptOff
    _judged_s = (0.0, 0.0)

    def _judge(self, owed: Owed, at_s: float, until: str) -> None:
        self._judged_s = at_s, owed.down_since + owed.limit_s
        super()._judge(owed, at_s, until)

    def _calm(self, owed: Owed, t: float) -> float | None:
        calm_s = super()._calm(owed, t)
        return calm_s if owed.stage is Stage.NODE else latest([calm_s, self.kept_off.last.at_work_since_s(t)])

    def _carries_since_s(self, ups: str, *, shared: bool) -> float | None:
        over_s = self.kept_off.over_s(ups, *self._judged_s) if shared else ALWAYS
        return latest((super()._carries_since_s(ups, shared=shared), over_s))
