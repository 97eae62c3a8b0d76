"""Of two feeds one is left (X-04): what is off carries nobody, and is not waited for without need."""

from __future__ import annotations

from typing import Any

import pytest

from sequencer.cluster_start import start_disks
from sequencer.comes_back import somebody_comes_back
from sequencer.fitness import unfit
from sequencer.journal import Kind, Row
from sequencer.node_start import wake_who_stayed_on
from sequencer.ports import Os, Service
from sequencer.power_falls import array_falls, is_about_to_fall
from sequencer.proof import seen_off
from sequencer.requests import Wish
from sequencer.restart import wake
from sequencer.task import Task
from sequencer.timing import CARD_REBOOT_S, EVIDENCE_EXTRA_S
from sequencer.watch import watch
from sim.story import Asked, Managed, Manager, Pressed
from teiden.files.site_file import SiteFile
from tests.excused import holds
from tests.hands import HandRoom
from tests.safety import unsafe
from tests.worlds import fault, out, play, with_settings


@pytest.fixture
def room(two_feeds: SiteFile) -> HandRoom:
    """The mains of everybody have been there for long."""
    room = HandRoom(two_feeds.site)
    for view in room.run.mains.values():
        view.on_line_since_s = -1000.0
    return room


# Who is about to fall


@pytest.mark.parametrize(
    ("other", "falls"), [({}, False), ({"output_on": False}, True), ({"off_armed": True}, True)]
)
def test_s1_x_04_who_lives_on_the_last_of_two_upses_falls_with_it(
    room: HandRoom, other: dict[str, Any], falls: bool
) -> None:
    for last, beside in (("ups7", "ups8"), ("ups5", "ups6")):
        room.upses[last].show(off_armed=True)
        room.upses[beside].show(**other)
    assert is_about_to_fall(room.run, room.site.servers["rack1"]) is falls
    assert array_falls(room.run, room.site.arrays["linkeddisk"]) is falls


def test_s9_one_that_was_switched_on_since_it_was_heard_carries(room: HandRoom) -> None:
    """The last word of the other, that it counts down, may be as old."""
    room.upses["ups7"].show(off_armed=True)
    room.upses["ups8"].show(output_on=False)
    room.upses["ups8"].fall_silent()
    room.until(1)
    room.run.told_on_s["ups8"] = -1.0
    assert is_about_to_fall(room.run, room.site.servers["rack1"])
    room.run.told_on_s["ups8"] = room.run.now
    assert not is_about_to_fall(room.run, room.site.servers["rack1"])


@pytest.fixture
def dark(room: HandRoom) -> HandRoom:
    """ups7 and ups8 were told to go off, and are silent since before that was over; so are their racks."""
    for ups in ("ups7", "ups8"):
        room.run.hear(Row(Kind.OFF_ARMED, ups, 1, room.run.life, 0.0, {"falls_in_s": 100.0, "wall_s": 0.0}))
        room.upses[ups].show(off_armed=True)
        room.upses[ups].fall_silent()
    for rack in ("rack1", "rack2"):
        room.servers[rack].show(os=Os.HALTED)
        room.servers[rack].fall_silent()
    room.until(100 + EVIDENCE_EXTRA_S + 5)
    return room


def are_off(room: HandRoom) -> list[bool]:
    return [seen_off(room.run, room.site.upses[ups], []) for ups in ("ups7", "ups8")]


def test_s3_o1_x_04_who_answers_on_two_that_are_silent_and_should_be_off_lives_on_one_of_them(
    dark: HandRoom,
) -> None:
    """A hand has pressed a button, no card tells which, and his disk was flushed with that one on (two-feeds,
    seed 5600036)."""
    assert are_off(dark) == [True, True]
    dark.servers["rack1"].show(os=Os.BOOTING)
    assert are_off(dark) == [False, False]
    dark.servers["rack1"].fall_silent()
    dark.until(dark.run.now + dark.site.polling.timeout_s + 1)
    assert are_off(dark) == [False, False], "he did after that time"


@pytest.mark.parametrize("why", ["on", "on, and silent", "still to fall", "never heard"])
def test_x_04_not_where_the_other_one_may_be_on_by_all_that_is_known(dark: HandRoom, why: str) -> None:
    other = dark.upses["ups8"]
    if why == "still to fall":
        details = {"falls_in_s": 500.0, "wall_s": 0.0}
        dark.run.hear(Row(Kind.OFF_ARMED, "ups8", 1, dark.run.life, 0.0, details))
    else:
        del dark.run.facts.armed["ups8"]
        other.show(off_armed=False)
    if why == "on, and silent":
        other.fall_silent()
    elif why == "never heard":
        other.status, other.silent = None, True
    dark.servers["rack1"].show(os=Os.UP)
    assert are_off(dark)[0]


@pytest.mark.parametrize("least", [1, 2])
def test_x_04_one_of_two_that_he_needs_both_of_is_on_where_he_answers(
    two_feeds: SiteFile, least: int
) -> None:
    room = HandRoom(
        with_settings(two_feeds.site, rack1__minimum_supplies=least, rack2__minimum_supplies=least)
    )
    room.upses["ups7"].show(output_on=False)
    room.upses["ups7"].fall_silent()
    room.until(1)
    assert seen_off(room.run, room.site.upses["ups7"], []) is (least == 1)


def test_s3_x_04_so_is_one_that_an_earlier_life_has_seen_off(room: HandRoom) -> None:
    """Nobody has heard either of them since, but a rack answers."""
    room.run.hear(Row(Kind.DECLARED, room.site.name, 1, "control1/1", 0.0, {"was_running": []}))
    for ups in ("ups7", "ups8"):
        room.run.hear(Row(Kind.SEEN_OFF, ups, 1, "control1/1", 0.0, {}))
        room.upses[ups].status, room.upses[ups].silent = None, True
    assert are_off(room) == [False, False]
    for rack in ("rack1", "rack2"):
        room.servers[rack].fall_silent()
    assert are_off(room) == [True, True]


def test_s3_o1_x_04_neither_of_two_that_are_silent_is_taken_for_off_when_a_hand_has_pressed_one(
    two_feeds: SiteFile,
) -> None:
    """The disk is flushed when both are given up, loudly; told to go off, they answer nothing."""
    tale = play(
        Asked(0.0, Wish.POWER_OFF, (), "somebody"),
        fault("cards_swizzled", "network", 330.0, 4000.0, 1.0),
        Pressed(1500.0, "ups7"),
        site=two_feeds.site,
        model=two_feeds.model,
        until_s=6000,
    )
    assert {("S3", "ups7"), ("S3", "ups8")} <= set(tale.alarms())
    assert unsafe(tale) == []


def test_h3_s1_s18_who_lets_nobody_in_is_forced_before_we_go_when_his_other_supply_is_empty(
    two_feeds: SiteFile,
) -> None:
    """ups8 has run empty before; with ups7 racks and disk would crash, and the flush never be asked for."""
    tale = play(
        out(0, 2310, "afeed"),
        fault("production_down", "network", 870),
        out(2490, 6906, "bfeed"),
        out(2520, 3137.6, "afeed"),
        out(6930, 8259, "bfeed"),
        out(10740, 12612.8, "afeed"),
        out(10920, 16531.8, "bfeed"),
        site=two_feeds.site,
        model=two_feeds.model,
        until_s=12600,
    )
    holds(tale, "production_down")
    tale.never("server.crashed rack1", "server.crashed rack2", "array.lost_data *")


# Who may be started


def test_u2_s17_a_dead_card_stands_for_nobody_who_tells_what_he_lacks(room: HandRoom) -> None:
    """Off with its whole feed it would be as silent. Where nobody else can tell, it is not waited for."""
    node = room.site.servers["control1"]
    room.upses["ups2"].fall_silent()
    room.until(CARD_REBOOT_S + 5)
    assert unfit(room.run, node) == {}
    room.upses["ups1"].show(charge_pct=10.0)
    assert list(unfit(room.run, node)) == ["ups1"]
    room.upses["ups1"].show(output_on=False)
    assert unfit(room.run, node) == {}


def test_l3_a_node_that_is_halted_with_its_power_on_is_woken_as_soon_as_one_feed_has_its_charge(
    room: HandRoom,
) -> None:
    """The disks on the other feed may wait for theirs for an hour yet."""
    room.servers["control2"].show(os=Os.HALTED)
    room.upses["ups2"].show(output_on=False, charge_pct=0.0)
    room.upses["ups1"].show(charge_pct=10.0)
    room.run.spawn(wake_who_stayed_on(room.run))
    room.until(1000)
    assert room.servers["control2"].sent == []
    room.upses["ups1"].show(charge_pct=100.0)
    room.until(2500)
    assert room.servers["control2"].sent == ["wake"]


def test_l3_x_04_and_though_the_mains_of_the_other_feed_are_away(room: HandRoom) -> None:
    """One supply is all that it needs; it was left halted for as long as that outage lasted."""
    room.servers["control2"].show(os=Os.HALTED)
    room.upses["ups1"].lose_mains()
    room.run.spawn(wake_who_stayed_on(room.run))
    room.until(1000)
    assert room.servers["control2"].sent == ["wake"]


def test_l3_s17_after_an_outage_of_each_feed_in_turn_the_nodes_wait_for_the_first_battery_only(
    two_feeds: SiteFile,
) -> None:
    tale = play(
        out(0, 5100, "afeed"),
        out(6600, 13800, "bfeed"),
        site=two_feeds.site,
        model=two_feeds.model,
        until_s=14400,
    )
    holds(tale)


# When the cluster has its disks


def begins(room: HandRoom) -> Task:
    room.upses["ups3"].fall_silent()
    return room.run.spawn(start_disks(room.run))


def test_l3_the_cluster_has_its_disk_when_that_is_ready_on_one_feed(room: HandRoom) -> None:
    """The other is off, and its card dead: it is waited for beside, and for nothing else."""
    room.upses["ups3"].show(output_on=False)
    room.arrays["controldisk"].show(service=Service.STARTING)
    task = begins(room)
    room.until(300)
    assert not task.over
    room.arrays["controldisk"].show(service=Service.READY)
    room.until(300 + room.site.start.ready_hold_s + 5)
    assert task.over
    assert not task.value.over


def test_s16_not_while_its_power_is_still_to_fall(room: HandRoom) -> None:
    """As a fresh look tells; no poll may have told it yet."""
    room.upses["ups4"].show(off_armed=True)
    task = begins(room)
    room.until(20)
    assert not task.over
    room.upses["ups4"].show(off_armed=False)
    room.until(20 + EVIDENCE_EXTRA_S + room.site.start.ready_hold_s + 5)
    assert task.over


def test_s16_l3_a_server_is_woken_when_its_other_feed_has_fallen_at_last(room: HandRoom) -> None:
    """Its card has made an hour of the delay; a wake is refused as long, and is not given up meanwhile."""
    room.run.hear(Row(Kind.DECLARED, room.site.name, 1, "control1/1", 0.0, {"was_running": ["rack1"]}))
    room.run.hear(Row(Kind.TURNED, room.site.name, 1, "control1/1", 0.0, {}))
    room.run.ready_since["linkeddisk"] = -1000.0
    room.servers["rack1"].show(os=Os.HALTED)
    room.upses["ups8"].show(off_armed=True)
    room.run.spawn(wake(room.run, room.site.servers["rack1"]))
    room.until(3600)
    assert room.servers["rack1"].sent == []
    room.upses["ups8"].show(off_armed=False, output_on=False)
    room.until(3600 + EVIDENCE_EXTRA_S + room.site.start.wake_after_s + 5)
    assert room.servers["rack1"].sent == ["wake"]


def test_l3_when_the_first_card_of_a_feed_is_heard_again_the_others_are_looked_at(room: HandRoom) -> None:
    """Its UPS is off and can be told now; but the mains of all may be back, and the nodes need not go."""
    for name in ("ups2", "ups4"):
        room.upses[name].fall_silent()
        room.run.hear(Row(Kind.CONFIRMED, name, 1, "control1/1", 0.0, {}))
    task = room.run.spawn(somebody_comes_back(room.run, room.site.control_nodes))
    room.until(10)
    before = room.upses["ups4"].looks
    room.upses["ups2"].show(output_on=False)
    room.until(20)
    assert task.over
    assert room.upses["ups4"].looks == before + 1


def test_s31_x_04_who_was_never_heard_is_looked_at_before_the_outage_of_his_neighbour_counts(
    room: HandRoom,
) -> None:
    """The network may be there since a moment ago; unheard he would count as off, and all would stop."""
    ups1, ups2 = room.upses["ups1"], room.upses["ups2"]
    ups2.status, ups2.silent = None, True
    room.run.spawn(watch(room.run, room.site.upses["ups1"]))
    ups1.show(mains=False, on_battery=True)
    room.until(room.site.upses["ups1"].confirm_s - 1)
    assert ups2.looks == 0
    room.until(room.site.upses["ups1"].confirm_s + 5)
    assert ups2.looks == 1
    assert room.run.mains["ups1"].confirmed


@pytest.mark.parametrize("ups", ["ups5", "ups6"])
def test_x04_c12_s3_anothers_off_under_one_feed_hurries_no_flush(two_feeds: SiteFile, ups: str) -> None:
    """The other one carries the disk until its servers' UPSes are off."""
    told = fault("foreign_off", ups, -60)
    both = (out(0, 7200, "afeed"), out(0, 7200, "bfeed"))
    tale = play(*both, told, site=two_feeds.site, model=two_feeds.model, until_s=4000)
    holds(tale, "foreign_off")


def test_l3_x_04_servers_are_brought_back_on_one_feed_when_the_cluster_runs_again(
    two_feeds: SiteFile,
) -> None:
    """Its nodes had been rebooted, and it was about to start as that was asked; nothing asked once more."""
    tale = play(
        out(0, 246.9, "afeed"),
        Managed(18.6, Manager.REBOOT, "ssccluster"),
        out(25.8, 1683.2, "bfeed"),
        site=two_feeds.site,
        until_s=2500,
    )
    holds(tale)
    tale.before("cluster.running ssccluster", "server.up rack1", "mains.restored bfeed")
