"""A node goes alone, or with its disks: whose outage is timed yet is waited for (S18, L2)."""

from __future__ import annotations

import pytest

from sequencer.control_stop import stop_node
from sequencer.journal import Goal, Kind, Row
from sequencer.ports import Os
from sequencer.scope import Scope
from sequencer.site import Site
from sequencer.task import Task
from tests.hands import HandRoom
from tests.safety import unsafe
from tests.worlds import back, fault, lost, play

WORDS = "the outage of ups3 to be confirmed, or to be over"


@pytest.fixture
def room(site: Site) -> HandRoom:
    """The outage of ups1 is confirmed; the control disk runs on its battery, too, and that is timed yet."""
    room = HandRoom(site)
    for name in ("ups1", "ups3"):
        room.upses[name].lose_mains()
    room.run.hear(Row(Kind.DECLARED, "reference", 1, "control1/1", 0.0, {"was_running": []}))
    room.run.hear(Row(Kind.CONFIRMED, "ups1", 1, "control1/1", 0.0))
    room.run.scope = Scope(nodes=frozenset({"control1"}))
    return room


def stops(room: HandRoom) -> Task:
    task = room.run.spawn(stop_node(room.run, room.site.servers["control1"]))
    on(room)
    return task


def on(room: HandRoom) -> None:
    room.until(room.run.now + 5)


def goes(room: HandRoom) -> bool:
    return "shutdown" in room.servers["control1"].sent


def waits(room: HandRoom) -> bool:
    return [told["step"] for told in room.told("step.waiting", "control1")] == [WORDS] and not goes(room)


def test_s18_a_node_waits_while_the_outage_of_the_control_disk_is_timed(room: HandRoom) -> None:
    task = stops(room)
    assert waits(room)
    room.run.scope = Scope(control=True)
    room.run.announce()
    on(room)
    assert (task.over, goes(room)) == (True, False), "the whole control side goes, in its order"


def test_s18_it_goes_alone_when_the_disk_has_its_mains_back(room: HandRoom) -> None:
    stops(room)
    room.upses["ups3"].regain_mains()
    on(room)
    assert goes(room)


def test_s18_or_when_its_own_battery_waits_no_longer(room: HandRoom) -> None:
    stops(room)
    room.upses["ups1"].show(low_battery=True)
    on(room)
    assert goes(room)


def test_s9_and_not_at_all_when_its_own_mains_are_back(room: HandRoom) -> None:
    stops(room)
    room.upses["ups1"].regain_mains()
    room.run.mains["ups1"].on_line_since_s = room.run.now
    on(room)
    assert not goes(room)
    room.upses["ups3"].regain_mains()
    on(room)
    assert not goes(room)


def test_l3_nor_is_the_disk_waited_for_by_one_that_somebody_wants_down(room: HandRoom) -> None:
    """Its manager shuts it down: it is gone in a minute, and its UPS is to be told before that."""
    down = {"servers": ["control1"], "goal": Goal.DOWN.value, "wall_s": room.run.wall_s()}
    room.run.hear(Row(Kind.WANTED, "down", 1, "control1/1", 0.0, down))
    stops(room)
    assert "off until_mains" in room.upses["ups1"].sent


def test_l3_nor_by_one_that_is_seen_on_its_way_down(room: HandRoom) -> None:
    stops(room)
    assert waits(room)
    room.servers["control1"].show(os=Os.SHUTTING_DOWN)
    on(room)
    assert "off until_mains" in room.upses["ups1"].sent


def test_s31_a_disk_with_its_mains_holds_nobody_up(room: HandRoom) -> None:
    room.upses["ups3"].regain_mains()
    stops(room)
    assert goes(room)


@pytest.mark.parametrize("blink_s", [892.2, 894.1])
def test_s18_the_last_node_goes_with_the_disk_whose_confirm_time_a_blink_began_anew(blink_s: float) -> None:
    """control2 is gone. The mains blink for a second: ups3's poll meets it, and that of ups1 does not.

    It went alone when that of ups1 was confirmed, and told nobody of ups3, which ran until it was empty.
    """
    blink = [back(blink_s), lost(blink_s + 1.0)]
    tale = play(fault("node_crashes", "control2", 100.0), lost(0.0), blink, back(5000.0), until_s=9000.0)
    tale.never("ups.exhausted *", "array.lost_data *")
    assert not unsafe(tale)


BOTH = Scope(nodes=frozenset({"control1", "control2"}))


def test_s5_of_two_whose_power_fails_while_others_are_dark_neither_leaves_the_cluster_to_the_other(
    room: HandRoom,
) -> None:
    room.upses["ups3"].regain_mains()
    room.run.scope = BOTH
    stops(room)
    assert room.cluster.sent == ["stop"]


def test_s27_one_that_somebody_holds_stays_and_carries_it_on(room: HandRoom) -> None:
    room.upses["ups3"].regain_mains()
    held = {"held": True, "cause": "hold", "wall_s": room.run.wall_s()}
    room.run.hear(Row(Kind.HELD, "control2", 1, "control1/1", 0.0, held))
    room.run.scope = BOTH
    stops(room)
    assert (room.cluster.sent, goes(room)) == ([], True)
