"""A node at its boot is not stopped by what it has outlived before it can say so; and when it is (O1, S9)."""

from __future__ import annotations

import pytest

from sequencer.journal import Armed, Goal, Kind, Row
from sequencer.ports import Os
from sequencer.requests import Wish
from sequencer.scope import Scope
from sequencer.slept import returns_with_mains
from sequencer.systems import stop_system
from sequencer.timing import EVIDENCE_EXTRA_S
from sim.story import Asked, Booted, Managed, Manager, Pressed
from tests.excused import holds
from tests.hands import HandRoom
from tests.worlds import HOUR_S, NODES, fault, out, play


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


def test_o1_c5_s9_whom_the_manager_shuts_down_had_come_back_with_the_mains_and_a_hand_boots_him() -> None:
    """control1 has forgotten that it went, and control2 had not heard it since long before the outage ended.
    Its UPS was told in that to come back with the mains: it had, or nobody could have shut it down (6100169).
    """
    tale = play(
        out(0, 1800),
        fault("switch_dies", "lan1", 2400, 6390),
        fault("journal_broken", "control1", 3600),
        Managed(3600, Manager.SHUTDOWN, "control1"),
        Booted(6600, "control1"),
        until_s=3 * HOUR_S,
    )
    holds(tale, "switch_dies", "journal_broken")
    tale.once("command.sent control1 command=shutdown")  # in the outage


@pytest.mark.parametrize(
    ("told_s", "others", "is_to_come"),
    [(430.0, (), False), (410.0, (), True), (430.0, ("control1",), True)],
)
def test_o1_t7_only_what_had_fallen_when_it_alone_was_shut_down_had_come_back(
    by_hand: HandRoom, told_s: float, others: tuple[str, ...], *, is_to_come: bool
) -> None:
    """A word for all may find one down that its manager would not."""
    off_s = by_hand.run.wall_s() - told_s - EVIDENCE_EXTRA_S
    by_hand.run.facts.armed["ups2"] = Armed(0.0, 420.0, True, "control1/0", off_s, 0.0)
    details = {"servers": ("control2", *others), "goal": Goal.DOWN.value, "wall_s": by_hand.run.wall_s()}
    by_hand.run.hear(Row(Kind.WANTED, "r1", 0, "control1/0", 0.0, details))
    assert returns_with_mains(by_hand.run, "control2") is is_to_come


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
