"""One clock for all processes of a rehearsal: they follow its page, and it slows down for who cannot."""

from __future__ import annotations

import asyncio
import time
from math import inf
from pathlib import Path

import pytest

from realtime.clock import WallClock
from realtime.led_clock import SLOWEST, WHILE_WANTED, Page, follow, lead
from realtime.pace import LEAST_S, wall_limit_s
from sequencer.ports import Answer

A_MOMENT_S = 0.001
"""Whoever looks again and again at once takes the time of the clocks that it waits for."""


@pytest.fixture
def page(tmp_path: Path) -> Path:
    return tmp_path / "clock"


def test_a_page_that_is_not_there_is_an_os_error(page: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Page(page, 1)


def test_what_the_leader_writes_the_others_read(page: Path) -> None:
    with Page(page, 0, create=True) as leader, Page(page, 1) as follower:
        assert follower.read() == (inf, 1.0)
        leader.write(12.5, 20.0)
        assert follower.read() == (12.5, 20.0)


def test_only_those_who_run_are_waited_for(page: Path) -> None:
    with Page(page, 0, create=True) as leader, Page(page, 1) as slow, Page(page, 2) as killed:
        slow.late(0.02)
        killed.late(5.0)
        assert leader.latest_s((0, 1)) == 0.02
        assert leader.latest_s((0, 1, 2)) == 5.0


def test_a_follower_shows_the_leaders_time_also_after_it_has_changed_its_pace(page: Path) -> None:
    async def together() -> tuple[float, float]:
        with Page(page, 0, create=True) as leader, Page(page, 1) as other:
            origin_s = time.monotonic()
            leader.write(origin_s, 5.0)
            clock = WallClock(rate=20.0, origin_s=inf)
            clock.begin(origin_s)
            following = asyncio.create_task(follow(clock, other))
            leader.write(origin_s - 100.0, 2.0)
            while clock.rate != 2.0:
                await asyncio.sleep(A_MOMENT_S)
            following.cancel()
            return clock.wall_now, (time.monotonic() - origin_s + 100.0) * 2.0

    ours, theirs = asyncio.run(together())
    assert ours == pytest.approx(theirs, abs=0.1)


def test_the_leader_slows_down_for_one_who_cannot_follow_and_goes_faster_again(page: Path) -> None:
    async def led() -> tuple[float, float, float]:
        with Page(page, 0, create=True) as leader, Page(page, 1) as slow:
            clock = WallClock(rate=30.0)
            leading = asyncio.create_task(lead(clock, leader, 30.0, lambda: [1]))
            slow.late(1.0)
            while clock.rate > SLOWEST:
                await asyncio.sleep(A_MOMENT_S)
            told = slow.read()[1]
            before_s = clock.wall_now
            slow.late(0.0)
            while clock.rate < 2.0:
                await asyncio.sleep(A_MOMENT_S)
            leading.cancel()
            return told, before_s, clock.wall_now

    told, before_s, after_s = asyncio.run(led())
    assert told < 30.0
    assert before_s <= after_s, "time goes on, slower or faster, and never back"


def test_while_somebody_who_should_follow_is_awaited_time_passes_as_on_the_wall(
    page: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def rates() -> list[float]:
        with Page(page, 0, create=True) as leader:
            clock, awaited, seen = WallClock(rate=30.0), [True], []
            leading = asyncio.create_task(lead(clock, leader, 30.0, list, lambda: bool(awaited)))
            while clock.rate > SLOWEST:
                await asyncio.sleep(A_MOMENT_S)
            await asyncio.sleep(0.05)
            seen += [clock.rate, leader.read()[1]]
            awaited.clear()
            while clock.rate < 2.0:
                await asyncio.sleep(A_MOMENT_S)
            awaited.append(True)
            while clock.rate > SLOWEST:
                await asyncio.sleep(A_MOMENT_S)
            monkeypatch.setattr("realtime.led_clock.HOLD_S", 0.0)
            while clock.rate < 2.0:  # whoever does not come is not awaited for ever
                await asyncio.sleep(A_MOMENT_S)
            leading.cancel()
            return seen

    assert asyncio.run(asyncio.wait_for(rates(), 20.0)) == [SLOWEST, SLOWEST]


def test_while_a_service_waits_for_an_answer_the_story_does_not_hurry_past_it(page: Path) -> None:
    async def rates() -> list[float]:
        with Page(page, 0, create=True) as leader, Page(page, 1) as service:
            clock, follower, seen = WallClock(rate=30.0), WallClock(rate=30.0), []
            leading = asyncio.create_task(lead(clock, leader, 30.0, lambda: [1]))
            following = asyncio.create_task(follow(follower, service))
            living = asyncio.create_task(follower.live())
            answer: Answer[None] = Answer(follower)
            follower.wanted.add(answer)
            while clock.rate > WHILE_WANTED:
                await asyncio.sleep(A_MOMENT_S)
            seen.append(clock.rate)
            follower.act(lambda: answer.succeed(None))
            while clock.rate < 2 * WHILE_WANTED:
                await asyncio.sleep(A_MOMENT_S)
            seen.append(clock.rate)
            for task in (leading, following, living):
                task.cancel()
            return seen

    slow, fast = asyncio.run(asyncio.wait_for(rates(), 20.0))
    assert slow <= WHILE_WANTED < fast


def test_an_answer_has_its_time_on_the_wall_however_fast_the_rehearsal() -> None:
    assert wall_limit_s(1.0, 1.0) == 1.0
    assert wall_limit_s(1.0, 50.0) == LEAST_S
    assert wall_limit_s(0.1, 50.0) == 0.1, "one that is shorter at any rate stays as it is"
