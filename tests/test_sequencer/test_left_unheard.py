"""A UPS fell silent without mains, and nobody has seen it off: nobody is started on it, who boots there is
stopped (L2, L3, U2, H6)."""

from __future__ import annotations

from typing import Any

import pytest

from sequencer.fitness import lacks
from sequencer.journal import Kind, Row
from sequencer.left_behind import leave_behind
from sequencer.ports import Os
from sequencer.timing import CARD_REBOOT_S
from sequencer.turn import still_on
from sim.story import Booted
from tests.excused import holds, unexcused
from tests.hands import HandRoom
from tests.tale import Tale
from tests.worlds import HOUR_S, fault, out, play

LOUD = "ups5 fell silent without mains; what it feeds is not started before it answers"


def blades_later(back_s: float, silent_s: float, *more: Any, heard_s: float | None = None) -> Tale:
    """The racks' mains are back in ten minutes; those of the blades went shortly before that."""
    silent = fault("card_silent", "ups5", silent_s, *([] if heard_s is None else [heard_s]))
    return play(*out(0, 600, "ups6"), *out(560, back_s, "ups5"), silent, *more, until_s=4 * HOUR_S)


@pytest.mark.parametrize("ignores", [True, False])
def test_l2_u2_nobody_is_woken_on_a_silent_ups_that_had_lost_its_mains_alone(ignores: bool) -> None:
    """A dead card is not waited for; but this one had told, while others on its feed had mains. Its battery
    took both blades half an hour later."""
    faults = ["card_silent", *(["off_ignored"] if ignores else [])]
    more = [fault("off_ignored", "ups5", 0.0)] if ignores else []
    tale = blades_later(6000.0, 610.0, *more)
    holds(tale, *faults)
    tale.never("command.sent blade1 command=wake", "server.crashed *")
    assert tale.times("server.up rack1")
    assert [e.details["text"] for e in tale.all("alarm.raised ups5 rule=L3")] == [LOUD]


def test_l3_u2_they_are_when_it_answers_and_has_its_mains() -> None:
    tale = blades_later(2000.0, 610.0, heard_s=3000.0)
    holds(tale, "card_silent")
    assert 3000 < tale.at("command.sent blade1 command=wake") < 3200
    tale.before("server.up blade1", "incident.closed *")


@pytest.mark.parametrize("booted_s", [1080.0, 1140.0], ids=["before the turn", "after it"])
def test_l2_h6_who_is_booted_there_by_hand_is_stopped_though_the_others_are_brought_back(
    booted_s: float,
) -> None:
    """Nobody hears when its battery ends, and nobody would be left to stop him."""
    tale = blades_later(6000.0, 700.0, fault("off_ignored", "ups5", 0.0), Booted(booted_s, "blade1"))
    assert [words for words in unexcused(tale, ["card_silent", "off_ignored"]) if "blade" in words] == []
    tale.never("server.crashed blade1")
    assert booted_s < tale.times("server.up blade1")[0] < tale.times("server.halted blade1")[-1]
    assert tale.times("server.up rack1")


@pytest.fixture
def left(by_hand: HandRoom) -> HandRoom:
    """Of an outage of ups5 alone, whose card is silent, and which was given up."""
    run, ups5 = by_hand.run, by_hand.upses["ups5"]
    ups5.lose_mains()
    by_hand.until(1)
    run.hear(Row(Kind.DECLARED, "reference", 1, "control1/1", 0.0, {"was_running": []}))
    run.hear(Row(Kind.CONFIRMED, "ups5", 1, "control1/1", 0.0))
    ups5.fall_silent()
    run.given_up.add("ups5")
    for name in ("blade1", "blade2"):
        by_hand.servers[name].show(os=Os.HALTED)
    return by_hand


@pytest.mark.parametrize(
    ("os", "given_up", "waits"),
    [
        (Os.UP, False, True),
        (Os.BOOTING, False, True),
        (Os.HALTED, False, False),
        (Os.UP, True, False),
    ],
)
def test_l2_l3_the_turn_waits_for_who_is_still_to_be_stopped_there_and_for_nobody_who_was_given_up(
    left: HandRoom, os: Os, given_up: bool, waits: bool
) -> None:
    left.servers["blade1"].show(os=os)
    if given_up:
        left.run.given_up.add("blade1")
    blocker = still_on(left.run)
    assert (None if blocker is None else blocker[0]) == ("blade1 is to stop first" if waits else None)


@pytest.mark.parametrize(("answers", "is_news"), [("booted", True), ("card", True), ("nobody", False)])
def test_l2_o1_it_is_news_when_somebody_boots_there_or_its_card_answers(
    left: HandRoom, answers: str, is_news: bool
) -> None:
    leave_behind(left.run)
    left.until(10)
    assert left.run.mains["ups5"].left
    if answers == "booted":
        left.servers["blade2"].show(os=Os.BOOTING)
    if answers == "card":
        left.upses["ups5"].show()
    left.until(20)
    assert left.run.mains["ups5"].left is not is_news


def test_s17_l3_a_person_is_told_when_its_card_could_have_rebooted(left: HandRoom) -> None:
    run, ups5 = left.run, left.site.upses["ups5"]
    leave_behind(run)
    for at_s, told in ((CARD_REBOOT_S, []), (CARD_REBOOT_S + 2, [LOUD])):
        left.until(at_s)
        assert lacks(run, ups5) == "ups5 does not answer"
        assert [e["text"] for e in left.told("alarm.raised", "ups5")] == told
