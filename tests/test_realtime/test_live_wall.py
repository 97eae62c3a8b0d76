"""The machine's own clock: it may be set while somebody waits for an instant."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta, timezone

from realtime.clock import WallClock
from realtime.wall import CHECK_S, WallPort, system_clock

START = datetime(2026, 11, 20, 14, 0, tzinfo=timezone(timedelta(hours=9)))


class Hands:
    """The system's clock, and somebody who sets it."""

    def __init__(self) -> None:
        self.ahead = timedelta(0)

    def __call__(self) -> datetime:
        return system_clock() + self.ahead


def test_without_a_start_it_is_the_systems_clock_in_utc() -> None:
    before = datetime.now(UTC)
    now = WallPort(WallClock()).now()
    assert before <= now <= datetime.now(UTC)
    assert now.utcoffset() == timedelta(0)


def test_in_an_accelerated_rehearsal_it_shows_the_start_and_env_now() -> None:
    async def main() -> None:
        env = WallClock(rate=100_000.0)
        wall = WallPort(env, start=START)
        assert wall.now() == START
        assert wall.now().tzinfo is UTC
        answer = wall.until(START + timedelta(hours=1))
        await env.live(answer)
        assert START + timedelta(hours=1) <= wall.now() < START + timedelta(hours=1, seconds=0.01)

    asyncio.run(main())


def test_it_answers_at_the_instant() -> None:
    async def main() -> None:
        env = WallClock()
        wall = WallPort(env)
        instant = wall.now() + timedelta(seconds=0.03)
        answer = wall.until(instant)
        await env.live(answer)
        assert wall.now() >= instant
        await env.live(wall.until(instant))

    asyncio.run(main())


def test_r12_03_a_step_over_the_instant_is_noticed_within_a_second() -> None:
    async def main() -> None:
        env, hands = WallClock(), Hands()
        wall = WallPort(env, clock=hands)
        answer = wall.until(wall.now() + timedelta(hours=1))
        await env.live(0.01)
        hands.ahead += timedelta(hours=2)
        await env.live(answer | env.timeout(CHECK_S + 0.5))
        assert answer.triggered

    asyncio.run(main())


def test_r12_03_after_a_step_back_it_waits_on() -> None:
    async def main() -> None:
        env, hands = WallClock(), Hands()
        wall = WallPort(env, clock=hands)
        instant = wall.now() + timedelta(seconds=0.05)
        answer = wall.until(instant)
        hands.ahead -= timedelta(seconds=0.1)
        await env.live(0.1)
        assert not answer.triggered
        await env.live(answer)
        assert wall.now() >= instant
        assert env.now >= 0.14

    asyncio.run(main())


def test_a_life_that_ended_hears_nothing() -> None:
    async def main() -> None:
        env = WallClock()  # and no machine so busy that the instant comes while it is being asked for
        wall = WallPort(env)
        answer = wall.until(wall.now() + timedelta(seconds=0.2))
        gone = wall.until(wall.now() + timedelta(seconds=0.2))
        gone.withdraw()
        wall.close()
        await env.live(0.25)
        assert not answer.triggered
        assert not gone.triggered

    asyncio.run(main())
