"""Who lives on two feeds: what an earlier life left, what is about to come on, and what carries alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sequencer.comes_back import comes_back, is_returning, on_again_first
from sequencer.journal import Kind, Row
from sequencer.site import Site
from sequencer.task import Task
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
    assert is_returning(room.run, room.site.upses["ups2"]) is returns


def test_l3_one_that_was_told_to_stay_off_or_is_silent_is_not_waited_for(room: HandRoom, site: Site) -> None:
    ups2 = site.upses["ups2"]
    room.upses["ups2"].show(**OFF)
    told_off(room, "ups2")
    assert not is_returning(room.run, ups2)
    told_off(room, "ups2", returns=True)
    assert is_returning(room.run, ups2)
    room.upses["ups2"].fall_silent()
    assert not is_returning(room.run, ups2)
    stays = HandRoom(with_settings(site, ups2__reboot_on_restore=False))
    stays.upses["ups2"].show(**OFF)
    assert not is_returning(stays.run, stays.site.upses["ups2"])


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
def dark(site: Site) -> HandRoom:
    """ups2 was told to go off as we went, and its whole feed has been dark since we booted."""
    room = HandRoom(site)
    for name, ups in room.upses.items():
        if site.upses[name].feed == "bfeed":
            ups.status, ups.silent = None, True
    declared(room)
    told_off(room, "ups2", returns=True)
    return room


def is_back(room: HandRoom) -> bool:
    return comes_back(room.run, room.site.servers["control1"])


def test_l2_a_ups_that_went_before_our_power_came_keeps_nobody_up(dark: HandRoom) -> None:
    assert is_back(dark)


def test_l2_it_is_remembered_through_another_outage_but_not_beyond_the_incident(dark: HandRoom) -> None:
    dark.until(1000)
    declared(dark, 2)
    assert is_back(dark)
    dark.run.hear(Row(Kind.CLOSED, dark.site.name, 2, "control1/1", 0.0))
    declared(dark, 3)
    assert not is_back(dark)


@pytest.mark.parametrize("why", ["stays off", "never told", "restarted", "feed has mains", "told since"])
def test_s11_else_a_silent_card_proves_nothing(site: Site, dark: HandRoom, why: str) -> None:
    room = dark
    if why == "stays off":
        told_off(room, "ups2")
    elif why == "never told":
        room.run.facts.armed.clear()
    elif why == "restarted":
        room.run.hear(Row(Kind.CLUSTER_RESTART_ASKED, site.cluster.name, 1, "control1/1", 0.0))
    elif why == "feed has mains":
        room.upses["ups4"].show(HandRoom(site).upses["ups4"].status)
    else:
        room.until(site.start.first_look_limit_s + 1)
        told_off(room, "ups2", returns=True)
    assert not is_back(room)


def test_s11_nor_of_one_that_was_heard_in_this_life(site: Site) -> None:
    room = HandRoom(site)
    declared(room)
    told_off(room, "ups2", returns=True)
    room.upses["ups2"].fall_silent()
    assert not is_back(room)


# What carries alone


@pytest.mark.parametrize(("other", "hurries"), [({"output_on": False}, True), ({}, False)])
def test_s18_x_04_what_carries_alone_is_listened_to_for_its_runtime(
    room: HandRoom, other: dict[str, Any], hurries: bool
) -> None:
    """Its runtime is stated for its share; the whole confirm time would leave nothing for the stop."""
    room.upses["ups1"].show(**other)
    room.run.spawn(watch(room.run, room.site.upses["ups2"]))
    room.until(10)
    room.upses["ups2"].show(mains=False, on_battery=True, charge_pct=90.0, runtime_s=1500.0)
    room.until(100)
    room.upses["ups2"].show(runtime_s=720.0)
    room.until(110)
    assert [e["because"] for e in room.told("outage.confirmed", "ups2")] == [LASTS_NO_LONGER] * hurries
