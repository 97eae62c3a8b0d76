"""When a step ends whose device is silent: no later than it may (S11, S18)."""

from __future__ import annotations

from typing import Any

import pytest

from sequencer import conditions as when
from sequencer.journal import Kind, Row
from sequencer.ports import Os, ServerStatus
from sequencer.site import Site
from sequencer.step import Ask, Outcome, step
from tests.hands import NO_ANSWER, TIMEOUT_S, HandRoom
from tests.worlds import with_settings


def entered(room: HandRoom, latest_s: float) -> list[tuple[Outcome, float]]:
    """`shut blade1 down, within 100 s`; how it has ended, and when."""
    run, blade1 = room.run, room.servers["blade1"]
    ask, ends = Ask("shutdown", blade1.shut_down, lambda: None), list[tuple[Outcome, float]]()

    def steps() -> Any:
        outcome = yield from step(run, "blade1", blade1, when.HALTED, limit_s=100, latest_s=latest_s, ask=ask)
        ends.append((outcome, round(run.now, 2)))

    run.spawn(steps())
    return ends


@pytest.mark.parametrize(("latest_s", "ends_s"), [(200.0, 100.02), (90.0, 90.0)])
def test_s18_who_falls_silent_is_not_looked_at_once_more_when_his_time_is_over(
    by_hand: HandRoom, latest_s: float, ends_s: float
) -> None:
    """To look, and to hear no answer, takes 2 s that no budget counts."""
    blade1 = by_hand.servers["blade1"]
    ends = entered(by_hand, latest_s)
    by_hand.until(50)
    blade1.fall_silent()
    looks = blade1.looks
    by_hand.env.run()
    assert (ends, blade1.looks) == ([(Outcome.TIMED_OUT, ends_s)], looks)


@pytest.mark.parametrize("latest_s", [1.0, 3.0], ids=["the first look", "an answer"])
def test_s18_neither_the_first_look_nor_an_answer_is_waited_for_when_its_time_is_over(
    by_hand: HandRoom, latest_s: float
) -> None:
    """It is looked at until 2 s, and is to answer until 4 s."""
    blade1 = by_hand.servers["blade1"]
    blade1.replies = [NO_ANSWER]
    blade1.fall_silent()
    ends = entered(by_hand, latest_s)
    by_hand.env.run()
    assert ends == [(Outcome.TIMED_OUT, latest_s)]
    assert blade1.sent == ["shutdown"] * (latest_s > 2)
    reasons = [str(event["reason"]) for event in by_hand.told("command.failed")]
    assert reasons == ["no answer in time"] * (latest_s > 2)


def test_s18_s20_who_never_answers_takes_a_step_no_longer_than_its_limit_and_one_look(
    site: Site,
) -> None:
    """Asked anew each 9 s, he would be asked for the last time a second before his limit is over."""
    room = HandRoom(with_settings(site, polling__timeout_s=TIMEOUT_S))
    blade1 = room.servers["blade1"]
    blade1.replies = [NO_ANSWER]
    blade1.fall_silent()
    ends = entered(room, 200.0)
    room.env.run()
    assert ends == [(Outcome.TIMED_OUT, 100 + TIMEOUT_S)]


@pytest.mark.parametrize(
    ("latest_s", "is_heard", "end"),
    [
        (10.0, False, (Outcome.TIMED_OUT, 10.0)),
        (10.0, True, (Outcome.TIMED_OUT, 10.0)),
        (12.0, True, (Outcome.DONE, 11.0)),
    ],
)
def test_s11_s18_a_look_between_two_requests_is_waited_for_while_there_is_time(
    by_hand: HandRoom, latest_s: float, is_heard: bool, end: tuple[Outcome, float]
) -> None:
    """Asked at 2 s and not answered until 4 s, it is looked at from 9 s on, until 11 s."""
    blade1 = by_hand.servers["blade1"]
    blade1.replies = [NO_ANSWER]
    blade1.fall_silent()
    ends = entered(by_hand, latest_s)
    by_hand.until(10.5)
    if is_heard:
        blade1.silent, blade1.status = False, ServerStatus(Os.HALTED)  # no poll tells it
    by_hand.env.run()
    assert ends == [end]


@pytest.mark.parametrize("taken_s", [0.0, 1.0], ids=["before", "while it is looked at"])
def test_l4_s27_what_somebody_takes_before_its_step_has_begun_has_no_limit_that_runs(
    by_hand: HandRoom, taken_s: float
) -> None:
    """The first look at one that is silent takes 2 s (crowded seed 813848)."""
    run, blade1 = by_hand.run, by_hand.servers["blade1"]

    def held(at_s: float, is_held: bool) -> None:
        details = {"held": is_held, "cause": f"request {at_s}", "wall_s": at_s}
        run.hear(Row(Kind.HELD, "blade1", 0, "control1/1", at_s, details))

    blade1.fall_silent()
    blade1.after(taken_s, lambda: held(taken_s, True))
    if not taken_s:
        by_hand.until(0.1)
    ends = entered(by_hand, 1e6)
    by_hand.until(400)
    assert (by_hand.told("step.started"), blade1.sent, ends) == ([], [], [])
    held(400, False)
    by_hand.until(403)
    assert blade1.sent == ["shutdown"]
    by_hand.env.run()
    assert len(by_hand.told("step.started")) == len(ends) == 1
