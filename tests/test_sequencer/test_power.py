"""Switching UPSes: arm, cut, see off, switch on; each with its look, its row, its guard and its limit."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from sequencer.before_we_go import switch_off_row
from sequencer.journal import Kind, Row
from sequencer.ports import Off, Os, ServerStatus
from sequencer.power_off import ATTEMPTS, arm, cut, see_off
from sequencer.power_on import power_on
from sequencer.run import Run
from sequencer.step import Outcome
from sequencer.timing import CARD_REBOOT_S
from sequencer.watch import watch
from tests.hands import NO, NO_ANSWER, YES, HandRoom, HandUps, no_look

HALTED = ServerStatus(Os.HALTED)


@pytest.fixture
def run(by_hand: HandRoom) -> Run:
    """ups5 is out, and both blades have accepted their shutdown."""
    by_hand.upses["ups5"].lose_mains()
    by_hand.run.facts.confirmed.add("ups5")
    by_hand.run.asked_to_stop |= {"blade1", "blade2", "bladepool"}
    return by_hand.run


@pytest.fixture
def ups5(by_hand: HandRoom) -> HandUps:
    return by_hand.upses["ups5"]


def loads(run: Run) -> list[Any]:
    return list(run.site.servers_on("ups5"))


def armed(run: Run, by_hand: HandRoom, until_s: float = 60) -> None:
    run.spawn(arm(run, run.site.upses["ups5"], Off.GRACEFUL, loads(run)))
    by_hand.until(until_s)


def test_an_off_is_written_down_before_it_is_sent(run: Run, by_hand: HandRoom, ups5: HandUps) -> None:
    armed(run, by_hand)
    assert ups5.sent == ["off graceful"]
    (row,) = by_hand.journal.kept
    assert (row.kind, row.subject, row.details["falls_in_s"]) == (Kind.OFF_ARMED, "ups5", 420)


def test_s30_what_another_life_wrote_of_an_off_is_written_down_anew_though_we_go(
    run: Run, by_hand: HandRoom, ups5: HandUps
) -> None:
    """Its time counts from when this life has heard of it; that is no row of this OFF."""
    run.learn(Row(Kind.OFF_ARMED, "ups5", run.facts.epoch, "another life", 0.0, {"falls_in_s": 420.0}))
    run.spawn(switch_off_row(run, [(run.site.upses["ups5"], loads(run))]))
    by_hand.until(5)
    assert ups5.sent
    assert [row.subject for row in by_hand.journal.kept] == ["ups5"]


def test_s1_no_off_before_every_load_has_accepted(run: Run, by_hand: HandRoom, ups5: HandUps) -> None:
    run.asked_to_stop.remove("blade2")
    armed(run, by_hand)
    assert ups5.sent == []
    assert by_hand.told("command.refused")[0]["rule"] == "S1"


def test_s15_two_pages_about_one_ups_tell_it_once(run: Run, by_hand: HandRoom, ups5: HandUps) -> None:
    """The second looks when the first has sent, and sees it counting down."""
    run.spawn(arm(run, run.site.upses["ups5"], Off.GRACEFUL, loads(run)))
    run.spawn(arm(run, run.site.upses["ups5"], Off.GRACEFUL, loads(run)))
    by_hand.until(0.025)
    ups5.show(off_armed=True)
    by_hand.until(60)
    assert ups5.sent == ["off graceful"]


def test_s15_a_page_that_is_closed_while_it_tells_a_ups_leaves_it_to_the_next(
    run: Run, by_hand: HandRoom, ups5: HandUps
) -> None:
    first = run.spawn(arm(run, run.site.upses["ups5"], Off.GRACEFUL, loads(run)))
    run.spawn(arm(run, run.site.upses["ups5"], Off.GRACEFUL, loads(run)))
    first.close()
    by_hand.until(60)
    assert ups5.sent == ["off graceful"]


@pytest.mark.parametrize("told_s", [60.0, 600.0])
def test_s29_an_off_that_counts_down_from_something_else_is_written_down_anew(
    run: Run, by_hand: HandRoom, ups5: HandUps, told_s: float
) -> None:
    ups5.replies = [replace(YES, falls_in_s=told_s)]
    armed(run, by_hand)
    assert [row.details["falls_in_s"] for row in by_hand.journal.kept] == [420, told_s]
    (alarm,) = by_hand.told("alarm.raised")
    assert alarm["rule"] == "S29"
    assert alarm["text"] == f"ups5 goes off after {told_s:g} s; its settings said 420 s"


@pytest.mark.parametrize("told_s", [None, 420.0, 419.4])
def test_s29_what_is_left_of_a_countdown_has_become_less(
    run: Run, by_hand: HandRoom, ups5: HandUps, told_s: float | None
) -> None:
    ups5.replies = [replace(YES, falls_in_s=told_s)]
    armed(run, by_hand)
    assert len(by_hand.journal.kept) == 1
    assert by_hand.told("alarm.raised") == []


def test_s15_what_is_off_is_not_told_again(run: Run, by_hand: HandRoom, ups5: HandUps) -> None:
    ups5.show(output_on=False)
    armed(run, by_hand)
    assert ups5.sent == []
    assert by_hand.journal.kept == []


def test_s15_c12_what_counts_down_is_not_told_again_but_written_down(
    run: Run, by_hand: HandRoom, ups5: HandUps
) -> None:
    """Nobody here has told it: whoever did, its fall is waited for, at the longest delay that it has."""
    ups5.show(off_armed=True)
    armed(run, by_hand)
    assert ups5.sent == []
    (row,) = by_hand.journal.kept
    assert (row.kind, row.subject, row.details) == (Kind.OFF_ARMED, "ups5", {"falls_in_s": 420.0})
    assert [alarm["rule"] for alarm in by_hand.told("alarm.raised")] == ["C12"]


def test_x_07_what_was_off_as_its_last_word_is_not_told_again(
    run: Run, by_hand: HandRoom, ups5: HandUps
) -> None:
    ups5.show(output_on=False)
    ups5.fall_silent()
    for server in run.site.servers_on("ups5"):
        by_hand.servers[server.name].fall_silent()
    armed(run, by_hand)
    assert ups5.sent == []


def mains_are_back(run: Run) -> None:
    run.facts.confirmed = {"ups4"}  # its card says that it has its mains


def test_s9_while_the_mains_are_back_an_off_that_stays_off_is_not_armed(
    run: Run, by_hand: HandRoom, ups5: HandUps
) -> None:
    mains_are_back(run)
    armed(run, by_hand)
    assert ups5.sent == []
    assert by_hand.told("command.refused")[0]["rule"] == "S9"


def test_x_01_a_halting_nodes_ups_is_armed_though_the_mains_are_back_for_it_returns_by_itself(
    run: Run, by_hand: HandRoom
) -> None:
    mains_are_back(run)
    run.asked_to_stop.add("control1")
    run.spawn(arm(run, run.site.upses["ups1"], Off.UNTIL_MAINS, list(run.site.servers_on("ups1"))))
    by_hand.until(60)
    assert by_hand.upses["ups1"].sent == ["off until_mains"]


def test_s29_an_array_is_cut_with_the_delay_that_its_card_read_back(run: Run, by_hand: HandRoom) -> None:
    ups4 = by_hand.upses["ups4"]
    ups4.show(immediate_off_s=180.0)
    run.spawn(cut(run, run.site.upses["ups4"], lambda: None, no_look))
    by_hand.until(60)
    (row,) = by_hand.journal.kept
    assert row.details["falls_in_s"] == 180
    assert ("S29", "ups4") in [(e["rule"], e["subject"]) for e in by_hand.told("alarm.raised")]


def test_u6_s15_an_off_without_an_answer_is_looked_at_before_it_is_sent_again(
    run: Run, by_hand: HandRoom, ups5: HandUps
) -> None:
    ups5.replies = [NO_ANSWER, YES]
    run.spawn(arm(run, run.site.upses["ups5"], Off.GRACEFUL, loads(run)))
    by_hand.until(1)
    ups5.status = type(ups5.status)(
        **{**{f: getattr(ups5.status, f) for f in ups5.status.__slots__}, "off_armed": True}
    )
    by_hand.until(60)
    assert ups5.sent == ["off graceful"], "it had been done"


def test_x_09_an_off_that_the_card_refuses_is_tried_three_times_and_then_told(
    run: Run, by_hand: HandRoom, ups5: HandUps
) -> None:
    ups5.replies = [NO]
    armed(run, by_hand)
    assert len(ups5.sent) == ATTEMPTS
    assert by_hand.told("alarm.raised")[0]["rule"] == "X-09"


def test_s29_a_delay_other_than_planned_is_told_and_planned_with(
    run: Run, by_hand: HandRoom, ups5: HandUps
) -> None:
    ups5.show(graceful_off_s=540.0)
    armed(run, by_hand)
    assert by_hand.told("alarm.raised")[0]["rule"] == "S29"
    assert by_hand.journal.kept[0].details["falls_in_s"] == 540


# Seeing it off


def seen_off(run: Run, by_hand: HandRoom, until_s: float) -> bool:
    by_hand.until(until_s)
    return "ups5" in run.settled


@pytest.fixture
def waiting(run: Run, by_hand: HandRoom, ups5: HandUps) -> Run:
    """Armed at 0, and waited for."""
    armed(run, by_hand, 1)
    ups5.show(off_armed=True)
    run.spawn(see_off(run, run.site.upses["ups5"], loads(run)))
    return run


def halt_all(by_hand: HandRoom) -> None:
    for name in ("blade1", "blade2", "bladepool"):
        by_hand.servers[name].show(HALTED)


def test_s3_a_ups_is_seen_off_when_it_says_so(waiting: Run, by_hand: HandRoom, ups5: HandUps) -> None:
    by_hand.until(421)
    ups5.show(output_on=False, off_armed=False)
    assert seen_off(waiting, by_hand, 422)
    assert by_hand.told("alarm.raised") == []


def test_s3_a_silent_one_is_off_its_delay_and_30_s_later_if_its_loads_have_halted(
    waiting: Run, by_hand: HandRoom, ups5: HandUps
) -> None:
    halt_all(by_hand)
    by_hand.until(425)
    ups5.fall_silent()
    for name in ("blade1", "blade2", "bladepool"):
        by_hand.servers[name].fall_silent()
    assert not seen_off(waiting, by_hand, 449)
    assert seen_off(waiting, by_hand, 452)
    assert by_hand.told("alarm.raised") == []


def test_s3_a_silent_one_with_a_load_up_is_given_up_at_the_limit_with_an_alarm(
    waiting: Run, by_hand: HandRoom, ups5: HandUps
) -> None:
    by_hand.until(425)
    ups5.fall_silent()
    assert not seen_off(waiting, by_hand, 479)
    assert seen_off(waiting, by_hand, 482)
    assert by_hand.told("alarm.raised")[0]["rule"] == "S3"


def test_s3_one_that_stays_on_is_given_up_at_the_limit_with_an_alarm(waiting: Run, by_hand: HandRoom) -> None:
    halt_all(by_hand)
    assert not seen_off(waiting, by_hand, 479)
    assert seen_off(waiting, by_hand, 482)
    assert by_hand.told("alarm.raised")[0]["rule"] == "S3"


def test_a_cut_is_off_now_and_waited_for(run: Run, by_hand: HandRoom, ups5: HandUps) -> None:
    run.spawn(cut(run, run.site.upses["ups5"], lambda: None, no_look))
    by_hand.until(2)
    assert ups5.sent == ["off now"]
    assert not seen_off(run, by_hand, 3)
    ups5.show(output_on=False)
    assert seen_off(run, by_hand, 4)


# Switching on


@pytest.fixture
def off(by_hand: HandRoom, ups5: HandUps) -> HandRoom:
    """ups5 is off and has its mains; it is watched."""
    ups5.show(output_on=False, card_uptime_s=5.0)
    by_hand.run.spawn(watch(by_hand.run, by_hand.site.upses["ups5"]))
    return by_hand


def switch_on(room: HandRoom) -> list[Any]:
    ups = room.site.upses["ups5"]
    outcomes: list[Any] = []

    def steps() -> Any:
        outcomes.append((yield from power_on(room.run, ups, [ups], [ups])))

    room.run.spawn(steps())
    return outcomes


def test_s6_s7_one_that_was_not_told_because_it_was_not_safe_for_long_has_not_failed(
    off: HandRoom, ups5: HandUps
) -> None:
    """Else what comes after it, the controllers after the enclosures, would go on without it."""
    run, ups = off.run, off.site.upses["ups5"]
    outcomes: list[Outcome] = []
    turns: list[float] = []

    def turn() -> Any:
        turns.append(run.now)
        if len(turns) == 1:
            ups5.lose_mains()
            ups5.after(2 * off.site.start.switch_on_limit_s, ups5.regain_mains)
        yield from run.pause(1)

    def steps() -> Any:
        outcomes.append((yield from power_on(run, ups, [ups], [ups], turn=turn)))

    run.spawn(steps())
    off.until(turns_at := 70)
    assert turns
    off.until(turns_at + 2 * off.site.start.switch_on_limit_s + 30)
    assert (ups5.sent, outcomes) == ([], [])
    off.until(turns_at + 2 * off.site.start.switch_on_limit_s + 80)
    assert (ups5.sent, len(turns)) == (["on"], 2)


def test_s7_it_goes_on_when_its_mains_have_been_stable(off: HandRoom, ups5: HandUps) -> None:
    switch_on(off)
    off.until(50)
    assert ups5.sent == []
    off.until(70)
    assert ups5.sent == ["on"]
    assert off.told("step.waiting", "ups5")[0]["rule"] == "S7"


def test_s17_it_goes_on_when_its_battery_holds_enough(off: HandRoom, ups5: HandUps) -> None:
    ups5.show(charge_pct=30.0)
    switch_on(off)
    off.until(500)
    assert ups5.sent == []
    assert off.told("step.waiting", "ups5")[-1]["rule"] == "S17"
    ups5.show(charge_pct=36.0)
    off.until(501)
    assert ups5.sent == []
    ups5.show(charge_pct=40.0)
    off.until(502)
    assert ups5.sent == ["on"]


def test_s16_it_is_not_switched_on_while_an_off_counts_down(off: HandRoom, ups5: HandUps) -> None:
    ups5.show(off_armed=True, output_on=True)
    switch_on(off)
    off.until(500)
    assert ups5.sent == []
    ups5.show(off_armed=False, output_on=False)
    off.until(600)
    assert ups5.sent == ["on"]


def test_s11_a_silent_one_is_waited_for(off: HandRoom, ups5: HandUps) -> None:
    for name in ("blade1", "blade2", "bladepool"):
        off.servers[name].fall_silent()
    ups5.fall_silent()
    switch_on(off)
    off.until(5000)
    assert ups5.sent == []
    ups5.show(output_on=False)
    off.until(5100)
    assert ups5.sent == ["on"]


def test_u2_a_silent_one_that_feeds_somebody_who_answers_is_on(off: HandRoom, ups5: HandUps) -> None:
    ups5.fall_silent()
    outcomes = switch_on(off)
    off.until(10)
    assert ups5.sent == []
    assert outcomes
    assert outcomes[0].met


def test_u2_s17_a_dead_card_of_another_feed_is_not_waited_for_for_ever(off: HandRoom, ups5: HandUps) -> None:
    run, site = off.run, off.site
    off.upses["ups4"].fall_silent()
    off.upses["ups4"].status = None
    ups = site.upses["ups5"]
    run.spawn(power_on(run, ups, [ups], [ups, site.upses["ups4"]]))
    off.until(CARD_REBOOT_S - 1)
    assert ups5.sent == []
    off.until(CARD_REBOOT_S + 10)
    assert ups5.sent == ["on"]
    assert off.told("alarm.raised", "ups4")[0]["rule"] == "S17"


def test_one_that_comes_back_by_itself_is_not_waited_for_any_longer(off: HandRoom, ups5: HandUps) -> None:
    ups5.show(charge_pct=10.0)
    outcomes = switch_on(off)
    off.until(100)
    ups5.show(output_on=True)
    off.until(101)
    assert outcomes
    assert outcomes[0].met
    assert ups5.sent == []
