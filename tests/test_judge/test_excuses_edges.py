"""What a fault once excused for good, or of others than its cause reaches, and does no more."""

from __future__ import annotations

import pytest

from sequencer.site import Site
from teiden.judge.alone import whole_stop_s
from teiden.judge.invariants.invariant import Breach
from tests.excusing import ENDED_S, STRUCK_S, left, seen


@pytest.mark.parametrize("late_s", [0.0, 0.1])
def test_c7_l4_a_service_that_stood_still_once_excuses_no_step_that_begins_hours_later(
    late_s: float, site: Site
) -> None:
    """It goes on where it was: its steps have their time, and a whole stop has had it since."""
    over_s = STRUCK_S + 60.0 + whole_stop_s(site)
    step = seen(over_s + late_s, "step.started", "rack1", "control1", step="stop")
    broken = Breach("L4", step.t + 9000.0, "rack1", "", (step,))
    assert left(site, broken, "service_stalls", "control1", ends=False, amount=60.0) is bool(late_s)


@pytest.mark.parametrize("late_s", [0.0, 0.1])
def test_o2_l8_nor_does_a_hold_that_ended_long_ago_excuse_that_an_incident_is_closed_too_early(
    late_s: float, site: Site
) -> None:
    broken = Breach("L8", ENDED_S + whole_stop_s(site) + late_s, site.name, "")
    assert left(site, broken, "ups_in_maintenance", "ups3") is bool(late_s)
    assert not left(site, broken, "ups_in_maintenance", "ups3", ends=False), "it lasts"
