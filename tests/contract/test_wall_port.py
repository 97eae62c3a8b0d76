"""What a wall port promises: this node's own clock, and when it will show an instant, whatever it does."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sequencer.ports import WallPort
from tests.contract.rooms import PretendRoom

EXACTLY_S = 0.01


def exactly(room: PretendRoom) -> timedelta:
    return timedelta(seconds=EXACTLY_S + room.slack_s)


@pytest.fixture
def wall(room: PretendRoom) -> WallPort:
    room.wait(100.0)
    return room.ports.wall


def test_it_tells_the_time_aware_and_in_utc(room: PretendRoom, wall: WallPort) -> None:
    assert wall.now().utcoffset() == timedelta(0)
    assert abs(wall.now() - room.true_time()) < exactly(room)
    before = wall.now()
    room.wait(room.long_s)
    assert abs(wall.now() - before - timedelta(seconds=room.long_s)) <= timedelta(seconds=room.slack_s)


def test_r12_03_after_a_step_it_tells_the_wrong_time(room: PretendRoom, wall: WallPort) -> None:
    room.step_clock(-300.0)
    assert abs(room.true_time() - wall.now() - timedelta(seconds=300)) < timedelta(
        seconds=EXACTLY_S + room.slack_s
    )


def test_r12_02_the_clock_of_another_machine_is_another_clock(room: PretendRoom, wall: WallPort) -> None:
    room.step_clock(300.0, "control2")
    assert abs(wall.now() - room.true_time()) < exactly(room)


def test_until_answers_at_the_instant(room: PretendRoom, wall: WallPort) -> None:
    answer = wall.until(wall.now() + timedelta(seconds=60))
    assert not room.comes(answer, within_s=60.0 - EXACTLY_S)
    assert room.comes(answer, within_s=2 * EXACTLY_S + room.slack_s)


def test_until_answers_at_once_what_has_passed(room: PretendRoom, wall: WallPort) -> None:
    assert room.comes(wall.until(wall.now() - timedelta(days=1)), within_s=EXACTLY_S + room.slack_s)
    assert room.comes(wall.until(wall.now()), within_s=EXACTLY_S + room.slack_s)


def test_r12_03_a_step_over_the_instant_answers_at_once(room: PretendRoom, wall: WallPort) -> None:
    answer = wall.until(wall.now() + timedelta(seconds=200))
    room.step_clock(300.0)
    assert room.comes(answer, within_s=EXACTLY_S + room.clock_s + room.slack_s)


def test_r12_03_after_a_step_back_it_takes_that_much_longer(room: PretendRoom, wall: WallPort) -> None:
    answer = wall.until(wall.now() + timedelta(seconds=60))
    room.step_clock(-300.0)
    assert not room.comes(answer, within_s=359.9)
    assert room.comes(answer, within_s=0.2 + room.slack_s)


def test_several_wait_each_for_its_own_instant(room: PretendRoom, wall: WallPort) -> None:
    now = wall.now()
    late, soon = (wall.until(now + timedelta(seconds=s)) for s in (90, 30))
    assert room.comes(soon, within_s=31.0)
    assert not late.triggered
    assert room.comes(late, within_s=61.0)


def test_who_withdraws_is_forgotten(room: PretendRoom, wall: WallPort) -> None:
    now = wall.now()
    gone, other = (wall.until(now + timedelta(seconds=s)) for s in (30, 40))
    gone.withdraw()
    assert room.comes(other, within_s=41.0)
    assert not gone.triggered


def test_a_life_that_ended_hears_nothing_more_and_the_next_has_the_same_clock(
    room: PretendRoom, wall: WallPort
) -> None:
    room.step_clock(-50.0)
    answer = wall.until(wall.now() + timedelta(seconds=30))
    room.end_life()
    again = room.new_life().wall
    assert abs(again.now() - wall.now()) <= timedelta(seconds=room.slack_s)
    assert not room.comes(answer, within_s=60.0)
