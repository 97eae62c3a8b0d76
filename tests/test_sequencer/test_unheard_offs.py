"""What counts down since the OFF of its row has fallen was told by another, who is not heard (S1, N2)."""

from __future__ import annotations

import pytest

from sequencer.journal import Kind, Row
from sequencer.power_falls import to_be_forced_at_s
from tests.excused import holds
from tests.hands import HandRoom
from tests.worlds import fault, out, play

FELL_S = 420.0
"""When the OFF of the row had its time."""


@pytest.mark.parametrize("began_s", [FELL_S - 1, FELL_S, 1000.0])
def test_s26_n2_who_runs_on_it_has_his_own_time_from_when_it_was_seen_to_begin(
    by_hand: HandRoom, began_s: float
) -> None:
    node = by_hand.site.servers["control2"]
    by_hand.run.hear(Row(Kind.OFF_ARMED, "ups2", 1, "control1/1", 0.0, {"falls_in_s": FELL_S}))
    by_hand.until(began_s)
    by_hand.upses["ups2"].show(off_armed=True)
    by_hand.run.ports.countdowns_s["ups2"] = began_s
    before_s = by_hand.site.force_before_s
    at_s = began_s + node.stop_limit_s if began_s >= FELL_S else min(FELL_S - before_s, node.stop_limit_s)
    assert to_be_forced_at_s(by_hand.run, node) == pytest.approx(at_s)


def test_s26_n2_h1_a_node_that_does_not_hear_who_told_its_power_goes_down_in_order() -> None:
    """It knows of the OFF of an outage before, which it takes for open yet (seed 34691)."""
    tale = play(
        out(0, 1400, "ups2"),
        fault("production_down", "network", 1600, 9000),
        out(3000, 6000, "ups2"),
        until_s=7000,
    )
    holds(tale, "production_down")
    assert len(tale.times("server.halted control2")) == 2
    assert not tale.times("server.forced control2")
