"""Whom people have shut down the next life leaves so, too, when his power has gone and come back (S28)."""

from __future__ import annotations

from typing import Any

import pytest

from sequencer.facts import Facts
from sequencer.journal import Goal, Kind, Row
from sequencer.lost_power import wake_who_crashes
from sequencer.ports import Os
from sim.story import Booted
from tests.excused import holds
from tests.hands import HandRoom
from tests.worlds import fault, out, play


@pytest.mark.parametrize(("of", "ups"), [("control2", "ups2"), ("blade1", "ups5")])
@pytest.mark.parametrize("hand", ["server_pressed", "foreign_shutdown"])
@pytest.mark.parametrize("dies_s", [100.0, 900.0], ids=["as he goes", "when he is dark"])
def test_s28_h7_c1_a_life_that_has_never_heard_him_wakes_nobody_whom_people_had_shut_down(
    of: str, ups: str, hand: str, dies_s: float
) -> None:
    """Never heard, he was taken to have run. The second service dies when his power is gone."""
    tale = play(
        fault("ac_link_unset", of, 0.0),
        fault(hand, of, 60.0),
        fault("service_dies", "control1", dies_s),
        fault("ups_fails", ups, 600.0, 1800.0),
        *([fault("service_dies", "control1", 900.0)] if dies_s < 600 else []),
        until_s=2 * 3600.0,
    )
    holds(tale, "ac_link_unset", hand, "ups_fails", "service_dies")
    tale.never("command.sent *", f"server.booting {of}")


def test_l1_h7_c1_who_was_booted_again_since_has_run() -> None:
    """And lost his power then: a life that has never heard him wakes him."""
    tale = play(
        fault("ac_link_unset", "blade1", 0.0),
        fault("server_pressed", "blade1", 60.0),
        Booted(300.0, "blade1"),
        fault("ups_fails", "ups5", 1200.0, 2400.0),
        fault("service_dies", "control1", 1500.0),
        until_s=2 * 3600.0,
    )
    assert len(tale.times("server.booting blade1")) == 2
    tale.before("server.crashed blade1", "command.sent blade1 command=wake")


@pytest.mark.parametrize("shut_down_first", [False, True])
def test_l1_s28_c7_who_was_taken_by_his_battery_while_nobody_was_at_work_has_run_in_the_next_incident(
    shut_down_first: bool,
) -> None:
    """Who commands stands still until its own battery takes it, and the other one has never polled a server
    (hard seed 1830). Whom people had shut down before that is as they want him."""
    hand = [fault("server_pressed", "rack2", 60.0)] if shut_down_first else []
    tale = play(
        fault("ac_link_unset", "rack2", 0.0),
        *hand,
        *out(0.0, 1100.0, "ups1"),
        fault("service_stalls", "control1", 480.0, amount=86400.0),
        *out(600.0, 11000.0),
        until_s=8 * 3600.0,
    )
    tale.before("server.crashed rack1", "incident.opened *")
    assert bool(tale.times("server.up rack2")) is not shut_down_first
    holds(tale, "ac_link_unset", "service_stalls", *(["server_pressed"] if hand else []))


def told(room: HandRoom) -> list[bool]:
    return [bool(row.details["down"]) for row in room.journal.kept if row.kind is Kind.SHUT_DOWN]


def watched(room: HandRoom) -> None:
    room.run.spawn(wake_who_crashes(room.run, room.site.servers["blade1"]))
    room.until(room.env.now + 1.0)


def test_s28_it_is_written_down_once_when_he_is_down_and_once_when_he_is_up(by_hand: HandRoom) -> None:
    blade1 = by_hand.servers["blade1"]
    watched(by_hand)
    for os, rows in (
        (Os.SHUTTING_DOWN, []),
        (Os.HALTED, [True]),
        (Os.BOOTING, [True]),
        (Os.HALTED, [True]),
        (Os.UP, [True, False]),
        (Os.HALTED, [True, False, True]),
    ):
        blade1.show(os=os)
        by_hand.until(by_hand.env.now + 30.0)
        assert told(by_hand) == rows, os
    assert by_hand.run.facts.shut_down("blade1")


@pytest.mark.parametrize(
    ("goal", "reached", "is_noted"),
    [
        (Goal.DOWN, False, False),
        (Goal.DOWN, True, False),
        (Goal.UP, False, False),
        (Goal.UP, True, True),
        (Goal.REBOOT, False, False),
    ],
)
def test_s28_l1_who_is_wanted_down_or_is_to_come_up_yet_is_not_as_people_left_him(
    by_hand: HandRoom, goal: Goal, reached: bool, is_noted: bool
) -> None:
    by_hand.servers["blade1"].show(os=Os.HALTED)
    wanted = {"servers": ["blade1"], "goal": goal.value, "wall_s": 1.0}
    by_hand.run.learn(Row(Kind.WANTED, "request-1", 0, "control1/1", 0.0, wanted))
    if reached:
        by_hand.run.learn(Row(Kind.REACHED, "blade1", 0, "control1/1", 0.0, {"wall_s": 1.0}))
    watched(by_hand)
    assert told(by_hand) == [True] * is_noted


def word(down: bool, wall_s: float, of: str = "blade1") -> Row:
    details: dict[str, Any] = {"down": down, "wall_s": wall_s}
    return Row(Kind.SHUT_DOWN, of, 0, "control1/1", 0.0, details)


@pytest.mark.parametrize(("up_s", "is_down"), [(1.0, True), (2.0, False), (3.0, False)])
def test_s28_the_later_word_counts_and_that_he_runs_of_two_at_once(up_s: float, is_down: bool) -> None:
    for rows in ([word(True, 2.0), word(False, up_s)], [word(False, up_s), word(True, 2.0)]):
        facts = Facts()
        facts.learn(rows, 0.0)
        assert facts.shut_down("blade1") is is_down
        assert not facts.shut_down("blade2")


def test_t4_s28_a_clock_that_is_behind_says_it_after_the_last_word(by_hand: HandRoom) -> None:
    ahead_s = by_hand.run.wall_s() + 3600.0
    by_hand.run.learn(word(False, ahead_s))
    by_hand.servers["blade1"].show(os=Os.HALTED)
    watched(by_hand)
    assert by_hand.run.facts.shut_down("blade1")
