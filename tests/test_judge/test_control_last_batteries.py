"""Whose battery ends is forced, whatever his cluster is at: nobody waits for its limit then (S26, P6)."""

# ruff: noqa: N802 - the ids of the invariants keep their capitals in the names of the tests.

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest


@pytest.mark.parametrize(
    ("left_s", "lines", "broken"),
    [
        (64.9, (), False),
        (65.1, (), True),
        (64.9, ("905 room mains.restored utility",), True),
        (65.1, ("949 room ups.output_off ups2 cause=exhausted",), False),
    ],
)
def test_S26_p6_l2_a_node_is_forced_at_once_whose_battery_lasts_no_longer(
    outage: Any, left_s: float, lines: tuple[str, ...], broken: bool
) -> None:
    """`force_before` is 60 s, two late looks are four. Once it is forced its battery lasts for longer."""
    slow = outage.without("cluster.stopped", "shutting_down control2", "halted control2").until(903)
    charge = f"910 room ups.charge ups2 charge_pct=1 runtime_s={left_s + 40}"
    then = "950 room ups.charge ups2 charge_pct=1 runtime_s=900"
    telling = slow.plus(charge, *lines, then, "950 room server.forced control2")
    assert bool(telling.result("S26").breaches) is broken
    assert slow.without("ups.charge").plus("950 room server.forced control2").result("S26").breaches


@pytest.mark.parametrize(
    ("left_s", "alarm_s", "broken"), [(424.9, 940, False), (425.1, 940, True), (424, -9, True)]
)
def test_S26_p8_s18_nor_is_it_waited_for_where_the_nodes_go_for_its_own_battery_and_say_so(
    outage: Any, left_s: float, alarm_s: float, broken: bool
) -> None:
    """It lasts for its OFF only, and who has told that goes himself (seed 128203)."""
    slow = outage.without("cluster.stopped", "shutting_down control2", "halted control2").until(903)
    charge = f"910 room ups.charge ups2 charge_pct=1 runtime_s={left_s + 40}"
    short = slow.plus(charge, "950 room server.forced control2")
    assert short.result("S26").breaches, "not said"
    said = short.plus(f"{alarm_s} control1 alarm.raised ssccluster rule=S18")
    assert bool(said.result("S26").breaches) is broken


def test_S26_p6_x_04_not_who_has_another_feed(outage: Any) -> None:
    slow = outage.without("cluster.stopped", "shutting_down control2", "halted control2").until(903)
    ended = slow.plus("910 room ups.charge ups2 charge_pct=1 runtime_s=50", "950 room server.forced control2")
    node = ended.site.servers["control2"]

    def broken(supplies: int) -> bool:
        both = replace(node, upses=("ups2", "ups1"), minimum_supplies=supplies)
        at = ended.at_site(servers={**ended.site.servers, "control2": both})
        return bool(at.result("S26").breaches)

    assert [broken(supplies) for supplies in (1, 2)] == [True, False]


@pytest.mark.parametrize(
    ("left_s", "array", "broken"),
    [(184.9, "controldisk", False), (185.1, "controldisk", True), (64.9, "linkeddisk", True)],
)
def test_S26_p6_s18_nor_is_it_waited_for_where_the_battery_of_the_nodes_disk_lasts_for_its_off_only(
    outage: Any, left_s: float, array: str, broken: bool
) -> None:
    """That takes 180 s, and two late looks. Who refuses his shutdown writes to it up to its end (H3;
    five-control-disks, 63132); and who forces him goes with it, and tells it before that (seed 28457)."""
    slow = outage.without("cluster.stopped", "shutting_down control2", "halted control2").until(903)
    ups = {"controldisk": "ups3", "linkeddisk": "ups4"}[array]
    charge = f"910 room ups.charge {ups} charge_pct=1 runtime_s={left_s + 40}"
    telling = slow.plus(charge, "950 room server.forced control2")
    assert bool(telling.result("S26").breaches) is broken


def test_S26_p6_l2_a_disks_off_that_falls_at_once_leaves_the_time_of_a_force(outage: Any) -> None:
    slow = outage.without("cluster.stopped", "shutting_down control2", "halted control2").until(903)
    lcd = replace(slow.site.upses["ups3"], shutdown_delay_s=0.0)
    at_once = slow.at_site(upses={**slow.site.upses, "ups3": lcd})

    def broken(left_s: float) -> bool:
        charge = f"910 room ups.charge ups3 charge_pct=1 runtime_s={left_s + 40}"
        return bool(at_once.plus(charge, "950 room server.forced control2").result("S26").breaches)

    assert [broken(left_s) for left_s in (64.9, 65.1)] == [False, True]
