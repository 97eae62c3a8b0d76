"""A network that lets enough through makes a return late, by no more than asking again takes (N3)."""

from __future__ import annotations

import pytest

from sequencer.site import Site
from sim.faults.catalogue import named
from sim.story import FaultChange
from teiden.judge.invariants.invariant import Breach
from teiden.judge.owed import SLOWER, Owed, beyond, undelayed
from teiden.judge.struck import struck

BEGUN_S, LIMIT_S = 1000.0, 900.0
LATE = Breach("L3", BEGUN_S + LIMIT_S, "rack1", "it was halted")
LAST_S = BEGUN_S + SLOWER * LIMIT_S


@pytest.mark.parametrize(
    ("fault", "little", "much"), [("network_loses", 50.1, 76.0), ("network_slow", 1.01, 9.0)]
)
@pytest.mark.parametrize(
    ("at_s", "came_s", "late"),
    [
        (100.0, LAST_S, True),
        (100.0, LAST_S + 1.0, False),
        (LAST_S, LAST_S, True),
        (LAST_S, LAST_S - 1.0, False),  # it struck when he was up
    ],
)
def test_n3_who_comes_hours_later_was_kept_down_by_no_network_that_lets_enough_through(
    site: Site, fault: str, little: float, much: float, at_s: float, came_s: float, late: bool
) -> None:
    def owed(amount: float, until_s: float | None = None, rule: str = "L3") -> bool:
        changes = [FaultChange(at_s, named(fault), "network", amount=amount)]
        if until_s is not None:
            changes.append(FaultChange(until_s, named(fault), "network", present=False))
        faults = struck(changes, site)
        return bool(undelayed([Owed(Breach(rule, LATE.t, "rack1", ""), BEGUN_S, came_s)], faults, site, ()))

    assert owed(little) is not late
    assert owed(little, rule="L1"), "whoever is down at the end has not come late"
    if at_s < BEGUN_S:
        assert not owed(much)
        assert owed(little, until_s=BEGUN_S), "it was over before his time began"
        assert (
            beyond("L3", struck([FaultChange(at_s, named(fault), "network", amount=little)], site), site)
            == frozenset()
        )


@pytest.mark.parametrize(("fault", "half"), [("network_loses", 50.0), ("network_slow", 1.0)])
def test_n3_nobody_comes_late_for_a_network_that_loses_no_more_than_half(
    site: Site, fault: str, half: float
) -> None:
    def owed(amount: float) -> bool:
        faults = struck([FaultChange(100.0, named(fault), "network", amount=amount)], site)
        return bool(undelayed([Owed(LATE, BEGUN_S, LATE.t + 1.0)], faults, site, ()))

    assert owed(half)
    assert not owed(half + 0.01)
