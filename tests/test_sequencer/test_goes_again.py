"""A node in its boot before the last one goes; and one that comes back alone and loses its mains again."""

from __future__ import annotations

import pytest

from sequencer.control_stop import stop_control, stop_node
from sequencer.journal import Kind, Row
from sequencer.ports import ClusterState, ClusterStatus, Os
from sequencer.run import OUTAGE
from sequencer.scope import Scope
from sequencer.watch import RETURNS
from tests.hands import NO, YES, HandRoom
from tests.safety import unsafe
from tests.worlds import back, fault, lost, out, play

STOP_S, BOOT_S = 120.0, 900.0
"""Limits of the reference site's nodes."""


@pytest.fixture
def room(by_hand: HandRoom) -> HandRoom:
    """All mains are away, the cluster has stopped, control2 boots; control1 commands, and is about to go."""
    for ups in by_hand.upses.values():
        ups.lose_mains()
    by_hand.cluster.show(ClusterStatus(ClusterState.STOPPED, None))
    control2 = by_hand.servers["control2"]
    control2.show(os=Os.BOOTING)
    control2.replies = [NO]
    by_hand.peers["control2"].fall_silent()
    rows = [Row(Kind.DECLARED, "reference", 1, "control1/1", 0.0, {"was_running": []})]
    by_hand.run.hear(*rows, *(Row(Kind.CONFIRMED, n, 1, "control1/1", 0.0) for n in by_hand.site.upses))
    by_hand.run.scope = Scope(control=True)
    by_hand.run.spawn(stop_control(by_hand.run))
    return by_hand


def sent(room: HandRoom, node: str) -> set[str]:
    return set(room.servers[node].sent)


def test_h9_s1_a_node_that_hangs_in_its_boot_is_forced_when_that_has_had_its_time_and_then_we_go(
    room: HandRoom,
) -> None:
    room.until(BOOT_S - 5)
    assert (sent(room, "control2"), sent(room, "control1")) == ({"shutdown"}, set())
    room.until(BOOT_S + 30)
    assert room.servers["control2"].sent[-1] == "force"
    assert sent(room, "control1") == {"shutdown"}
    assert set(room.upses["ups2"].sent) == {"off until_mains"}


def test_h9_one_that_is_up_in_time_goes_down_in_good_order(room: HandRoom) -> None:
    room.until(STOP_S + 100)
    room.servers["control2"].replies = [YES]
    room.servers["control2"].show(os=Os.UP)
    room.until(STOP_S + 160)
    assert sent(room, "control1") == set()
    room.servers["control2"].show(os=Os.HALTED)
    room.until(STOP_S + 180)
    assert sent(room, "control2") == {"shutdown"}
    assert sent(room, "control1") == {"shutdown"}


def test_h3_one_that_lets_nobody_in_when_it_is_up_is_forced_when_the_time_of_its_boot_is_over(
    room: HandRoom,
) -> None:
    room.until(STOP_S + 100)
    room.servers["control2"].show(os=Os.UP)
    room.until(BOOT_S - 5)
    assert (sent(room, "control2"), sent(room, "control1")) == ({"shutdown"}, set())
    room.until(BOOT_S + 30)
    assert sent(room, "control2") == {"shutdown", "force"}
    assert sent(room, "control1") == {"shutdown"}


@pytest.mark.parametrize("ups", ["ups1", "ups2", "ups3"])
def test_s18_the_boot_is_waited_for_as_long_as_every_battery_lasts_and_then_it_is_forced(
    room: HandRoom, ups: str
) -> None:
    """Should it hang there, nobody would be left to force it (S1); and up it would use disks that fall."""
    room.until(STOP_S + 100)
    assert sent(room, "control1") == set()
    room.upses[ups].show(low_battery=True)
    room.until(STOP_S + 130)
    assert sent(room, "control2") == {"shutdown", "force"}
    assert sent(room, "control1") == {"shutdown"}


def test_h9_in_the_room_a_control_side_with_such_a_node_goes_down_in_order() -> None:
    night = play(
        fault("server_does_not_boot", "control2"),
        out(0, 2000),
        lost(2063),
        until_s=6500,
    )
    assert unsafe(night) == []
    assert night.at("server.forced control2") < night.at("server.shutting_down control1", 1)


# One that stops alone


@pytest.fixture
def alone(by_hand: HandRoom) -> HandRoom:
    """control2 has gone with ups2, while others are out, too."""
    run = by_hand.run
    for ups in ("ups2", "ups4"):
        by_hand.upses[ups].lose_mains()
        run.mains[ups].confirmed = True
    rows = [Row(Kind.DECLARED, "reference", 1, "control1/1", 0.0, {"was_running": []})]
    run.hear(*rows, *(Row(Kind.CONFIRMED, n, 1, "control1/1", 0.0) for n in ("ups2", "ups4")))
    run.scope = Scope(nodes=frozenset({"control2"}))
    run.spawn(stop_node(run, by_hand.site.servers["control2"]))
    by_hand.until(10)
    by_hand.servers["control2"].show(os=Os.HALTED)
    by_hand.until(20)
    assert by_hand.servers["control2"].sent == ["shutdown"]
    return by_hand


def mains(room: HandRoom, *, there: bool) -> None:
    room.run.mains["ups2"].confirmed = not there
    room.run.announce(RETURNS if there else OUTAGE)


def comes_back(room: HandRoom) -> None:
    room.upses["ups2"].show(output_on=False)
    room.until(430)
    room.upses["ups2"].regain_mains()
    room.upses["ups2"].show(output_on=True)
    mains(room, there=True)
    room.servers["control2"].show(os=Os.UP)
    room.until(800)


def test_s18_a_node_that_came_back_with_its_mains_goes_again_when_these_are_lost_anew(
    alone: HandRoom,
) -> None:
    comes_back(alone)
    assert alone.servers["control2"].sent == ["shutdown"]
    alone.upses["ups2"].lose_mains()
    mains(alone, there=False)
    alone.until(810)
    assert alone.servers["control2"].sent == ["shutdown", "shutdown"]
    assert alone.upses["ups2"].sent == ["off until_mains", "off until_mains"]


def test_s18_mains_that_are_back_before_its_ups_has_gone_off_are_back_too(alone: HandRoom) -> None:
    alone.upses["ups2"].regain_mains()
    mains(alone, there=True)
    alone.until(400)
    alone.servers["control2"].show(os=Os.UP)
    alone.upses["ups2"].lose_mains()
    mains(alone, there=False)
    alone.until(410)
    assert alone.servers["control2"].sent == ["shutdown", "shutdown"]


def test_while_its_power_is_off_its_outage_is_no_news(alone: HandRoom) -> None:
    alone.upses["ups2"].show(output_on=False)
    mains(alone, there=False)
    alone.until(800)
    assert alone.servers["control2"].sent == ["shutdown"]


def test_r9_20_when_the_whole_control_side_stops_that_page_sees_to_it(alone: HandRoom) -> None:
    comes_back(alone)
    alone.run.scope = Scope(control=True)
    alone.run.announce(OUTAGE)
    alone.upses["ups2"].lose_mains()
    mains(alone, there=False)
    alone.until(810)
    assert alone.servers["control2"].sent == ["shutdown"]


def test_s18_in_the_room_its_battery_does_not_run_empty() -> None:
    night = play(lost(0, "ups2"), back(3000, "ups2"), lost(3064.7, "ups2"), until_s=8000)
    assert unsafe(night) == []
    night.never("ups.exhausted ups2")
