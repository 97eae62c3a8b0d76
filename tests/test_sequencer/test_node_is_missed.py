"""Another control node is down, or not heard, in no incident, and nobody wants it so: an alarm (L1, C2)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sequencer.comes_back import limit_s
from sequencer.journal import Goal, Kind, Row
from sequencer.node_is_missed import heed_who_is_missed
from sequencer.ports import Os
from sim.story import Booted
from tests.excused import holds
from tests.hands import HandRoom
from tests.tale import Tale
from tests.worlds import fault, play

MISSED = "control2 is down, or not heard, and nobody wants it so; boot it, or hold it while that is meant"


@pytest.fixture
def room(by_hand: HandRoom) -> HandRoom:
    """We are control1, and command."""
    by_hand.run.spawn(heed_who_is_missed(by_hand.run, by_hand.site.servers["control2"]))
    by_hand.until(100.0)
    return by_hand


def crashes(room: HandRoom) -> None:
    room.servers["control2"].show(os=Os.HALTED)
    room.peers["control2"].fall_silent()


def is_cut_off(room: HandRoom) -> None:
    room.servers["control2"].fall_silent()
    room.peers["control2"].fall_silent()


def its_time_s(room: HandRoom) -> float:
    return limit_s(room.run, room.site.upses["ups2"])


def said(room: HandRoom, name: str = "alarm.raised") -> list[tuple[str, str, str]]:
    return [(e["subject"], e["rule"], e["text"]) for e in room.told(name)]


def by_then(room: HandRoom, more_s: float = 5.0) -> list[tuple[str, str, str]]:
    room.until(room.env.now + its_time_s(room) + more_s)
    return said(room)


@pytest.mark.parametrize("goes", [crashes, is_cut_off])
def test_l1_c2_who_dies_with_his_power_on_is_told_of_when_he_could_be_back_by_himself(
    room: HandRoom, goes: Callable[[HandRoom], None]
) -> None:
    goes(room)
    assert by_then(room, -1.0) == []
    room.until(room.env.now + 2.0)
    assert said(room) == [("control2", "L1", MISSED)]
    assert room.told("command.sent") == [], "somebody may be at it (S28)"
    assert room.servers["control2"].sent == []


def test_l1_it_is_over_when_he_boots_and_news_when_he_is_down_once_more(room: HandRoom) -> None:
    crashes(room)
    by_then(room)
    room.peers["control2"].show()
    assert said(room, "alarm.cleared") == [], "he is halted all the same"
    room.servers["control2"].show(os=Os.BOOTING)
    room.until(room.env.now + 1.0)
    assert said(room, "alarm.cleared") == [("control2", "L1", MISSED)]
    crashes(room)
    assert len(by_then(room)) == 2


def test_l1_so_it_is_when_he_is_heard_again_after_all(room: HandRoom) -> None:
    is_cut_off(room)
    by_then(room)
    room.peers["control2"].show()
    room.until(room.env.now + 1.0)
    assert said(room, "alarm.cleared") == [("control2", "L1", MISSED)]
    room.peers["control2"].fall_silent()
    assert len(by_then(room)) == 2, "his machine is silent yet"


@pytest.mark.parametrize("part", ["servers", "peers"])
def test_s11_who_is_heard_in_one_way_is_there(room: HandRoom, part: str) -> None:
    getattr(room, part)["control2"].fall_silent()
    assert by_then(room) == []


def test_l1_who_boots_in_time_is_not_missed(room: HandRoom) -> None:
    crashes(room)
    by_then(room, -10.0)
    room.servers["control2"].show(os=Os.BOOTING)
    assert by_then(room) == said(room, "alarm.cleared") == []


def test_l1_mains_that_are_away_are_waited_for_and_so_is_who_gets_his_power_only_now(room: HandRoom) -> None:
    ups2 = room.upses["ups2"]
    ups2.lose_mains()
    crashes(room)
    assert by_then(room) == []
    ups2.regain_mains()
    ups2.show(output_on=False)
    by_then(room, -10.0)
    ups2.show(output_on=True)
    assert by_then(room, -10.0) == [], "he boots with it"
    assert len(by_then(room, 20.0)) == 1


def test_l1_a_ups_that_is_off_with_its_mains_there_is_no_reason_to_say_nothing(room: HandRoom) -> None:
    room.upses["ups2"].show(output_on=False)
    crashes(room)
    assert len(by_then(room)) == 1


@pytest.mark.parametrize("goal", list(Goal))
def test_s28_whom_somebody_wants_down_or_who_is_to_come_yet_is_nobodys_news(
    room: HandRoom, goal: Goal
) -> None:
    wanted = {"servers": ["control2"], "goal": goal.value, "wall_s": 1.0}
    room.run.learn(Row(Kind.WANTED, "request-1", 0, "control1/1", 0.0, wanted))
    crashes(room)
    assert by_then(room) == []


def test_l1_nor_who_came_up_as_wanted_once(room: HandRoom) -> None:
    wanted = {"servers": ["control2"], "goal": Goal.UP.value, "wall_s": 1.0}
    room.run.learn(Row(Kind.WANTED, "request-1", 0, "control1/1", 0.0, wanted))
    room.run.learn(Row(Kind.REACHED, "control2", 0, "control1/1", 0.0, {"wall_s": 2.0}))
    crashes(room)
    assert len(by_then(room)) == 1


@pytest.mark.parametrize("device", ["control2", "ups2"])
def test_s27_nor_is_who_is_held_until_he_is_released(room: HandRoom, device: str) -> None:
    held = {"held": True, "cause": "r1", "wall_s": 1.0}
    room.run.learn(Row(Kind.HELD, device, 0, "control1/1", 0.0, held))
    crashes(room)
    assert by_then(room) == []
    room.run.hear(Row(Kind.HELD, device, 0, "control1/1", 1.0, {"held": False, "cause": "r2", "wall_s": 2.0}))
    room.until(room.env.now + 1.0)
    assert len(said(room)) == 1


def alarms(tale: Tale, node: str) -> list[float]:
    return tale.times(f"alarm.raised {node} rule=L1")


@pytest.mark.parametrize("node", ["control1", "control2"])
def test_l1_c2_s28_a_node_that_crashes_on_a_quiet_day_is_told_of_and_left_as_it_is(node: str) -> None:
    tale = play(fault("node_crashes", node, 60.0), Booted(3600.0, node), until_s=7200.0)
    holds(tale, "node_crashes")
    (at_s,) = alarms(tale, node)
    assert 60.0 < at_s < 900.0
    assert tale.times(f"server.booting {node}") == [3600.0]
    assert len(tale.times(f"alarm.cleared {node} rule=L1")) == 1


@pytest.mark.parametrize(("node", "ups"), [("control1", "ups1"), ("control2", "ups2")])
def test_l1_l3_h7_a_node_that_loses_its_power_on_a_quiet_day_and_stays_halted_is_woken(
    node: str, ups: str
) -> None:
    """Nobody but it has lost anything, so no incident is open, and only a wake boots it."""
    tale = play(
        fault("ac_link_unset", node, 0.0),
        fault("ups_fails", ups, 60.0, 600.0),
        until_s=3600.0,
    )
    holds(tale, "ac_link_unset", "ups_fails")
    tale.before(f"server.crashed {node}", f"server.up {node}")
    tale.never("incident.opened *")
    assert alarms(tale, node) == []


def test_l1_c1_h7_so_does_a_life_that_has_begun_while_it_was_dark_and_has_never_heard_it() -> None:
    """Nobody has seen it down with its power on: it is taken to have run."""
    tale = play(
        fault("ac_link_unset", "control2", 0.0),
        fault("ups_fails", "ups2", 60.0, 1500.0),
        fault("service_dies", "control1", 200.0),
        until_s=2 * 3600.0,
    )
    holds(tale, "ac_link_unset", "ups_fails", "service_dies")
    tale.before("server.crashed control2", "service.died control1", "server.up control2")
    tale.never("incident.opened *")
