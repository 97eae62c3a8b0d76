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


OFF_FOR_GOOD = "1086 room ups.output_off ups1 cause=command"


@pytest.fixture
def told_to_stay_off(stayed_on: Any) -> Any:
    """ups1 is off for good, by a word that is over by now; control2 has yet to come back with its charge."""
    return stayed_on.changed("ups1 command=off", "until_mains", "graceful").plus(OFF_FOR_GOOD, *RETURNS)


def test_L3_whose_ups_was_told_to_stay_off_waits_for_who_switches_it_on(told_to_stay_off: Any) -> None:
    assert "control1" not in left(told_to_stay_off, BACK_S + NODE_S)
    assert f"since {BACK_S} s" in left(told_to_stay_off, BACK_S + NODE_S + 200)["control1"]


@pytest.mark.parametrize("why", ["to return", "by itself", "on again"])
def test_L3_but_not_whose_ups_comes_on_by_itself_or_is_on(told_to_stay_off: Any, why: str) -> None:
    changed = {
        "to return": told_to_stay_off.changed("ups1 command=off", "graceful", "until_mains"),
        "by itself": told_to_stay_off.changed(OFF_FOR_GOOD[5:], "command", "fault"),
        "on again": told_to_stay_off.plus("1090 room ups.output_on ups1 cause=button"),
    }[why]
    assert "control1" in left(changed, 4000)


def test_L3_nor_is_it_his_own_doing_that_it_was_switched_on_late(told_to_stay_off: Any) -> None:
    on = told_to_stay_off.plus(
        f"{BACK_S + 300} room server.up control2", f"{BACK_S + 400} room ups.output_on ups1 cause=command"
    )
    booting = on.plus(f"{BACK_S + 400} room server.booting control1")
    assert "control1" not in left(booting, BACK_S + 300 + NODE_S)
    assert f"since {BACK_S + 300} s" in left(booting, BACK_S + 300 + NODE_S + 1)["control1"]


@pytest.mark.parametrize(("needs", "waits"), [(2, True), (1, False)])
def test_X04_L3_one_of_two_that_stays_off_keeps_down_who_needs_both(
    told_to_stay_off: Any, needs: int, waits: bool
) -> None:
    servers = told_to_stay_off.site.servers
    both = replace(servers["control1"], upses=("ups1", "ups6"), minimum_supplies=needs)
    needing = told_to_stay_off.at_site(servers={**servers, "control1": both})
    fed = needing.plus("1080 room ups.output_on ups6 cause=button")
    assert ("control1" not in left(fed, 4000)) is waits


def test_X04_L3_one_of_two_feeds_is_the_power_of_a_node_that_needs_both(stayed_on: Any) -> None:
    both = replace(stayed_on.site.servers["control1"], upses=("ups1", "ups6"), minimum_supplies=2)
    needing = stayed_on.at_site(servers={**stayed_on.site.servers, "control1": both})
    needing = needing.plus("1080 room ups.output_on ups6 cause=button")
    fell = needing.plus("1088 room ups.output_off ups1 cause=command", "1090 room ups.output_on ups1")
    assert "control1" not in left(needing, 4000)
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


@pytest.fixture
def three(stayed_on: Any) -> Any:
    """A third node, on ups6, is halted, too."""
    site = stayed_on.site
    third = replace(site.servers["control2"], name="control3", upses=("ups6",))
    nodes = replace(site.cluster, nodes=(*site.cluster.nodes, "control3"))
    more = {**site.servers, "control3": third}
    return stayed_on.at_site(servers=more, cluster=nodes).plus("1053 room server.halted control3")


def test_L3_of_two_that_come_back_the_first_that_can_is_waited_for(three: Any) -> None:
    """ups6 has fallen, too: it is empty, and holds enough from 2000 s on, or from 8000 s."""
    comes = three.without("output_off ups6").plus("1060 room ups.output_off ups6 cause=fault")
    comes = comes.without("ups.charge ups6").plus("1060 room ups.charge ups6 charge_pct=1")
    coming = comes.plus(*RETURNS)
    for charged_s, first_s in ((2000, 2000), (8000, BACK_S)):
        telling = coming.plus(f"{charged_s} room ups.charge ups6 charge_pct=15")
        assert "control1" not in left(telling, first_s + NODE_S), charged_s
        text = left(telling, 11000)["control1"]
        since_s = float(text.partition("since ")[2].partition(" s")[0])
        assert since_s == pytest.approx(first_s, abs=1), "also when both can"
    never = three.without("charge_pct=15", "output_off ups6", "ups.charge ups6")
    never = never.plus("1060 room ups.output_off ups6 cause=fault", "1060 room ups.charge ups6 charge_pct=50")
    assert "control1" in left(never, 1085 + NODE_S + 5), "the other one has not come to that yet"


def test_L3_of_two_that_are_up_the_first_has_to_wake_it(three: Any) -> None:
    both = three.plus("1100 control2 incident.closed reference", "5000 room server.up control2")
    both = both.plus("5600 room server.up control3")
    assert "control1" not in left(both, 5000 + NODE_S)
    assert "since 5000 s" in left(both, 5000 + NODE_S + 1)["control1"]


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


@pytest.mark.parametrize("stops_s", [None, 6000])
def test_L3_s28_from_a_cluster_that_runs_it_learns_nothing(stayed_on: Any, stops_s: float | None) -> None:
    """Who knew of the outage is down; who has booted raises an alarm, and leaves who is halted as he is."""
    alone = stayed_on.without("server.shutting_down control2", "server.halted control2", "ups1 charge_pct=1")
    ignorant = alone.plus("20 room server.shutting_down control2", "25 room server.halted control2")
    runs = f"{BACK_S + 340} room cluster.running ssccluster holder=control2"
    up = ignorant.plus(*RETURNS, f"{BACK_S + 240} room server.up control2", runs)
    if stops_s is None:
        assert "control1" not in left(up, 20000)
        return
    up, since_s = up.plus(f"{stops_s} room cluster.stopped ssccluster"), stops_s + 1200
    assert "control1" not in left(up, since_s + NODE_S)
    assert f"since {since_s} s" in left(up, since_s + NODE_S + 1)["control1"]


def test_L3_who_knows_of_it_wakes_it_at_once(outage: Any) -> None:
    """control2 was up when it was opened."""
    up = outage.until(1090).without("control2", "off_armed ups").plus("1085 room mains.restored utility")
    assert "since 1085 s" in left(up, 1085 + NODE_S + 1)["control1"]


FALL_S, SLEEP_S = 1443, 5000
AWAKE_S = FALL_S + SLEEP_S


@pytest.fixture
def asleep(outage: Any) -> Any:
    """Both nodes are off for a night by their UPSes' timers; the mains are back, and nobody is up."""
    told = outage.until(FALL_S).plus("1500 room mains.restored utility")
    for ups in ("ups1", "ups2"):
        told = told.changed(f"{ups} command=off", "until_mains", f"sleep sleep_s={SLEEP_S}")
    return told


def back(ups: str, node: str, at_s: float, cause: str = "button") -> tuple[str, ...]:
    return (
        f"{at_s - 240} room ups.output_on {ups} cause={cause}",
        f"{at_s - 240} room server.booting {node}",
        f"{at_s} room server.up {node}",
    )


def test_L3_t7_whose_ups_sleeps_is_owed_when_its_timer_has_brought_it_back(asleep: Any) -> None:
    assert left(asleep, AWAKE_S + NODE_S) == {}
    assert f"since {AWAKE_S} s" in left(asleep, AWAKE_S + NODE_S + 1)["control1"]
    timer = asleep.plus(f"{AWAKE_S} room ups.output_on ups1 cause=return")
    assert "control1" not in left(timer, AWAKE_S + NODE_S)
    assert f"since {AWAKE_S} s" in left(timer, AWAKE_S + NODE_S + 1)["control1"]
    unknown = asleep.changed("ups1 command=off", f" sleep_s={SLEEP_S}", "")
    assert "since 1500 s" in left(unknown, 4000)["control1"], "for how long nobody tells"
    died = asleep.changed("output_off ups1", "command", "fault")
    assert "since 1500 s" in left(died, 4000)["control1"], "it has not come to that"
    again = asleep.plus(
        "1600 room ups.output_on ups1 cause=button", "1700 room ups.output_off ups1 cause=fault"
    )
    assert "since 1700 s" in left(again, 4000)["control1"], "that was no sleep"


def test_L3_t7_somebody_who_is_up_before_that_wakes_him(asleep: Any) -> None:
    early = asleep.plus(*back("ups2", "control2", 3000))
    assert "control1" not in left(early, 3000 + NODE_S)
    assert "since 3000 s" in left(early, 3000 + NODE_S + 1)["control1"]
    assert "since 3000 s" in left(early, AWAKE_S + NODE_S + 1)["control1"], "its timer is over since, too"
    late = asleep.plus(*back("ups2", "control2", AWAKE_S + 90))
    assert f"since {AWAKE_S} s" in left(late, AWAKE_S + NODE_S + 1)["control1"], "his timer was sooner"


def test_L3_s17_but_with_charge_for_a_full_stop_which_the_timer_does_not_need(asleep: Any) -> None:
    low = asleep.without("ups.charge ups1").plus("1443 room ups.charge ups1 charge_pct=30")
    early = asleep.plus(*back("ups2", "control2", 3000))
    waits = low.plus(*back("ups2", "control2", 3000))
    assert "control1" not in left(waits, AWAKE_S + NODE_S), "he is up since 3000 s, and could not"
    assert f"since {AWAKE_S} s" in left(waits, AWAKE_S + NODE_S + 1)["control1"]
    later = waits.plus(
        *(f"{at_s} room ups.charge ups1 charge_pct={pct}" for at_s, pct in ((5999, 30), (6000, 60)))
    )
    since_s = float(left(later, AWAKE_S + NODE_S)["control1"].partition("since ")[2].partition(" s")[0])
    assert since_s == pytest.approx(6000, abs=1), "since then he could"
    assert f"since {AWAKE_S} s" in left(low, AWAKE_S + NODE_S + 1)["control1"]
    enough = waits.plus(
        *(f"{at_s} room ups.charge ups1 charge_pct={p}" for at_s, p in ((6999, 30), (7000, 60)))
    )
    assert f"since {AWAKE_S} s" in left(enough, AWAKE_S + NODE_S + 1)["control1"], "the timer was sooner"
    least = asleep.site.upses | {"ups1": replace(asleep.site.upses["ups1"], min_return_charge_pct=95)}
    rises = ("1443 room ups.charge ups1 charge_pct=92", "5000 room ups.charge ups1 charge_pct=92")
    slept = early.without("ups.charge ups1").plus(*rises).at_site(upses=least)
    assert "since 3000 s" in left(slept, AWAKE_S + NODE_S + 1)["control1"], "its timer does not bring it back"
    alone = slept.changed("ups1 command=off", f"sleep sleep_s={SLEEP_S}", "until_mains")
    assert "control1" not in left(alone, AWAKE_S + NODE_S + 1), (
        "who comes back by himself waits for his charge"
    )
    empty = asleep.without("ups.charge ups1").plus("1443 room ups.charge ups1 charge_pct=5")
    assert "control1" not in left(empty, AWAKE_S + 2 * NODE_S)
    assert "control1" not in left(empty.plus(*back("ups2", "control2", 3000)), AWAKE_S + 2 * NODE_S)


def test_L3_t7_who_is_halted_with_his_power_on_waits_for_one_that_sleeps(asleep: Any) -> None:
    stayed = asleep.without("off_armed ups1", "ups1 command=off", "output_off ups1")
    assert "control1" not in left(stayed, AWAKE_S + NODE_S)
    assert f"since {AWAKE_S} s" in left(stayed, AWAKE_S + NODE_S + 1)["control1"]


def test_L3_c8_a_service_that_has_begun_anew_and_knows_of_nothing_learns_of_it_in_its_time(
    stayed_on: Any,
) -> None:
    alone = stayed_on.without("server.shutting_down control2", "server.halted control2")
    ignorant = alone.plus("20 room server.shutting_down control2", "25 room server.halted control2")
    up = ignorant.plus(*RETURNS, f"{BACK_S + 240} room server.up control2")
    died = up.plus("5300 room service.died control2", "9000 room service.begun control2")
    died = died.plus("9000 control2 lease.taken reference")
    since_s = 9000 + 1200
    assert "control1" not in left(died, since_s + NODE_S)
    assert f"since {since_s} s" in left(died, since_s + NODE_S + 1)["control1"]


def test_L3_c1_one_whose_service_is_dead_wakes_nobody(stayed_on: Any) -> None:
    """Another one comes up, and learns of it by the cluster."""
    site = stayed_on.site
    third = replace(site.servers["control2"], name="control3", upses=("ups6",))
    nodes = replace(site.cluster, nodes=(*site.cluster.nodes, "control3"))
    three = stayed_on.without("control2").at_site(servers={**site.servers, "control3": third}, cluster=nodes)
    told = three.plus("20 room server.halted control3", "1000 room service.died control2")
    up = told.plus("1086 room ups.output_on ups6", "5000 room server.up control3")
    since_s = 5000 + 1200
    assert "control1" not in left(up, since_s + NODE_S)
    assert f"since {since_s} s" in left(up, since_s + NODE_S + 1)["control1"]


def test_L3_t7_who_died_with_the_power_that_sleeps_is_back_with_it(asleep: Any) -> None:
    died = asleep.without("shutting_down control1", "halted control1")
    died = died.plus(f"{FALL_S} room server.crashed control1 cause=power")
    died = died.without("ups.charge ups2").plus(f"{FALL_S} room ups.charge ups2 charge_pct=1")
    assert f"since {AWAKE_S} s" in left(died, AWAKE_S + NODE_S + 1)["control1"]


def test_L3_x04_who_needs_two_of_which_one_sleeps_is_back_when_that_is(asleep: Any) -> None:
    site = asleep.site
    needy = replace(site.servers["control1"], upses=("ups1", "ups3"), minimum_supplies=2)
    two = asleep.without("ups3 command=off").at_site(servers={**site.servers, "control1": needy})
    assert "control1" not in left(two, AWAKE_S + NODE_S)
    assert f"since {AWAKE_S} s" in left(two, AWAKE_S + NODE_S + 1)["control1"]


def test_L3_x04_so_it_is_when_the_other_one_has_stayed_on(asleep: Any) -> None:
    """Nor is anybody there who could wake it: the other node has no charge."""
    site = asleep.site
    needy = replace(site.servers["control1"], upses=("ups1", "ups6"), minimum_supplies=2)
    on = asleep.without("ups6 command=off", "off_armed ups6", "output_off ups6", "ups.charge ups2")
    one = on.plus(f"{FALL_S} room ups.charge ups2 charge_pct=1")
    two = one.at_site(servers={**site.servers, "control1": needy})
    assert f"since {AWAKE_S} s" in left(two, AWAKE_S + NODE_S + 1)["control1"]


def test_L3_x04_and_when_both_sleep_with_the_later_one(asleep: Any) -> None:
    site = asleep.site
    needy = replace(site.servers["control1"], upses=("ups1", "ups2"), minimum_supplies=2)
    two = asleep.changed("ups2 command=off", f"sleep_s={SLEEP_S}", f"sleep_s={SLEEP_S + 700}")
    two = two.at_site(servers={**site.servers, "control1": needy})
    assert "control1" not in left(two, AWAKE_S + 700 + NODE_S)
    assert f"since {AWAKE_S + 700} s" in left(two, AWAKE_S + 700 + NODE_S + 1)["control1"]
