"""A node that is halted with its power on waits for whoever wakes it, as long as that may take: L3."""

# ruff: noqa: N802 - the ids of the invariants keep their capitals in the names of the tests.

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

NODE_S = 1030
"""B3 of a node."""
FELL = "1086 room ups.output_off ups2 cause=command"
BACK_S = 5000
ALONE = dict.fromkeys(("control1", "blade1", "blade2", "rack1", "rack2"), "up") | {"control2": "halted"}
"""How the systems are as the run begins."""
RETURNS = (f"{BACK_S} room ups.output_on ups2 cause=return", f"{BACK_S} room server.booting control2")


@pytest.fixture
def stayed_on(outage: Any) -> Any:
    """Both nodes are halted; ups1 stayed on, full, and the mains are back. ups2 is off, and has 1 %."""
    return (
        outage.until(1084)
        .without("off_armed ups1", "off_armed ups2")
        .plus("1085 room mains.restored utility", FELL)
        .plus("1086 room ups.charge ups2 charge_pct=1", f"{BACK_S} room ups.charge ups2 charge_pct=15")
    )


def left(telling: Any, until_s: float) -> dict[str, str]:
    return {b.subject: b.text for b in telling.until(until_s).result("L3").breaches}


def test_L3_it_waits_for_the_charge_with_which_another_comes_back(stayed_on: Any) -> None:
    coming = stayed_on.plus(*RETURNS)
    assert "control1" not in left(coming, BACK_S + NODE_S)
    since_s = float(left(coming, BACK_S + NODE_S + 200)["control1"].partition("since ")[2].partition(" s")[0])
    assert since_s == pytest.approx(BACK_S, abs=1)
    low = stayed_on.without("charge_pct=15").plus(f"{BACK_S} room ups.charge ups2 charge_pct=5")
    assert "control1" not in left(low, 60000), "it has not come to that yet"


def test_L3_it_waits_for_nobody_who_does_not_come_back(stayed_on: Any) -> None:
    assert "since 1085 s" in left(stayed_on.without(FELL), 4000)["control1"], "halted with its power on, too"
    unfed = stayed_on.plus("1087 room mains.lost ups2")
    assert "since 1086 s" in left(unfed, 4000)["control1"], "it has no mains"
    held = stayed_on.plus("1087 control1 hold.set control2")
    assert "since 1086 s" in left(held, 4000)["control1"]
    never = replace(
        stayed_on.without("server.shutting_down control2", "server.halted control2"), initial=ALONE
    )
    assert "since 1086 s" in left(never, 4000)["control1"], "it was down before the run"
    down = "1087 control1 request.accepted control2 wish=power_off id=r1 of=control2"
    assert "since 1086 s" in left(stayed_on.plus(down), 4000)["control1"]


def test_L3_whose_own_power_has_gone_waits_for_nobody(stayed_on: Any) -> None:
    both = stayed_on.plus("1088 room ups.output_off ups1 cause=command", "1090 room ups.output_on ups1")
    assert "since 1088 s" in left(both, 4000)["control1"]


def test_L3_whose_power_fell_as_it_ran_boots_with_that(outage: Any) -> None:
    crashed = outage.until(1000).plus(
        "1000 room ups.output_off ups1 cause=fault",
        "1000 room server.crashed control1",
        "1005 room ups.output_on ups1",
        "1010 room mains.restored utility",
        "1010 room cluster.stopped ssccluster",
        *(f"1010 room server.{state} control2" for state in ("shutting_down", "halted")),
        "1011 room ups.output_off ups2 cause=command",
        "1011 room ups.charge ups2 charge_pct=1",
    )
    assert "since 1011 s" in left(crashed, 4000)["control1"], "though control2 has not come back yet"


def test_X04_L3_one_of_two_feeds_is_the_power_of_a_node_that_needs_both(stayed_on: Any) -> None:
    both = replace(stayed_on.site.servers["control1"], upses=("ups1", "ups6"), minimum_supplies=2)
    needing = stayed_on.at_site(servers={**stayed_on.site.servers, "control1": both})
    fell = needing.plus("1088 room ups.output_off ups1 cause=command", "1090 room ups.output_on ups1")
    assert "control1" not in left(needing.plus("1080 room ups.output_on ups6"), 4000)
    assert "since 1088 s" in left(fell, 4000)["control1"]


@pytest.fixture
def of_three(stayed_on: Any) -> Any:
    """A third node on a UPS of its own, which stayed on; it is halted, too."""
    site = stayed_on.site
    third = replace(site.servers["control2"], name="control3", upses=("ups6",))
    nodes = replace(site.cluster, nodes=(*site.cluster.nodes, "control3"))
    return stayed_on.at_site(servers={**site.servers, "control3": third}, cluster=nodes).plus(
        "1080 room ups.output_on ups6",
        "1083 room server.halted control3",
    )


def test_L3_of_three_nodes_the_first_that_comes_back_is_waited_for(of_three: Any) -> None:
    assert "control1" not in left(of_three, 4000), "control3 is no help, but control2 comes"
    full = of_three.without("charge_pct=1").plus("1086 room ups.charge ups2 charge_pct=50")
    assert "since 1086 s" in left(full, 4000)["control1"]
    fell = ("1086 room ups.output_off ups6 cause=command", "1087 room mains.lost ups6")
    third = (*fell, "1500 room mains.restored ups6")
    assert "since 1500 s" in left(of_three.plus(*third), 4000)["control1"], "control2 lacks its charge yet"
    assert "since 1086 s" in left(full.plus(*third), 4000)["control1"], "control2 had it before"


def test_L3_of_three_nodes_the_first_that_is_up_may_wake_it(of_three: Any) -> None:
    up = of_three.plus("1200 room server.up control3", "1500 room server.up control2")
    assert "since 1200 s" in left(up, 4000)["control1"]


@pytest.mark.parametrize(
    ("heard", "since_s"),
    [
        ((), BACK_S + 240 + 1200),
        (("6000 control2 incident.opened reference cause=ssccluster",), 6000),
        (("1100 control2 incident.closed reference",), BACK_S + 240),
    ],
)
def test_L3_who_is_up_and_knows_of_no_incident_learns_of_it_by_a_cluster_that_stands_still(
    stayed_on: Any, heard: tuple[str, ...], since_s: float
) -> None:
    """A cluster's start may take 1200 s; so long it may look as if somebody were at it."""
    alone = stayed_on.without("server.shutting_down control2", "server.halted control2")
    ignorant = alone.plus("20 room server.shutting_down control2", "25 room server.halted control2")
    up = ignorant.plus(*RETURNS, f"{BACK_S + 240} room server.up control2", *heard)
    assert "control1" not in left(up, since_s + NODE_S)
    assert f"since {since_s} s" in left(up, since_s + NODE_S + 1)["control1"]


def test_L3_who_knows_of_it_wakes_it_at_once(outage: Any) -> None:
    """control2 was up when it was opened."""
    up = outage.until(1090).without("control2", "off_armed ups").plus("1085 room mains.restored utility")
    assert "since 1085 s" in left(up, 1085 + NODE_S + 1)["control1"]
