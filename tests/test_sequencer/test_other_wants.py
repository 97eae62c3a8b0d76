"""Schedules that fire while the way up waits: it begins anew with what is wanted now (S28, L3, T7)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sequencer.journal import Armed, Kind, Row
from sequencer.otherwise import falling, other_stop, other_wants
from sequencer.requests import Wish
from sim.story import Asked, Managed, Manager
from teiden.judge.verdict import judge
from tests.excused import holds
from tests.hands import HandRoom
from tests.nights import control_nights, night_site, nightly, tonight
from tests.worlds import LINKED, back, fault, lost, out, play

BLADES = LINKED[:2]


def test_s28_a_ups_that_waits_for_charge_stays_off_when_the_night_of_its_servers_begins() -> None:
    night = nightly(off="23:58", on="01:58", servers=BLADES)
    story = (*out(0.0, 1800.0), *out(3600.0, 4140.0))  # the second leaves a third in the disk's battery
    tale = tonight(*story, site=night_site(night), until_s=6 * 3600.0)
    assert tale.times("step.waiting ups5 rule=S17")
    night_s, morning_s = 118 * 60, 238 * 60
    assert not [at_s for at_s in tale.times("ups.output_on ups5") if night_s <= at_s < morning_s]
    assert tale.times("server.up blade1")[-1] > morning_s


def test_l3_a_server_whose_night_passed_while_the_way_up_waited_is_woken_in_its_morning() -> None:
    night = nightly(off="22:37", on="23:37", servers=BLADES)
    held = Asked(-300.0, Wish.HOLD, ("blade1",))
    tale = tonight(held, *out(0.0, 1800.0), site=night_site(night), until_s=5 * 3600.0)
    (up_s,) = tale.times("server.up blade2")
    (charged_s,) = tale.times("command.sent ups6 command=on")  # the disk's battery can stop all of them (S17)
    assert 97 * 60 < charged_s < up_s < charged_s + 600


ON_UPS5 = {"blade1", "blade2", "bladepool"}


@pytest.mark.parametrize(
    ("card", "blade1", "goes"),
    [(True, True, True), (True, False, True), (False, True, True), (False, False, False)],
    ids=["both heard", "server silent", "card silent", "both silent"],
)
def test_s1_who_lives_on_a_countdown_goes_down_with_it(
    by_hand: HandRoom, card: bool, blade1: bool, goes: bool
) -> None:
    """Of a silent card a row says so; who is silent, too, may have lost its power by then (S9)."""
    run, ups5 = by_hand.run, by_hand.upses["ups5"]
    assert falling(run).servers == set()
    run.facts.armed["ups5"] = Armed(run.now, 420.0)
    ups5.show(off_armed=True)
    assert falling(run).servers == ON_UPS5
    if not card:
        ups5.fall_silent()
    if not blade1:
        by_hand.servers["blade1"].fall_silent()
    assert ("blade1" in falling(run).servers) is goes
    by_hand.until(700)
    ups5.show(off_armed=False, output_on=False)
    assert falling(run).servers == set()


@pytest.mark.parametrize("goal", ["up", "reboot"])
def test_l3_the_way_up_begins_anew_when_a_node_is_not_wanted_down_any_more(
    by_hand: HandRoom, goal: str
) -> None:
    """Its page was left when it began: nobody else would wake it before the incident is closed."""
    run = by_hand.run

    def word(n: int, goal: str, *nodes: str) -> Row:
        wanted = {"servers": nodes, "goal": goal, "wall_s": 1000.0 * n}
        return Row(Kind.WANTED, f"r{n}", 1, "control1/1", 0.0, wanted)

    run.hear(word(1, "down", "control2"))
    page = run.spawn(other_wants(run))
    by_hand.until(10)
    run.hear(word(2, "down", "control2"))
    by_hand.until(20)
    assert not page.over, "it is wanted down as before"
    run.hear(word(3, goal, "control2"))
    by_hand.until(30)
    assert page.over


def test_l4_c4_that_the_way_up_begins_anew_for_an_incident_of_another_is_said(by_hand: HandRoom) -> None:
    """By its number, which is ours too, nobody sees that this one is news."""
    run = by_hand.run
    ours = Row(Kind.DECLARED, "reference", 1, "control1/1", 0.0, {"was_running": ["rack1"]})
    run.hear(ours)
    page = run.spawn(other_wants(run))
    run.hear(ours)
    by_hand.until(10)
    assert not page.over, "it is as before"
    run.hear(Row(Kind.DECLARED, "reference", 1, "control2/1", 0.0, {"was_running": ["blade1"]}))
    by_hand.until(20)
    assert page.over
    assert [told["epoch"] for told in by_hand.told("journal.heard")] == [1, 1]


@pytest.mark.parametrize(("by", "said"), [("control2", [1]), ("control1", [])])
def test_l4_n1_that_the_way_down_begins_anew_for_an_old_word_of_another_is_said(
    by_hand: HandRoom, by: str, said: list[int]
) -> None:
    """His row of it was written before we heard him; our own is written as we hear it."""
    run = by_hand.run
    run.learn(Row(Kind.DECLARED, "reference", 1, "control1/1", 0.0, {"was_running": []}))
    run.scope = replace(run.scope, control=True)
    page = run.spawn(other_stop(run))
    by_hand.until(10)
    told = len(by_hand.told("journal.heard"))
    wanted = {"servers": ["rack1"], "goal": "down", "wall_s": 1000.0}
    run.hear(Row(Kind.WANTED, "nightly", 1, f"{by}/1", 0.0, wanted))
    by_hand.until(20)
    assert page.over
    assert [word["epoch"] for word in by_hand.told("journal.heard")[told:]] == said


def test_l4_n1_a_night_of_the_servers_that_a_node_hears_of_in_its_stop_overtakes_its_wait_for_the_other() -> (
    None
):
    """Behind a dead switch each went by the schedules of its own (seed 131650)."""
    site = night_site(nightly(off="22:10", on="04:00"), control_nights(off="22:18"))
    tale = tonight(
        fault("switch_dies", "lan1", -210.0, 1810.0),
        Managed(1500.0, Manager.REBOOT, "control1"),
        site=site,
        until_s=3600.0,
    )
    results = judge(tale.events, site).invariants
    assert not [b.text for result in results for b in result.breaches if b.id == "L4"]
    assert tale.times("server.halted control1")


def test_l4_n2_a_node_that_is_woken_and_tells_of_its_own_incident_overtakes_the_wait_for_it() -> None:
    """control2, parted from it when the outage began, has opened one to bring back the cluster, and wakes
    control1 while the disk waits for its charge (seed 10154)."""
    tale = play(
        Asked(-600, Wish.HOLD, ("ups1",)),
        fault("production_down", "network", -600, 3000),
        out(0, 600),
        out(630, 2130),
        until_s=6600,
        seed=10154,
    )
    holds(tale, "production_down")
    assert tale.times("incident.opened reference")
    assert tale.times("command.sent control1 command=wake")


def test_l1_when_who_is_wanted_down_beside_a_node_that_is_waited_for_has_stopped_the_incident_ends() -> None:
    """No outage is confirmed: the node's mains were back, and went again before its power fell."""
    node = [lost(-100.0, "ups2"), back(950.0, "ups2"), lost(1050.0, "ups2"), back(9000.0, "ups2")]
    tale = play(out(0, 700), node, Asked(3000.0, Wish.POWER_OFF, LINKED))
    cut_s = tale.times("ups.output_off ups4")[-1]
    (turned_s,) = [t for t in tale.times("journal.committed reference kind=turned") if t > 3000]
    assert cut_s <= turned_s < cut_s + 10
    (closed_s,) = [t for t in tale.times("incident.closed reference") if t > 3000]
    assert closed_s == pytest.approx(tale.times("server.up control2")[-1], abs=10.0)
    assert not [t for t in tale.times("command.sent ups4 command=on") if t > cut_s]
