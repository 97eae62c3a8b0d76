"""Who lives on two feeds: what an earlier life left, what is about to come on, and what carries alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sequencer.cluster_start import note_restart
from sequencer.comes_back import comes_back, is_returning, on_again_first
from sequencer.feeds import is_out_with_its_feed
from sequencer.journal import Goal, Kind, Row
from sequencer.ports import ClusterState, Off, Os
from sequencer.power_falls import is_about_to_fall
from sequencer.power_off import of_its_off
from sequencer.site import Site
from sequencer.task import Task
from sequencer.turn import may_be_left
from sequencer.watch import LASTS_NO_LONGER, watch
from teiden.files.site_file import load_site
from tests.hands import HandRoom
from tests.worlds import with_settings

TWO_FEEDS = Path(__file__).resolve().parents[2] / "scenarios" / "sites" / "two-feeds.yaml"
OFF: dict[str, Any] = {"output_on": False, "on_battery": False}


@pytest.fixture(scope="module")
def site() -> Site:
    return load_site(TWO_FEEDS).site


@pytest.fixture
def room(site: Site) -> HandRoom:
    return HandRoom(site)


def waits(room: HandRoom) -> Task:
    return room.run.spawn(on_again_first(room.run, room.site.control_nodes))


def told_off(room: HandRoom, ups: str, **details: Any) -> None:
    room.run.hear(Row(Kind.OFF_ARMED, ups, 1, "control1/1", 0.0, {"falls_in_s": 420.0, **details}))


def declared(room: HandRoom, epoch: int = 1) -> None:
    room.run.hear(Row(Kind.DECLARED, room.site.name, epoch, "control1/1", 0.0, {"was_running": []}))


# What is about to come on


def test_l3_nodes_do_not_halt_while_another_ups_of_theirs_is_about_to_come_on(room: HandRoom) -> None:
    """With the fall of ups1 alone their power would not go, and nobody would wake them."""
    room.upses["ups2"].show(**OFF)
    task = waits(room)
    room.until(40)
    assert not task.over
    room.upses["ups2"].show(output_on=True)
    room.until(41)
    assert task.over


@pytest.mark.parametrize(
    ("status", "returns"),
    [
        ({}, True),
        ({"mains": False}, False),
        ({"output_on": True}, False),
        ({"charge_pct": 9.9}, False),
        ({"charge_pct": 10.0}, True),
        ({"charge_pct": None}, True),
    ],
)
def test_l3_it_comes_on_with_its_mains_and_its_charge(
    room: HandRoom, status: dict[str, Any], returns: bool
) -> None:
    """It may have its 15 % before an OFF that is told now has fallen."""
    room.upses["ups2"].show(**{**OFF, **status})
    assert is_returning(room.run, room.site.servers["control1"], room.site.upses["ups2"]) is returns


def test_l3_one_that_was_told_to_stay_off_or_is_silent_is_not_waited_for(room: HandRoom, site: Site) -> None:
    ups2 = site.upses["ups2"]
    room.upses["ups2"].show(**OFF)
    told_off(room, "ups2")
    assert not is_returning(room.run, site.servers["control1"], ups2)
    told_off(room, "ups2", returns=True)
    assert is_returning(room.run, site.servers["control1"], ups2)
    room.upses["ups2"].fall_silent()
    assert not is_returning(room.run, site.servers["control1"], ups2)
    stays = HandRoom(with_settings(site, ups2__reboot_on_restore=False))
    stays.upses["ups2"].show(**OFF)
    assert not is_returning(stays.run, stays.site.servers["control1"], stays.site.upses["ups2"])


def test_l3_mains_that_go_again_end_the_wait(room: HandRoom) -> None:
    room.upses["ups2"].show(**OFF)
    task = waits(room)
    room.until(10)
    room.upses["ups2"].show(mains=False)
    room.until(11)
    assert task.over


def test_l3_nobody_waits_for_ever_for_one_that_does_not_come(room: HandRoom) -> None:
    room.upses["ups2"].show(**OFF)
    task = waits(room)
    room.until(420 + 60 + 60 - 1)
    assert not task.over
    room.until(420 + 60 + 60 + 1)
    assert task.over


def test_l3_one_node_that_comes_back_is_enough(site: Site) -> None:
    """It wakes the other."""
    room = HandRoom(with_settings(site, control1__upses=("ups1",)))
    room.upses["ups2"].show(**OFF)
    task = waits(room)
    room.until(1)
    assert task.over


@pytest.mark.parametrize("ups", ["ups1", "ups3"])
def test_l3_s18_at_their_floor_the_batteries_wait_for_the_moment_that_it_takes_and_no_longer(
    room: HandRoom, ups: str
) -> None:
    room.run.mains["ups2"].on_line_since_s = 0.0
    room.upses["ups2"].show(**OFF)
    room.upses[ups].show(mains=False, on_battery=True, runtime_s=200.0)
    task = waits(room)
    room.until(60)
    assert not task.over
    room.until(60 + 5 + 2 + 1)
    assert task.over


@pytest.mark.parametrize(
    ("least", "other"),
    [({"low_battery": True}, {}), ({"runtime_s": 200.0}, {"charge_pct": 14.0})],
)
def test_l3_s18_a_low_battery_and_one_that_waits_for_its_charge_end_the_wait(
    room: HandRoom, least: dict[str, Any], other: dict[str, Any]
) -> None:
    room.run.mains["ups2"].on_line_since_s = 0.0
    room.upses["ups2"].show(**OFF, **other)
    room.upses["ups1"].show(mains=False, on_battery=True, **least)
    task = waits(room)
    room.until(1)
    assert task.over


# What went before our power came


@pytest.fixture
def unheard(site: Site) -> HandRoom:
    """Its whole second feed has been dark since we booted, in an outage that is open."""
    room = HandRoom(site)
    for name, ups in room.upses.items():
        if site.upses[name].feed == "bfeed":
            ups.status, ups.silent = None, True
    declared(room)
    return room


@pytest.fixture
def dark(unheard: HandRoom) -> HandRoom:
    """And ups2 was told to go off as we went."""
    told_off(unheard, "ups2", returns=True)
    return unheard


def is_back(room: HandRoom) -> bool:
    return comes_back(room.run, room.site.servers["control1"])


def restarted(room: HandRoom, **details: Any) -> None:
    cluster = room.site.cluster.name
    room.run.hear(Row(Kind.CLUSTER_RESTART_ASKED, cluster, 1, "control1/2", 0.0, details))


def seen_off_before(room: HandRoom) -> None:
    room.run.hear(Row(Kind.SEEN_OFF, "ups2", 1, "control1/1", 0.0))


def test_l2_a_ups_that_went_before_our_power_came_keeps_nobody_up(dark: HandRoom) -> None:
    assert is_back(dark)


def test_l3_s28_so_did_one_that_a_node_hangs_on_which_was_wanted_down_then(unheard: HandRoom) -> None:
    """With both of its supplies it was told to come back with the mains all the same (seed 9225)."""
    words = {"servers": ["control1"], "goal": Goal.DOWN.value, "wall_s": 1.0}
    unheard.run.hear(Row(Kind.WANTED, "request-1", 1, "control1/1", 0.0, words))
    told_off(unheard, "ups2", **of_its_off(unheard.run, unheard.site.upses["ups2"], Off.UNTIL_MAINS))
    assert is_back(unheard)
    assert not unheard.run.facts.armed["ups2"].wakes(None), "who boots with it is not wanted up for that (T7)"


def test_s11_but_not_one_that_was_told_to_stay_off(unheard: HandRoom) -> None:
    told_off(unheard, "ups2", **of_its_off(unheard.run, unheard.site.upses["ups2"], Off.GRACEFUL))
    assert not is_back(unheard)


def test_l2_r10_45_so_it_is_with_one_that_was_sent_to_sleep(unheard: HandRoom) -> None:
    """A hand has pressed the other one in the night, and the feed of this one is out (two-feeds 331110)."""
    told_off(unheard, "ups2", **of_its_off(unheard.run, unheard.site.upses["ups2"], Off.SLEEP))
    assert is_back(unheard)


def test_l2_it_is_remembered_for_as_long_as_we_are_up_whatever_is_written_since(dark: HandRoom) -> None:
    """Other outages, one that is closed, and an OFF that we write down and cannot send (seed 2847)."""
    dark.until(1000)
    declared(dark, 2)
    told_off(dark, "ups2", returns=True)
    assert is_back(dark)
    dark.run.hear(Row(Kind.CLOSED, dark.site.name, 2, "control1/1", 0.0))
    declared(dark, 3)
    assert is_back(dark)


def test_l2_so_is_one_that_an_earlier_life_has_seen_off(unheard: HandRoom) -> None:
    """Its battery had ended; the next outage has an incident of its own (seed 2935)."""
    seen_off_before(unheard)
    unheard.until(1000)
    declared(unheard, 2)
    assert is_back(unheard)


def test_s1_c11_nor_does_it_carry_who_has_booted_on_another_that_counts_down(dark: HandRoom) -> None:
    """Its battery had ended while we rebooted; we stayed up until the other fell (two-feeds)."""
    control1 = dark.site.servers["control1"]
    assert not is_about_to_fall(dark.run, control1)
    dark.upses["ups1"].show(off_armed=True)
    assert is_about_to_fall(dark.run, control1)


def test_s11_but_one_that_nobody_has_told_may_do_so(unheard: HandRoom) -> None:
    unheard.upses["ups1"].show(off_armed=True)
    assert not is_about_to_fall(unheard.run, unheard.site.servers["control1"])


@pytest.mark.parametrize("why", ["closed", "turned", "since"])
def test_s11_not_if_it_may_have_come_on_before_we_booted(unheard: HandRoom, why: str) -> None:
    if why == "since":
        unheard.until(unheard.site.start.first_look_limit_s + 1)
    else:
        kind = Kind.CLOSED if why == "closed" else Kind.TURNED
        unheard.run.hear(Row(kind, unheard.site.name, 1, "control1/1", 0.0))
    seen_off_before(unheard)
    declared(unheard, 2)
    assert not is_back(unheard)


def test_n5_l3_but_not_if_it_is_so_of_both_that_we_could_live_on(dark: HandRoom) -> None:
    """We have booted on one of them, and no card answers."""
    for name, ups in dark.upses.items():
        if dark.site.upses[name].feed != "bfeed":
            ups.status, ups.silent = None, True
    assert not is_back(dark), "ups1 was not told to go"
    told_off(dark, "ups1", returns=True)
    assert not is_back(dark)


def test_l2_who_asks_for_a_restart_tells_the_next_life_who_has_been_dark(dark: HandRoom) -> None:
    told_off(dark, "ups1", returns=True)  # it went as we did, and has answered since
    task = dark.run.spawn(note_restart(dark.run))
    dark.until(1)
    assert task.over
    row = dark.journal.kept[-1]
    assert row.kind is Kind.CLUSTER_RESTART_ASKED
    assert row.details == {"dark": ["ups2"]}


def test_l2_and_that_life_counts_on_it(unheard: HandRoom) -> None:
    restarted(unheard, dark=["ups2"])
    assert is_back(unheard)


@pytest.mark.parametrize("why", ["stays off", "never told", "restarted", "feed has mains", "told since"])
def test_s11_else_a_silent_card_proves_nothing(site: Site, unheard: HandRoom, why: str) -> None:
    room = unheard
    if why == "told since":
        room.until(site.start.first_look_limit_s + 1)
    if why != "never told":
        told_off(room, "ups2", returns=why != "stays off")
    if why == "restarted":
        restarted(room)
    elif why == "feed has mains":
        room.upses["ups4"].show(HandRoom(site).upses["ups4"].status)
    assert not is_back(room)


def test_s11_nor_of_one_that_was_heard_in_this_life(site: Site) -> None:
    room = HandRoom(site)
    declared(room)
    told_off(room, "ups2", returns=True)
    room.upses["ups2"].fall_silent()
    assert not is_back(room)


# What carries alone


@pytest.mark.parametrize(("falls_s", "hurries"), [(0.0, True), (50.0, True), (105.0, True), (120.0, False)])
def test_s18_x_04_what_carries_alone_is_listened_to_for_its_runtime(
    room: HandRoom, falls_s: float, hurries: bool
) -> None:
    """Its runtime is stated for its share; the whole confirm time would leave nothing for the stop. So it is
    whenever the other falls (two-feeds, seed 2561)."""
    room.upses["ups1"].after(falls_s, lambda: room.upses["ups1"].show(output_on=False))
    room.run.spawn(watch(room.run, room.site.upses["ups2"]))
    room.until(10)
    room.upses["ups2"].show(mains=False, on_battery=True, charge_pct=90.0, runtime_s=1500.0)
    room.until(100)
    assert not room.told("outage.confirmed", "ups2")
    room.upses["ups2"].show(runtime_s=720.0)
    room.until(110)
    assert [e["because"] for e in room.told("outage.confirmed", "ups2")] == [LASTS_NO_LONGER] * hurries


def test_s10_u18_one_that_does_not_tell_its_charge_has_its_whole_confirm_time(room: HandRoom) -> None:
    room.upses["ups1"].show(output_on=False)
    room.run.spawn(watch(room.run, room.site.upses["ups2"]))
    room.until(10)
    room.upses["ups2"].show(mains=False, on_battery=True, charge_pct=None, runtime_s=720.0)
    room.until(110)
    assert not room.told("outage.confirmed", "ups2")


def unheard_card(room: HandRoom, ups: str) -> None:
    room.upses[ups].fall_silent()
    room.upses[ups].status = None


def one_unheard(site: Site, unheard: str, off: str, *dark: str) -> HandRoom:
    """In an open incident one card has been dead for as long as we live; the other one there is off."""
    room = HandRoom(site)
    declared(room)
    unheard_card(room, unheard)
    room.upses[off].show(**OFF)
    for ups in dark:
        room.upses[ups].lose_mains()
    room.until(1)
    return room


@pytest.fixture
def unheard_disk(site: Site) -> HandRoom:
    return one_unheard(site, "ups5", "ups6", "ups1", "ups3", "ups7")


def test_l2_u16_a_dead_card_is_out_with_its_feed_when_a_disk_lives_on_its_ups_alone(
    unheard_disk: HandRoom, site: Site
) -> None:
    """The disk has another UPS, which is off: so it is this one that it answers from (X-04)."""
    assert is_out_with_its_feed(unheard_disk.run, site.upses["ups5"])


@pytest.mark.parametrize("why", ["the disk is silent", "the other is on", "the other is silent", "mains"])
def test_s12_else_nobody_knows_whether_it_is_on(unheard_disk: HandRoom, site: Site, why: str) -> None:
    if why == "the disk is silent":
        unheard_disk.arrays["linkeddisk"].fall_silent()
    elif why == "the other is on":
        unheard_disk.upses["ups6"].show(output_on=True)
    elif why == "the other is silent":
        unheard_disk.upses["ups6"].fall_silent()
    else:
        unheard_disk.upses["ups7"].regain_mains()
    unheard_disk.until(30)
    assert not is_out_with_its_feed(unheard_disk.run, site.upses["ups5"])


def test_l2_u16_servers_that_answer_tell_it_of_theirs(site: Site) -> None:
    room = one_unheard(site, "ups7", "ups8", "ups1", "ups3", "ups5")
    assert is_out_with_its_feed(room.run, site.upses["ups7"])


@pytest.mark.parametrize(("other", "left"), [({}, True), ({"output_on": False}, False)])
def test_l2_x_04_nobody_is_brought_back_to_a_disk_that_lives_on_a_battery_alone(
    room: HandRoom, other: dict[str, Any], left: bool
) -> None:
    """Its other UPS has its mains, and stays off until both have (S7)."""
    room.cluster.show(state=ClusterState.RUNNING)
    ran = {"was_running": ["rack1", "rack2"]}
    room.run.hear(Row(Kind.DECLARED, room.site.name, 1, "control1/1", 0.0, ran))
    for name in ("rack1", "rack2"):
        room.servers[name].show(os=Os.HALTED)
    room.upses["ups5"].lose_mains()
    room.upses["ups6"].show(**other)
    room.until(1)
    assert may_be_left(room.run, ["ups5"]) is left
