"""All nodes are shut down by the cluster's manager, and a schedule wants them up meanwhile (R2-08, L3)."""

from __future__ import annotations

import pytest

from sequencer.schedules import Schedule
from sim.story import ClockStep, Managed, Manager
from tests.excused import holds
from tests.nights import night_site, tonight
from tests.worlds import NODES

MANAGED_S = 120.0
"""Its cluster stops then, two minutes after ten; two minutes later its nodes go."""
STEPS = ClockStep(MANAGED_S + 65.0, "control1", 7200.0)


@pytest.mark.parametrize(("off", "on", "steps"), [("22:03", "22:04", ()), ("23:00", "23:30", (STEPS,))])
def test_l3_the_last_one_that_goes_boots_again_and_brings_back_the_others(
    off: str, on: str, steps: tuple[ClockStep, ...]
) -> None:
    """They are to be restarted (78413); or a clock that steps has left a whole night behind it (179065)."""
    site = night_site(Schedule("nodes", NODES, off=off, on=on))
    shut_down = Managed(MANAGED_S, Manager.SHUTDOWN, "ssccluster")
    tale = tonight(shut_down, *steps, site=site, until_s=3600.0)
    holds(tale)
    tale.before("server.halted control1", "ups.output_off ups1 cause=command", "server.up control1")
    tale.before("server.up control1", "cluster.running ssccluster", "server.up control2")
    assert len(tale.all("server.halted control1")) == 1
