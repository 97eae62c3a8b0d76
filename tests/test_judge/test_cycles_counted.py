"""What counts as a cause to go down once more, though nobody of ours has confirmed or begun it: L10."""

# ruff: noqa: N802 - the ids of the invariants keep their capitals in the names of the tests.

from __future__ import annotations

from typing import Any

import pytest

from tests.told_well import CALM

HANGS = (
    "8090 room cluster.stopping ssccluster",
    "8090 control1 request.accepted reference wish={} id=r1",
)
RESTARTED = (
    "{} control1 command.sent ssccluster command=restart",
    "{} room server.shutting_down control2",
    "{} room server.up control2",
)


def swings(told: Any) -> list[str]:
    return [breach.subject for breach in told.result("L10").breaches]


@pytest.mark.parametrize(("wish", "is_cause"), [("cluster_reboot", True), ("server_reboot", False)])
def test_L10_r2_08_c11_a_reboot_by_its_manager_in_which_the_cluster_hangs_is_a_cause_for_one_restart(
    outage: Any, wish: str, is_cause: bool
) -> None:
    """He has asked for what we bring to its end (seed 99371)."""
    open_yet = outage.moved("incident.closed", 9300).plus(*(line.format(wish) for line in HANGS))
    once = open_yet.plus(*(line.format(8100 + n) for n, line in enumerate(RESTARTED)))
    assert ("control2" not in swings(once)) is is_cause
    twice = once.plus(*(line.format(8200 + n) for n, line in enumerate(RESTARTED)))
    assert "control2" in swings(twice)


def test_L10_r2_08_not_one_after_which_it_has_run_again(outage: Any) -> None:
    ran = "8092 room cluster.running ssccluster holder=control1", "8095 room cluster.stopping ssccluster"
    told = outage.moved("incident.closed", 9300).plus(
        *(line.format("cluster_reboot") for line in HANGS), *ran
    )
    assert "control2" in swings(told.plus(*(line.format(8100 + n) for n, line in enumerate(RESTARTED))))


@pytest.mark.parametrize(("cause", "is_cause"), [("exhausted", True), ("fault", False)])
def test_L10_n3_an_outage_by_which_a_battery_has_ended_counts_though_nobody_has_confirmed_it(
    tell: Any, cause: str, is_cause: bool
) -> None:
    """Who is wanted down boots as his UPS returns with the mains, and goes down again (seed 103157)."""
    told = tell(CALM).plus(
        "0 control1 request.accepted reference wish=power_off id=r1",
        "1 control1 command.sent rack1 command=shutdown",
        "1 room server.shutting_down rack1",
        "2 room mains.lost utility",
        "20 room server.crashed rack1 cause=power",
        f"20 room ups.output_off ups6 cause={cause}",
        "30 room mains.restored utility",
        "500 room ups.output_on ups6 cause=return",
        "500 room server.booting rack1",
        "590 room server.up rack1",
        "601 control1 command.sent rack1 command=shutdown",
        "601 room server.shutting_down rack1",
    )
    assert ("rack1" not in swings(told)) is is_cause
