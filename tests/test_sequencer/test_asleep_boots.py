"""A node at its boot is not stopped by what it has outlived before it can say so; and when it is (O1, S9)."""

from __future__ import annotations

import pytest

from sequencer.journal import Goal, Kind, Row
from sequencer.ports import Os
from sequencer.requests import Wish
from sequencer.scope import Scope
from sequencer.systems import stop_system
from sim.story import Asked, Managed, Manager, Pressed
from tests.hands import HandRoom
from tests.worlds import NODES, play


@pytest.fixture
def boots(by_hand: HandRoom) -> HandRoom:
    """control1 is to stop both nodes by a word, and finds control2 at its boot, nobody knows why."""
    wanted = {"servers": NODES, "goal": Goal.DOWN.value, "wall_s": by_hand.run.wall_s()}
    declared = Row(Kind.DECLARED, "reference", 1, "control1/1", 0.0, {"was_running": [], "stop": "r1"})
    by_hand.run.hear(declared, Row(Kind.WANTED, "r1", 1, "control1/1", 0.0, wanted))
    by_hand.run.scope = Scope(control=True)
    by_hand.servers["control2"].show(os=Os.BOOTING)
    by_hand.run.spawn(stop_system(by_hand.run, by_hand.site.servers["control2"]))
    return by_hand


def sent(room: HandRoom, at_s: float) -> list[str]:
    room.until(at_s)
    return room.servers["control2"].sent


def looks_round_s(room: HandRoom) -> float:
    return room.site.start.first_look_limit_s + room.site.polling.timeout_s


def test_s9_o1_a_node_at_its_boot_is_not_stopped_before_it_can_say_that_it_was_down(boots: HandRoom) -> None:
    assert sent(boots, 200) == []
    boots.servers["control2"].show(os=Os.UP)
    assert sent(boots, 199.9 + looks_round_s(boots)) == []
    assert sent(boots, 200.1 + looks_round_s(boots)) == ["shutdown"]


def test_s9_o1_and_if_it_says_so_it_is_not_stopped_at_all(boots: HandRoom) -> None:
    boots.until(200)
    boots.servers["control2"].show(os=Os.UP)
    boots.until(201)
    up = {"servers": NODES, "goal": Goal.UP.value, "wall_s": boots.run.wall_s()}
    boots.run.hear(Row(Kind.WANTED, "r1, then control2/2", 1, "control2/2", 0.0, up))
    boots.run.scope = Scope()
    assert sent(boots, 1000) == []


def test_h9_it_is_waited_for_no_longer_than_a_boot_may_take(boots: HandRoom) -> None:
    limit_s = boots.site.start.server_limit_s
    assert sent(boots, limit_s - 1) == []
    assert sent(boots, limit_s + 1) == ["shutdown"]


@pytest.mark.parametrize("why", ["an outage", "its power counts down"])
def test_s1_l2_nor_once_it_is_to_go_for_something_else(boots: HandRoom, why: str) -> None:
    assert sent(boots, 100) == []
    if why == "an outage":
        boots.upses["ups2"].lose_mains()
        boots.run.hear(Row(Kind.CONFIRMED, "ups2", 1, "control1/1", 100.0))
    else:
        boots.upses["ups2"].show(off_armed=True)
    boots.run.announce()
    assert sent(boots, 101) == ["shutdown"]


def test_s28_o1_who_was_wanted_up_again_as_it_went_is_no_reason_to_end_the_word_that_found_it_down() -> None:
    """control1 is shut down by the cluster's manager, all are to be on, and, when it is down, off; booted
    by hand while that stop waits for somebody's hold, it wakes nobody but itself (seed 215019)."""
    tale = play(
        Managed(0.0, Manager.SHUTDOWN, "control1"),
        Asked(50.0, Wish.POWER_ON),
        Asked(64.0, Wish.HOLD, ("rack2",)),
        Asked(65.0, Wish.POWER_OFF),
        Pressed(1800.0, "ups1"),
        Asked(2400.0, Wish.RELEASE, ("rack2",)),
        until_s=6000.0,
    )
    tale.before("server.halted control1", "request.accepted reference wish=power_off", "server.up control1")
    assert tale.times("command.sent * command=on") == []
    assert [t for t in tale.times("command.sent * command=wake") if t > 65] == []
