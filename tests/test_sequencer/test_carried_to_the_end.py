"""Who hangs is forced before the fall that takes his power, not for one that another UPS outlasts (X-04)."""

from __future__ import annotations

import pytest

from sequencer.force import force_whenever_it_falls
from sequencer.journal import Kind, Row
from sequencer.ports import Os
from sequencer.power_falls import next_cut_s
from sequencer.timing import late_looks_s
from sim.story import Managed, Manager
from teiden.files.site_file import SiteFile
from tests.hands import HandRoom
from tests.worlds import fault, play

FALLS_S, LATER_S = 400.0, 700.0


@pytest.fixture
def room(two_feeds: SiteFile) -> HandRoom:
    """ups7 has been told to go off, and ups8, which feeds the racks as well, has not."""
    room = HandRoom(two_feeds.site)
    told(room, "ups7", FALLS_S)
    return room


def told(room: HandRoom, ups: str, falls_in_s: float) -> None:
    details = {"falls_in_s": falls_in_s, "wall_s": room.run.wall_s()}
    room.run.hear(Row(Kind.OFF_ARMED, ups, 1, room.run.life, room.run.now, details))
    room.upses[ups].show(off_armed=True)


def cut_s(room: HandRoom) -> float | None:
    return next_cut_s(room.run, room.site.servers["rack1"])


def test_x_04_s9_nothing_takes_the_power_of_whom_the_other_feed_carries(room: HandRoom) -> None:
    assert cut_s(room) is None
    told(room, "ups8", LATER_S)
    assert cut_s(room) == LATER_S, "the last of them does"
    told(room, "ups8", FALLS_S / 2)
    assert cut_s(room) == FALLS_S
    room.run.to_be_told.add("ups8")
    room.upses["ups8"].show(off_armed=False)
    assert cut_s(room) is None, "its row stands, and it is told later"


def test_x_04_s1_unknown_is_unknown(room: HandRoom) -> None:
    """One that is silent, or off, carries nobody; nor one that has been told, and does not show it yet."""
    told(room, "ups8", FALLS_S / 2)
    room.upses["ups8"].show(off_armed=False)
    assert cut_s(room) == FALLS_S
    del room.run.facts.armed["ups8"]
    room.upses["ups8"].show(output_on=False)
    assert cut_s(room) == FALLS_S
    room.upses["ups8"].show(output_on=True)
    room.upses["ups8"].fall_silent()
    assert cut_s(room) == FALLS_S


@pytest.mark.parametrize("runtime_s", [10.0, 900.0])
def test_x_04_p4_one_that_lives_on_its_battery_carries_to_the_end_of_that(
    room: HandRoom, runtime_s: float
) -> None:
    room.upses["ups8"].show(mains=False, on_battery=True, runtime_s=runtime_s, charge_pct=1.0)
    assert cut_s(room) == max(FALLS_S, runtime_s - late_looks_s(room.site))


def test_x_04_h1_who_hangs_by_our_word_is_forced_as_the_first_one_falls_but_not_before_his_limit(
    room: HandRoom,
) -> None:
    rack1, before_s = room.site.servers["rack1"], room.site.force_before_s
    room.run.pages.goes_since_s["rack1"] = 0.0
    assert cut_s(room) == FALLS_S
    room.run.pages.goes_since_s["rack1"] = FALLS_S - 50
    assert cut_s(room) == FALLS_S - 50 + rack1.stop_limit_s + before_s


@pytest.mark.parametrize("goes", ["off", "silent", "falls"])
def test_x_04_s1_he_is_forced_in_time_when_the_other_one_carries_him_no_longer(
    room: HandRoom, goes: str
) -> None:
    room.servers["rack1"].show(os=Os.SHUTTING_DOWN)
    room.run.spawn(force_whenever_it_falls(room.run, room.site.servers["rack1"]))
    room.until(FALLS_S - 100)
    if goes == "off":
        room.upses["ups8"].show(output_on=False)
    elif goes == "silent":
        room.upses["ups8"].fall_silent()
    else:
        told(room, "ups8", 80.0)
    room.until(FALLS_S - 61)
    assert room.servers["rack1"].sent == []
    room.until(FALLS_S - 50)
    assert room.servers["rack1"].sent == ["force"]


def test_x_04_s9_a_node_that_is_rebooted_on_one_ups_that_a_stranger_has_told_is_left_to_itself(
    two_feeds: SiteFile,
) -> None:
    """It has its other feed; and was forced in the moment in which it began to go (crowded seed 31111)."""
    tale = play(
        fault("foreign_off", "ups2", 10.0),
        Managed(230.0, Manager.REBOOT, "control2"),
        site=two_feeds.site,
        model=two_feeds.model,
        until_s=1200,
    )
    assert tale.at("ups.off_armed ups2") < tale.at("server.shutting_down control2")
    tale.never("command.sent control2 command=force", "server.crashed *")
