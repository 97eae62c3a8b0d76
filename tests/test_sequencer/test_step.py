"""A step: look first, ask at most once, wait, give up at its named limit; it may be entered again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sequencer import conditions as when
from sequencer.guards import Refusal
from sequencer.journal import Kind, Row
from sequencer.ports import Os, ServerStatus
from sequencer.step import RETRY_S, Ask, Outcome, step
from tests.hands import LATENCY_S, NO, NO_ANSWER, YES, HandRoom, HandServer

UP, HALTED = ServerStatus(Os.UP), ServerStatus(Os.HALTED)
SHUTTING_DOWN = ServerStatus(Os.SHUTTING_DOWN)


@pytest.fixture
def blade1(by_hand: HandRoom) -> HandServer:
    return by_hand.servers["blade1"]


@pytest.fixture
def outcomes() -> list[tuple[Outcome, float]]:
    return []


@pytest.fixture
def enter(by_hand: HandRoom, blade1: HandServer, outcomes: list[Any]) -> Callable[..., None]:
    """Enter the step `shut blade1 down, within 100 s`."""

    def entered(limits: dict[str, float] | None = None, **further: Any) -> None:
        run, limits = by_hand.run, limits or {}
        ask = Ask(
            "shutdown",
            blade1.shut_down,
            further.pop("guard", lambda: None),
            under_way=lambda status: status.os is Os.SHUTTING_DOWN,
            **further,
        )

        def steps() -> Any:
            outcome = yield from step(run, "blade1", blade1, when.HALTED, limit_s=100, ask=ask, **limits)
            outcomes.append((outcome, round(run.now, 2)))

        run.spawn(steps())

    return entered


def test_a_goal_that_is_met_already_is_not_asked_for(
    by_hand: HandRoom, blade1: HandServer, enter: Any, outcomes: list[Any]
) -> None:
    blade1.show(HALTED)
    accepted: list[str] = []
    enter(accepted=lambda: accepted.append("yes"))
    by_hand.env.run()
    assert outcomes == [(Outcome.ALREADY, 0.01)]
    assert blade1.sent == []
    assert accepted == ["yes"]
    assert by_hand.told("step.started") == []


def test_l4_a_step_whose_page_was_closed_ends_when_the_next_page_finds_its_goal_met(
    by_hand: HandRoom, blade1: HandServer
) -> None:
    """The runbook was entered from the top in the moment in which it came about: it was begun for ever."""
    for end_s in (10, 20, 30):
        page = by_hand.run.spawn(step(by_hand.run, "blade1", blade1, when.HALTED, limit_s=100))
        by_hand.until(end_s)
        page.close()
        blade1.show(HALTED)
    assert len(by_hand.told("step.done", "blade1")) == 1


def test_a_goal_is_asked_for_once_and_waited_for(
    by_hand: HandRoom, blade1: HandServer, enter: Any, outcomes: list[Any]
) -> None:
    enter()
    by_hand.until(40)
    blade1.show(SHUTTING_DOWN)
    by_hand.until(90)
    blade1.show(HALTED)
    by_hand.env.run()
    assert blade1.sent == ["shutdown"]
    assert outcomes == [(Outcome.DONE, 90)]
    assert by_hand.told("step.done", "blade1")


@pytest.mark.parametrize("begins_s", [1, 50])
def test_a_step_is_over_at_its_latest_moment_whenever_its_limit_began(
    by_hand: HandRoom, blade1: HandServer, enter: Any, outcomes: list[Any], begins_s: float
) -> None:
    enter(limits={"latest_s": 60})
    by_hand.until(begins_s)
    blade1.show(SHUTTING_DOWN)
    by_hand.env.run()
    ((outcome, at_s),) = outcomes
    assert outcome is Outcome.TIMED_OUT
    assert 60 <= at_s <= 60.1


def test_a_step_gives_up_at_its_limit(
    by_hand: HandRoom, blade1: HandServer, enter: Any, outcomes: list[Any]
) -> None:
    enter()
    by_hand.env.run()
    ((outcome, at_s),) = outcomes
    assert outcome is Outcome.TIMED_OUT
    assert not outcome.met
    assert 100 <= at_s <= 100.1
    assert blade1.sent == ["shutdown"]
    assert by_hand.told("step.timed_out")[0]["limit_s"] == 100


def test_a_goal_met_at_the_very_limit_counts(
    by_hand: HandRoom, blade1: HandServer, enter: Any, outcomes: list[Any]
) -> None:
    enter()
    by_hand.until(100.012)
    blade1.status = HALTED  # no poll told it; the last look does
    by_hand.env.run()
    assert outcomes[0][0].met


def test_what_is_under_way_is_not_asked_for_again(
    by_hand: HandRoom, blade1: HandServer, enter: Any, outcomes: list[Any]
) -> None:
    """After a crash the step is entered again, perhaps on the other node (X-07, C1)."""
    blade1.show(SHUTTING_DOWN)
    accepted: list[float] = []
    enter(accepted=lambda: accepted.append(by_hand.run.now))
    by_hand.until(50)
    blade1.show(HALTED)
    by_hand.env.run()
    assert blade1.sent == []
    assert len(accepted) == 1
    assert outcomes == [(Outcome.DONE, 50)]


def test_s15_a_command_that_got_no_answer_is_looked_at_before_it_is_sent_again(
    by_hand: HandRoom, blade1: HandServer, enter: Any, outcomes: list[Any]
) -> None:
    """U6: the reply was lost, but the command was done."""
    blade1.replies = [NO_ANSWER, YES]
    enter()
    by_hand.until(1)
    blade1.status = SHUTTING_DOWN
    by_hand.until(60)
    blade1.show(HALTED)
    by_hand.env.run()
    assert blade1.sent == ["shutdown"]
    assert blade1.looks >= 2
    assert outcomes[0][0] is Outcome.DONE


def test_s15_a_command_that_was_lost_is_sent_again_after_a_look(
    by_hand: HandRoom, blade1: HandServer, enter: Any
) -> None:
    blade1.replies = [NO_ANSWER, YES]
    enter()
    by_hand.until(20)
    assert blade1.sent == ["shutdown", "shutdown"]
    first, second = (told["t"] for told in by_hand.told("command.sent"))
    assert second - first >= RETRY_S
    assert blade1.looks >= 2


def test_a_command_that_the_device_refuses_is_tried_again_until_the_limit(
    by_hand: HandRoom, blade1: HandServer, enter: Any, outcomes: list[Any]
) -> None:
    blade1.replies = [NO]
    enter()
    by_hand.env.run()
    assert outcomes[0][0] is Outcome.TIMED_OUT
    assert 10 <= len(blade1.sent) <= 20


def test_s25_the_limit_is_whole_from_the_moment_the_device_takes_the_command(
    by_hand: HandRoom, blade1: HandServer, enter: Any, outcomes: list[Any]
) -> None:
    blade1.replies = [NO_ANSWER] * 4 + [YES]
    enter()
    by_hand.env.run()
    taken_s = by_hand.told("command.sent")[-1]["t"]
    assert taken_s >= 3 * RETRY_S
    ((outcome, at_s),) = outcomes
    assert outcome is Outcome.TIMED_OUT
    assert 100 <= at_s - taken_s <= 106


def test_an_unreachable_device_is_asked_all_the_same_and_waited_for_to_the_limit(
    by_hand: HandRoom, blade1: HandServer, enter: Any, outcomes: list[Any]
) -> None:
    """S11: silence meets no goal; A3: it is asked, for it may only be deaf."""
    blade1.fall_silent()
    blade1.replies = [NO_ANSWER]
    enter()
    by_hand.env.run()
    assert blade1.sent
    ((outcome, at_s),) = outcomes
    assert outcome is Outcome.TIMED_OUT
    assert 100 <= at_s <= 106


def test_a_goal_that_is_met_though_its_command_was_refused_counts_as_accepted(
    by_hand: HandRoom, blade1: HandServer, enter: Any, outcomes: list[Any]
) -> None:
    """It was halted all along, and the first look was lost: its UPS waits for nothing else."""
    blade1.fall_silent()
    blade1.replies = [NO]
    accepted: list[float] = []
    enter(accepted=lambda: accepted.append(by_hand.run.now))
    by_hand.until(3)
    blade1.show(HALTED)
    by_hand.env.run()
    assert outcomes[0][0] is Outcome.DONE
    assert len(accepted) == 1


def test_s11_halted_as_its_last_word_and_silent_since_is_not_halted(
    by_hand: HandRoom, blade1: HandServer, enter: Any, outcomes: list[Any]
) -> None:
    blade1.show(HALTED)
    blade1.fall_silent()
    enter()
    by_hand.env.run()
    assert outcomes[0][0] is Outcome.TIMED_OUT


def test_the_write_ahead_row_is_durable_before_the_command_is_sent(
    by_hand: HandRoom, blade1: HandServer, enter: Any
) -> None:
    kept: list[int] = []
    shut_down = blade1.shut_down

    def sent() -> Any:
        kept.append(len(by_hand.journal.kept))
        return shut_down()

    blade1.shut_down = sent  # type: ignore[method-assign]
    enter(before=lambda: by_hand.run.commit(Kind.FORCED, "blade1"))
    by_hand.until(1)
    assert kept == [1]


def test_a_refused_command_leaves_no_row_and_is_asked_again_when_the_guard_lets_it(
    by_hand: HandRoom, blade1: HandServer, enter: Any
) -> None:
    by_hand.run.facts.flush_settled.clear()
    enter(
        guard=lambda: None if by_hand.run.now > 30 else Refusal("S9", "mains are back"),
        before=lambda: by_hand.run.commit(Kind.FORCED, "blade1"),
    )
    by_hand.until(29)
    assert by_hand.journal.kept == []
    assert blade1.sent == []
    by_hand.until(45)
    assert blade1.sent == ["shutdown"]


def test_a_step_without_a_command_only_waits(by_hand: HandRoom, blade1: HandServer) -> None:
    outcomes: list[Outcome] = []

    def steps() -> Any:
        outcomes.append((yield from step(by_hand.run, "blade1", blade1, when.HALTED, limit_s=50)))

    by_hand.run.spawn(steps())
    by_hand.until(20)
    blade1.show(HALTED)
    by_hand.env.run()
    assert outcomes == [Outcome.DONE]
    assert blade1.sent == []


def test_a_device_that_falls_silent_and_comes_back_is_still_waited_for(
    by_hand: HandRoom, blade1: HandServer, enter: Any, outcomes: list[Any]
) -> None:
    enter()
    by_hand.until(10)
    blade1.show(SHUTTING_DOWN)
    blade1.fall_silent()
    by_hand.until(60)
    blade1.show(HALTED)
    by_hand.env.run()
    assert outcomes == [(Outcome.DONE, 60)]
    assert blade1.sent == ["shutdown"]


def test_a_step_that_waits_leaves_no_watcher_behind(
    by_hand: HandRoom, blade1: HandServer, enter: Any
) -> None:
    enter()
    by_hand.env.run()
    assert blade1.watchers == []


def test_a_step_tells_what_it_is_for_and_why_it_was_not_asked(by_hand: HandRoom, enter: Any) -> None:
    enter(guard=lambda: Refusal("S9", "mains are back"))
    by_hand.until(20)
    assert by_hand.told("step.started") == [
        {"t": LATENCY_S, "subject": "blade1", "step": "halted", "limit_s": 100}
    ]
    (refused,) = by_hand.told("command.refused")
    assert (refused["subject"], refused["command"]) == ("blade1", "shutdown")
    assert (refused["rule"], refused["reason"]) == ("S9", "mains are back")


def test_s27_what_somebody_holds_is_not_asked_and_its_limit_does_not_begin(
    by_hand: HandRoom, blade1: HandServer, enter: Any, outcomes: list[Any]
) -> None:
    def held(at_s: float, is_held: bool) -> Row:
        details = {"held": is_held, "cause": f"request {at_s}", "wall_s": at_s}
        return Row(Kind.HELD, "blade1", 0, "control1/1", at_s, details)

    by_hand.run.hear(held(0.0, True))
    enter()
    by_hand.until(150)
    assert (blade1.sent, outcomes, by_hand.told("step.started")) == ([], [], [])
    by_hand.run.hear(held(150.0, False))
    by_hand.until(151)
    assert blade1.sent == ["shutdown"]


@pytest.mark.parametrize("limits", [{}, {"latest_s": 170.0}])
def test_s27_nor_does_it_end_when_somebody_takes_it_before_it_has_taken_the_request(
    by_hand: HandRoom,
    blade1: HandServer,
    enter: Any,
    outcomes: list[Any],
    limits: dict[str, float],
) -> None:
    def held(at_s: float, is_held: bool) -> Row:
        details = {"held": is_held, "cause": f"request {at_s}", "wall_s": at_s}
        return Row(Kind.HELD, "blade1", 0, "control1/1", at_s, details)

    blade1.replies = [NO]
    enter(limits)
    by_hand.until(50)
    asked = len(blade1.sent)
    by_hand.run.hear(held(50.0, True))
    by_hand.until(150)
    assert (len(blade1.sent), outcomes) == (asked, [])
    by_hand.run.hear(held(150.0, False))
    by_hand.until(300)
    over_s = limits.get("latest_s", 250.0)
    assert len(blade1.sent) > asked
    assert [round(e["t"]) for e in by_hand.told("step.started")] == [0, 150]
    assert [(what, round(at_s)) for what, at_s in outcomes] == [(Outcome.TIMED_OUT, over_s)]


def test_s27_what_comes_about_while_somebody_has_it_has_come_about(
    by_hand: HandRoom, blade1: HandServer, enter: Any, outcomes: list[Any]
) -> None:
    blade1.replies = [NO]
    enter()
    by_hand.until(50)
    details = {"held": True, "cause": "request", "wall_s": 50.0}
    by_hand.run.hear(Row(Kind.HELD, "blade1", 0, "control1/1", 50.0, details))
    by_hand.until(60)
    blade1.show(HALTED)
    by_hand.until(61)
    assert outcomes == [(Outcome.DONE, 60.0)]


def test_x_09_what_is_waited_for_is_polled_at_the_faster_rate(
    by_hand: HandRoom, blade1: HandServer, enter: Any
) -> None:
    enter()
    by_hand.until(1)
    assert [(condition.words, eager) for condition, _, eager in blade1.watchers] == [("halted", True)]


def test_s11_on_its_way_as_its_last_word_and_silent_since_is_asked_all_the_same(
    by_hand: HandRoom, blade1: HandServer, enter: Any
) -> None:
    """Shutting down, it would have been left alone; what it is now nobody knows."""
    enter(guard=lambda: None if by_hand.run.now > 3 else Refusal("S9", "mains are back"))
    by_hand.until(2)
    blade1.status = SHUTTING_DOWN  # no poll told it in time
    blade1.fall_silent()
    by_hand.until(10)
    assert blade1.sent == ["shutdown"]
