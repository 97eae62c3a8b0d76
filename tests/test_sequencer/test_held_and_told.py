"""A UPS is told to go off only when nobody runs on it whom somebody holds (S27, S1)."""

from __future__ import annotations

import pytest

from sequencer.held_ups import may_be_told
from sequencer.journal import Kind, Row
from sequencer.ports import Off, Os
from sequencer.power_off import arm
from sequencer.requests import Wish
from sim.story import Asked, ClockStep, Managed, Manager, Pressed
from tests.excused import holds
from tests.hands import NO_ANSWER, YES, HandRoom
from tests.nights import control_nights, night_site, tonight
from tests.safety import unsafe
from tests.worlds import HOUR_S, out, play


@pytest.mark.parametrize("falls", [False, True])
def test_s27_s1_who_runs_there_in_somebodys_hands_is_waited_for_until_he_halts_or_it_goes_untold(
    by_hand: HandRoom, falls: bool
) -> None:
    """It needs to be told only where it does not go off by itself."""
    run, ups5 = by_hand.run, by_hand.upses["ups5"]
    run.hear(
        Row(Kind.HELD, "blade1", 0, "control1/1", run.now, {"held": True, "cause": "r", "wall_s": run.now})
    )
    by_hand.servers["blade1"].show(os=Os.UP)
    ups5.show(output_on=True)
    waits = run.spawn(may_be_told(run, by_hand.site.upses["ups5"], [by_hand.site.servers["blade1"]]))
    by_hand.until(50)
    assert not waits.over
    if falls:
        ups5.show(off_armed=True)
    else:
        by_hand.servers["blade1"].show(os=Os.HALTED)
    by_hand.until(60)
    assert waits.over
    assert waits.value is not falls


@pytest.mark.parametrize("answers", [True, False])
def test_s27_s1_who_is_held_and_was_silent_is_looked_at_before_his_ups_is_told(
    by_hand: HandRoom, answers: bool
) -> None:
    """The LAN was dead for so long that he was given up; it is back, and his card is heard first (N1)."""
    run, blade1, of = by_hand.run, by_hand.servers["blade1"], by_hand.site
    held = {"held": True, "cause": "r", "wall_s": run.now}
    run.hear(Row(Kind.HELD, "blade1", 0, "control1/1", run.now, held))
    blade1.show(os=Os.UP)
    blade1.fall_silent()
    run.given_up.add("blade1")
    if answers:
        by_hand.upses["ups5"].after(0.5, lambda: blade1.show(os=Os.UP))
    waits = run.spawn(may_be_told(run, of.upses["ups5"], [of.servers["blade1"]]))
    by_hand.until(50)
    assert waits.over is not answers


@pytest.mark.parametrize("released_s", [3182.0, 3230.0])
def test_s27_s18_who_is_released_while_the_last_one_goes_goes_too_and_his_ups_is_told_with_it(
    released_s: float,
) -> None:
    """It stayed on to its battery's end under a node that was down (seed 155206)."""
    tale = play(
        Asked(-50.0, Wish.HOLD, ("control2",), by="explore"),
        out(0, 12_000),
        Asked(released_s, Wish.RELEASE, ("control2",), by="explore"),
        until_s=14_000.0,
    )
    tale.once("ups.output_off ups1 cause=command", "ups.output_off ups2 cause=command")
    tale.before("server.halted control2", "ups.output_off ups2")
    assert not [words for words in unsafe(tale) if "ups2" in words or "control2" in words]


def test_s27_r10_51_whose_ups_was_held_sleeps_from_when_it_is_told_until_its_on() -> None:
    """It would have slept too long by as much as it was held (seed 92061)."""
    tale = tonight(
        Managed(-600.0, Manager.SHUTDOWN, "control2"),
        Asked(-600.0, Wish.HOLD, ("ups1",), by="explore"),
        out(1800.0, 2100.0),
        ClockStep(2400.0, "control1", 7200.0),
        Pressed(3000.0, "ups2"),
        Asked(4200.0, Wish.RELEASE, ("ups1",), by="explore"),
        site=night_site(control_nights("23:05", "01:05")),
        until_s=4 * HOUR_S,
    )
    holds(tale)
    on_s, ups1 = tale.at("schedule.fired control goal=up"), tale.room.site.upses["ups1"]
    (off,) = tale.all("command.sent ups1 how=sleep")
    wakes_s = tale.at("ups.output_off ups1 cause=command") + off.details["sleep_s"] + ups1.return_delay_s
    assert wakes_s == pytest.approx(on_s, abs=5.0)


@pytest.mark.parametrize("before", [False, True], ids=["by us", "before"])
@pytest.mark.parametrize("ends", ["halts", "falls"])
def test_u16_s27_s1_who_is_held_and_booted_while_a_card_is_silent_is_waited_for_before_it_is_told_anew(
    by_hand: HandRoom, before: bool, ends: str
) -> None:
    """It had lost its OFF, and took it two minutes later: a pool server, held and up by then, was cut off
    (seed 202796)."""
    run, ups5, pool = by_hand.run, by_hand.upses["ups5"], by_hand.servers["bladepool"]
    pool.show(os=Os.HALTED)
    ups5.lose_mains()
    ups5.replies = [YES] if before else [NO_ANSWER, YES]
    if before:
        run.hear(Row(Kind.OFF_ARMED, "ups5", 1, "control2/1", 0.0, {"falls_in_s": 420.0, "wall_s": 0.0}))
    run.asked_to_stop.add("bladepool")
    run.spawn(arm(run, by_hand.site.upses["ups5"], Off.GRACEFUL, [by_hand.site.servers["bladepool"]]))
    ups5.after(0.0 if before else 0.5, ups5.fall_silent)
    by_hand.until(10)
    told = list(ups5.sent)
    assert len(told) == (not before)
    held = {"held": True, "cause": "r", "wall_s": run.now}
    run.hear(Row(Kind.HELD, "bladepool", 0, "control1/1", run.now, held))
    pool.show(os=Os.BOOTING)
    by_hand.until(11)
    ups5.show()
    by_hand.until(100)
    assert ups5.sent == told
    if ends == "halts":
        pool.show(os=Os.HALTED)
    else:
        ups5.show(off_armed=True)
    by_hand.until(130)
    assert len(ups5.sent) == len(told) + (ends == "halts")
