"""Who has mains is brought back, though others of the same incident still wait for theirs (L3, S31, T7)."""

from __future__ import annotations

from pathlib import Path

import pytest

from sequencer.requests import Wish
from sequencer.schedules import Schedule
from sim.story import Asked, Managed, Manager, Pressed
from teiden.files.site_file import load_site
from tests.excused import holds
from tests.nights import control_nights, night_site, nightly, tonight
from tests.safety import well
from tests.worlds import HOUR_S, LINKED, fault, out, play

SITES = Path(__file__).resolve().parents[2] / "scenarios" / "sites"

BLADES_LATER = (*out(0, 600, "ups6"), *out(560, 6000, "ups5"))
"""The racks' mains are back in ten minutes, those of the blades in 100."""


def test_l3_the_racks_come_back_while_the_blades_wait_for_their_mains() -> None:
    tale = play(*BLADES_LATER, until_s=3 * HOUR_S)
    well(tale)
    assert tale.times("server.up rack1")[-1] < 3000
    assert tale.times("server.up blade1")[-1] > 6000
    assert len(tale.times("incident.opened reference")) == len(tale.times("incident.closed reference")) == 1


def test_l3_a_third_outage_meanwhile_is_declared_like_any_other() -> None:
    tale = play(*BLADES_LATER, *out(3600, 4800, "ups4"), until_s=4 * HOUR_S)
    well(tale)
    assert tale.times("outage.confirmed ups4")
    assert 3630 < tale.times("server.shutting_down rack1")[-1] < 3700
    assert tale.times("array.flushed linkeddisk")[-1] > 3700
    assert tale.times("server.up rack1")[-1] > 4800


def test_l3_the_morning_of_the_linked_side_comes_though_a_node_is_without_mains() -> None:
    tale = tonight(*out(-120, 9000, "ups2"), site=night_site(), until_s=4 * HOUR_S)
    well(tale)
    assert 48 * 60 - 60 < tale.times("server.up blade1")[-1] < 48 * 60 + 600
    assert tale.times("server.up control2")[-1] > 9000


def test_l3_l6_a_night_that_begins_while_a_unit_is_left_behind_has_its_flush() -> None:
    night = nightly(off="22:50", on="00:50", servers=("rack1", "rack2", "blade1", "blade2"))
    tale = tonight(*out(0, 600, "ups6"), *out(560, 14000, "ups5"), site=night_site(night), until_s=6 * HOUR_S)
    well(tale)
    assert tale.times("server.shutting_down rack1")[-1] > 50 * 60
    assert 50 * 60 < tale.times("array.flushed linkeddisk")[-1] < tale.times("ups.output_off ups4")[-1]
    assert 170 * 60 - 60 < tale.times("server.up rack1")[-1] < 170 * 60 + 600


def test_s27_l3_a_ups_that_somebody_holds_on_its_battery_holds_up_nobody_else() -> None:
    """Nobody tells it to go off, and it is no use to wait for that. When he lets it go it goes."""
    held, released_s = Asked(-110, Wish.HOLD, ("ups6",)), 900.0
    release = Asked(released_s, Wish.RELEASE, ("ups6",))
    tale = play(held, *out(0, 9000, "ups6"), *out(4, 380), release, until_s=4 * HOUR_S)
    well(tale)
    assert tale.at("server.up blade1") < released_s
    assert tale.at("command.sent ups6 command=off") == pytest.approx(released_s, abs=1)
    assert tale.at("ups.output_off ups6 cause=command") < released_s + 500
    assert tale.at("server.up rack1") > 9000
    tale.once("server.shutting_down rack1", "server.up rack1")


def test_s27_l3_one_that_is_off_when_he_lets_it_go_is_no_news() -> None:
    """He holds a server on it: then it is not told to go off either. Its battery is empty by then."""
    held, release = Asked(-110, Wish.HOLD, ("rack1",)), Asked(4000, Wish.RELEASE, ("rack1",))
    tale = play(held, *out(0, 9000, "ups6"), *out(4, 380), release, until_s=4 * HOUR_S)
    assert tale.at("server.up blade1") < 1200
    tale.once("server.up blade1", "incident.opened reference", "ups.output_off ups6")
    assert tale.at("ups.exhausted ups6") < 4000
    assert tale.at("server.up rack1") > 9000


@pytest.mark.parametrize("others", ["all", "racks stay", "racks were asked off"])
@pytest.mark.parametrize("on", ["22:54", "23:20"])
def test_l3_t7_a_short_night_is_over_in_time_though_a_node_is_left_behind(others: str, on: str) -> None:
    """Theirs is a stop beside the node's outage, and nobody's mains are waited for to end it."""
    night = nightly(off="22:50", on=on, servers=LINKED if others == "all" else ("blade1", "blade2"))
    racks = Schedule("racks", ("rack1", "rack2"), off="22:51", on="23:59")
    site = night_site(night, racks) if others == "racks stay" else night_site(night)
    asked = Asked(3120, Wish.POWER_OFF, ("rack1", "rack2"), "operator")
    more = [asked] if others == "racks were asked off" else []
    reboot = Managed(1500, Manager.REBOOT, "ssccluster")
    tale = tonight(*out(0, 9000, "ups2"), reboot, *more, site=site, until_s=5 * HOUR_S)
    well(tale, but=("rack1", "rack2", "rackpool", "ups6") if more else ())
    on_s = (54 if on == "22:54" else 80) * 60
    assert on_s < tale.times("server.up blade1")[-1] < on_s + 900
    if others == "racks stay":
        assert 7140 < tale.times("server.up rack1")[-1] < 7140 + 900
    assert tale.room.servers["rack1"].state.value == ("off" if more else "up")


def test_l3_the_other_node_knows_whom_its_predecessor_left_behind() -> None:
    """The commander's power goes in the midst of it; its peer neither stops the racks nor waits for ever."""
    tale = play(*BLADES_LATER, *out(2500, 5000, "ups1"), until_s=3 * HOUR_S)
    well(tale)
    (stopped_s,) = tale.times("server.shutting_down rack1")
    assert stopped_s < 600
    assert tale.times("server.up blade1")[-1] > 6000


def test_s9_t7_mains_that_are_back_end_the_outage_before_the_night_of_the_nodes_begins() -> None:
    site = night_site(control_nights(off="22:32", on="23:59"))
    tale = tonight(*out(1500, 1880), site=site, until_s=4 * HOUR_S)
    assert not tale.times("command.sent linkeddisk command=flush")
    assert not tale.times("command.sent ups4 command=off")
    stopped_s = tale.times("cluster.stopping ssccluster")[0]
    assert 1920 < tale.times("server.up blade1")[-1] < stopped_s


def test_l3_who_switches_all_off_in_mid_outage_gets_the_control_side_off_too() -> None:
    tale = play(out(0, 5000, "ups4"), Asked(300.0, Wish.POWER_OFF, ()), until_s=2 * HOUR_S)
    assert 300 < tale.times("cluster.stopped ssccluster")[-1] < 2000
    assert tale.times("ups.output_off ups1")[-1] < 2000


def test_s5_who_was_booted_by_hand_in_mid_outage_is_stopped_before_the_cluster_that_is_wanted_down() -> None:
    pressed = Pressed(700.0, "ups6")  # it had gone off with its servers; they boot, and nobody fights it (O1)
    tale = play(out(0, 6000, "ups4"), pressed, Asked(1100.0, Wish.POWER_OFF, ()), until_s=2 * HOUR_S)
    assert 700 < tale.times("server.up rack1")[-1] < 1100
    assert tale.times("server.halted rack1")[-1] < tale.times("cluster.stopping ssccluster")[0]


def test_s12_the_outage_of_a_ups_that_has_gone_off_meanwhile_is_not_confirmed() -> None:
    """Its mains go shortly before its armed OFF is over; off, it cannot lose them for anybody (R9-20)."""
    tale = play(out(0, 330, "ups4"), out(440, 1700, "ups5"), until_s=2 * HOUR_S)
    assert tale.times("ups.output_off ups5")[0] < 500
    assert not tale.times("outage.confirmed ups5")
    assert tale.times("server.up blade1")[-1] > 1700


def test_l3_s31_the_cluster_does_not_wait_for_servers_that_lose_their_mains_before_it_is_started() -> None:
    """All were down; the button of the blades' UPS is pressed, and an hour passes until its mains stay."""
    later = (Pressed(3700.0, "ups5"), *out(3750, 20000, "ups5"))
    tale = play(*out(0, 3600), *later, until_s=8 * HOUR_S)
    well(tale)
    assert 3750 < tale.times("outage.confirmed ups5")[-1] < 4300
    assert tale.times("cluster.running ssccluster")[-1] < 6500
    assert tale.times("server.up rack1")[-1] < 9000
    assert tale.times("server.up blade1")[-1] > 20000


def test_l3_h6_who_was_booted_by_hand_gets_his_disk_though_his_neighbours_lose_their_mains() -> None:
    """He is up, and has nothing to work on; nobody else was to come up until their mains were back."""
    hands = (Pressed(3623.0, "ups5"), Pressed(4190.0, "ups6"))
    tale = play(*out(0, 3600), *hands, *out(4392, 20000, "ups5"), until_s=8 * HOUR_S)
    well(tale)
    assert 4392 < tale.times("outage.confirmed ups5")[-1] < 4500
    assert tale.times("array.ready linkeddisk")[-1] < 6000
    assert tale.times("server.up blade1")[-1] > 20000


def test_l3_r10_26_who_waits_for_a_disk_that_was_cut_a_moment_ago_holds_up_no_other() -> None:
    """The last poll of the blades' disk told that it was ready; the racks waited for the blades' turn."""
    file = load_site(SITES / "two-arrays.yaml")
    blades_disk = out(163, 9000, "ups4")
    tale = play(*out(0, 43), *blades_disk, site=file.site, model=file.model, until_s=4 * HOUR_S)
    holds(tale)
    assert tale.times("array.ready rackdisk")[-1] < tale.times("server.up rack1")[-1] < 1200
    assert tale.times("server.up blade1")[-1] > 9000


@pytest.mark.parametrize("node", ["control1", "control2"])
@pytest.mark.parametrize("dies_s", [300, 2400])
def test_l3_c2_a_node_that_dies_with_its_power_on_is_woken_though_the_linked_disk_is_out(
    node: str, dies_s: int
) -> None:
    """Nobody else would wake it before the mains of others are back, in hours perhaps."""
    tale = play(*out(0, 3 * HOUR_S, "ups4"), fault("node_crashes", node, dies_s), until_s=4 * HOUR_S)
    well(tale)
    assert dies_s < tale.times(f"server.up {node}")[-1] < 3600
    assert tale.times("array.flushed linkeddisk")[0] < 1000
    assert tale.times("server.up rack1")[-1] > 3 * HOUR_S


def test_o2_one_that_is_held_is_not_and_nobody_turns_round_for_it() -> None:
    hold = Asked(100.0, Wish.HOLD, ("control2",), "somebody")
    dies = fault("node_crashes", "control2", 600)
    tale = play(*out(0, 3 * HOUR_S, "ups4"), hold, dies, until_s=2 * HOUR_S)
    tale.never("command.sent control2 *")
    assert not tale.all("journal.committed reference kind=turned")


def test_s18_l2_a_disk_whose_mains_go_anew_in_the_moment_of_the_turn_is_flushed_and_cut() -> None:
    """It was taken for one that is off and waited for, and nobody watched over its battery."""
    stop = Managed(0, Manager.SHUTDOWN, "control1")
    tale = play(
        stop, *out(600, 900, "ups4"), *out(1130, 1192, "ups4"), *out(1250, 4860, "ups4"), until_s=2600
    )
    assert 1250 < tale.times("journal.committed reference kind=turned")[-1] < 1253
    assert not tale.times("array.lost_data linkeddisk")
    tale.before("outage.confirmed ups4", "array.flushed linkeddisk", "ups.output_off ups4 cause=command")
