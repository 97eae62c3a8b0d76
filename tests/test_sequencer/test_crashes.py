"""Control nodes die in the middle of it (C1, C2, C3, X-07): the other goes on, nothing is done twice."""

from __future__ import annotations

import pytest

from tests.safety import stranded, unsafe, well
from tests.tale import Tale
from tests.thinned import thinned
from tests.worlds import NODES, back, fault, lost, out, play

WAY_DOWN = (
    -100,
    1,
    15,
    29,
    33,
    34,
    40,
    100,
    125,
    300,
    440,
    452,
    456,
    500,
    640,
    648,
    700,
    850,
    901,
    905,
    1000,
)
THREE_HOURS = 3 * 3600.0


def crash(node: str, at_s: float) -> Tale:
    return play(out(0, 7200), fault("node_crashes", node, at_s), until_s=THREE_HOURS)


@pytest.mark.parametrize("node", NODES)
@pytest.mark.parametrize("at_s", thinned(WAY_DOWN, 3))
def test_c2_the_site_rides_it_out_without_one_of_its_nodes(node: str, at_s: int) -> None:
    well(crash(node, at_s))


@pytest.mark.long
@pytest.mark.parametrize("node", NODES)
def test_c2_whenever_a_node_dies(node: str) -> None:
    for at_s in range(-30, 1500, 10):
        well(crash(node, at_s))
    for at_s in range(7200, 8070, 10):  # once the cluster runs, a node's crash is the cluster's business
        well(crash(node, at_s))


@pytest.mark.parametrize("node", NODES)
@pytest.mark.parametrize("at_s", thinned([7255, 7300, 7505, 7600, 7685, 7750, 7990, 8060]))
def test_c2_a_node_that_dies_on_the_way_up_is_woken_again(node: str, at_s: int) -> None:
    well(crash(node, at_s))


def test_c3_the_standby_takes_over_and_finishes_the_way_down() -> None:
    tale = crash("control1", 100)
    assert "control2" in {e.by for e in tale.all("lease.taken *")}
    assert tale.all("command.sent linkeddisk command=flush", by="control2")
    tale.near("ups.output_off ups4", 645, late_s=20)


def test_s15_no_off_is_sent_twice_when_the_commander_dies_while_one_counts_down() -> None:
    tale = crash("control1", 200)
    tale.once("command.sent ups5 command=off", "command.sent ups6 command=off", "ups.off_armed ups5")
    tale.near("ups.output_off ups5", 450)


def test_s3_the_new_commander_waits_for_the_upses_that_the_old_one_armed() -> None:
    """Its own life is older than the timer: the timer counts from when it heard of it."""
    tale = crash("control1", 100)
    tale.before("ups.output_off ups5", "command.sent linkeddisk command=flush")
    tale.before("ups.output_off ups6", "command.sent linkeddisk command=flush")
    tale.never("alarm.raised ups5", "alarm.raised ups6")


def test_x_07_what_is_off_already_is_not_told_to_go_off_again() -> None:
    tale = crash("control1", 700)
    for ups in ("ups4", "ups5", "ups6"):
        tale.once(f"command.sent {ups} command=off")
    tale.once("command.sent linkeddisk command=flush")


def test_x_07_a_node_that_missed_the_whole_incident_hears_of_it_when_it_boots() -> None:
    """control1 died before it was declared and commands after the cluster's restart."""
    tale = crash("control1", 1)
    well(tale)
    assert tale.all("lease.taken *", by="control1")[-1].t - tale.zero_s > 7200
    tale.once("incident.opened reference", "incident.closed reference")


@pytest.mark.parametrize("at_s", [1, 40, 456, 700])
def test_c2_when_both_nodes_die_what_is_armed_falls_and_nothing_else_is_done(at_s: int) -> None:
    """They stay halted with power on their plugs: that takes somebody's hand, as R10-02 warns."""
    died = [h for node in NODES for h in fault("node_crashes", node, at_s)]
    tale = play(out(0, 7200), died, until_s=THREE_HOURS)
    assert not unsafe(tale)
    assert not [e for e in tale.all("command.sent *") if e.t - tale.zero_s > at_s]
    assert set(stranded(tale)) >= {"control1 is halted", "control2 is halted"}


@pytest.mark.parametrize("node", NODES)
@pytest.mark.parametrize("at_s", [20, 100, 458, 700])
def test_mains_that_never_return_find_everything_safely_down_though_a_node_died(node: str, at_s: int) -> None:
    tale = play(lost(), fault("node_crashes", node, at_s), until_s=THREE_HOURS)
    assert not unsafe(tale)
    tale.never("array.lost_data *")
    assert not any(ups.output for ups in tale.room.upses.values())


@pytest.mark.parametrize("back_s", [150, 430, 500, 700, 1000])
@pytest.mark.parametrize("before_s", [3, 11, 35])
def test_p2_c2_the_commander_dies_just_before_the_mains_return(back_s: int, before_s: int) -> None:
    died = fault("node_crashes", "control1", back_s - before_s)
    tale = play(out(0, back_s), died, until_s=THREE_HOURS)
    assert not unsafe(tale)
    assert not stranded(tale, but=("control1",))


def test_s7_the_new_commander_counts_the_mains_from_when_they_came_back() -> None:
    """A card that was never without power tells nothing about how long the mains have been there."""
    tale = play(out(0, 430), fault("node_crashes", "control1", 419), until_s=THREE_HOURS)
    assert not unsafe(tale)
    assert tale.at("command.sent ups5 command=on") >= 430 + 60


def test_s13_two_nodes_that_come_up_at_once_do_not_both_command() -> None:
    """control1 is back from its crash exactly when control2 has waited long enough for it."""
    for at_s in range(440, 470, 5):
        well(play(out(0, 1164), fault("node_crashes", "control1", at_s), until_s=THREE_HOURS))


@pytest.mark.parametrize("lead_s", thinned(x / 10 for x in range(-25, 26, 5)))
def test_s13_whichever_of_two_nodes_is_a_little_earlier(lead_s: float) -> None:
    """The second node's mains return late or early by a little, around the limit for its peer."""
    for node, other in (("ups1", "ups2"), ("ups2", "ups1")):
        happenings = [lost(), back(3000, "utility"), lost(10, node), back(3000 + 120 + lead_s, node)]
        tale = play(*happenings, until_s=THREE_HOURS)
        assert not [offence for offence in unsafe(tale) if offence.startswith("S13")], other


@pytest.mark.long
def test_s13_there_is_one_commander_at_every_instant_of_many_histories() -> None:
    for tenth in range(-300, 300):
        happenings = [lost(), back(3000), lost(10, "ups1"), back(3120 + tenth / 100, "ups1")]
        assert not unsafe(play(*happenings, until_s=5000))
