"""When a step asks: not with its time over, and once more of who was at it by himself and is no more."""

from __future__ import annotations

from typing import Any

from sequencer import conditions as when
from sequencer.ports import Os, ServerStatus
from sequencer.step import Ask, Outcome, step
from tests.hands import NO, HandRoom

HALTED = ServerStatus(Os.HALTED)


def test_c2_who_was_at_it_by_himself_and_is_no_more_is_asked_once(by_hand: HandRoom) -> None:
    """He boots with his power, and dies in it: nobody would wake him in his limit (seed 865558)."""
    blade1, outcomes = by_hand.servers["blade1"], list[tuple[Outcome, float]]()
    run, accepted = by_hand.run, list[float]()
    ask = Ask(
        "wake",
        blade1.wake,
        lambda: None,
        under_way=lambda status: status.os is Os.BOOTING,
        drops=when.HALTED,
        accepted=lambda: accepted.append(run.now),
    )

    def steps() -> Any:
        outcome = yield from step(run, "blade1", blade1, when.UP, limit_s=100, ask=ask)
        outcomes.append((outcome, round(run.now)))

    blade1.show(os=Os.BOOTING)
    run.spawn(steps())
    by_hand.until(60)
    blade1.fall_silent()
    by_hand.until(70)
    assert blade1.sent == []
    blade1.show(HALTED)
    by_hand.until(80)
    assert blade1.sent == ["wake"]
    for _ in range(2):  # its time is whole once more; how he fares then is another matter
        blade1.show(os=Os.BOOTING)
        by_hand.until(by_hand.env.now + 10)
        blade1.show(HALTED)
    by_hand.env.run()
    assert blade1.sent == ["wake"]
    assert len(accepted) == 2
    assert outcomes == [(Outcome.TIMED_OUT, 170)]


def test_s25_with_no_time_left_nothing_is_asked_for(by_hand: HandRoom) -> None:
    """Another life has asked, and its limit is over: what was lost is not asked for with nobody to wait."""
    blade1, outcomes = by_hand.servers["blade1"], list[Outcome]()
    ask = Ask("shutdown", blade1.shut_down, lambda: None)

    def steps() -> Any:
        outcomes.append((yield from step(by_hand.run, "blade1", blade1, when.HALTED, limit_s=0, ask=ask)))

    by_hand.run.spawn(steps())
    by_hand.env.run()
    assert outcomes == [Outcome.TIMED_OUT]
    assert blade1.sent == []


def test_s33_news_of_anything_is_no_reason_to_ask_again_but_that_it_is_pointless_ends_it(
    by_hand: HandRoom,
) -> None:
    """A step that may be overtaken asked anew at whatever was announced of its device."""
    blade1, outcomes, pointless = by_hand.servers["blade1"], list[Outcome](), list[bool]()
    blade1.replies = [NO]
    ask = Ask("shutdown", blade1.shut_down, lambda: None, overtaken=lambda: bool(pointless))

    def steps() -> Any:
        outcomes.append((yield from step(by_hand.run, "blade1", blade1, when.HALTED, limit_s=60, ask=ask)))

    by_hand.run.spawn(steps())
    for tenth in range(1, 70):
        by_hand.until(tenth / 10)
        by_hand.run.announce("blade1")
    assert blade1.sent == ["shutdown"] * 2
    pointless.append(True)
    by_hand.run.announce("blade1")
    by_hand.until(7.0)
    assert outcomes == [Outcome.OVERTAKEN]
