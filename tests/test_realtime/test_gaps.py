"""After a gap: first eyes, then timers, no burst. The clocks are moved by hand."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable
from typing import Any

import pytest

from realtime.clock import WallClock
from realtime.gaps import Gap
from sequencer.ports import Answer, Steps
from tests.test_realtime.stopped import Machine

BOTH = pytest.mark.parametrize("cause", ["suspend", "stall"])


class Eyes:
    """Looks when it is told to, and is answered when the test says so."""

    def __init__(self, env: WallClock) -> None:
        self.env = env
        self.asked = 0
        self.answer = asyncio.Event()
        self.answered_first = asyncio.Event()
        self.news: Answer[str] = Answer(env)
        self.forget = env.on_gap(self.look)

    def look(self) -> Awaitable[None]:
        self.asked += 1
        return self._look(self.answered_first if self.asked == 1 else self.answer)

    async def _look(self, first: asyncio.Event) -> None:
        answered = [asyncio.ensure_future(event.wait()) for event in {first, self.answer}]
        await asyncio.wait(answered, return_when=asyncio.FIRST_COMPLETED)
        for event in answered:
            event.cancel()
        if not self.news.triggered:
            self.env.act(lambda: self.news.succeed("halted"))


async def until(happened: Any) -> None:
    """It is noticed at the next beat at the latest."""
    end_s = time.monotonic() + 30.0
    while not happened():
        assert time.monotonic() < end_s, "it never happened"
        await asyncio.sleep(0.001)


@BOTH
def test_a_step_whose_device_has_long_halted_is_not_timed_out(cause: str) -> None:
    async def main() -> None:
        machine = Machine()
        env = machine.clock()
        eyes, outcome = Eyes(env), list[str]()

        def step() -> Steps[None]:
            limit = env.timeout(60.0)
            yield eyes.news | limit
            outcome.append("done" if eyes.news.triggered else "timed out")

        stepping = env.process(step())
        living = asyncio.create_task(env.live(stepping))
        await asyncio.sleep(0.003)
        machine.goes(cause, 600.0)
        env.act(lambda: None)  # whatever happens first tells
        await asyncio.sleep(0.01)
        assert eyes.asked == 1
        assert not outcome, "nothing overdue is run before the eyes have answered"
        eyes.answer.set()
        await living
        assert outcome == ["done"]
        assert env.now >= 600.0

    asyncio.run(main())


def test_a_gap_is_told_kept_and_noticed_although_nothing_is_due() -> None:
    async def main() -> None:
        machine, told = Machine(), list[tuple[float, str]]()
        env = machine.clock(told=lambda seconds, cause: told.append((seconds, cause)))
        living = asyncio.create_task(env.live())
        await asyncio.sleep(0.002)
        machine.goes("suspend", 100.0)
        await until(lambda: told)
        ((seconds, cause),) = told
        assert cause == "suspend"
        assert 98.0 <= seconds <= 102.0
        (gap,) = env.gaps
        assert gap == Gap(gap.at_s, seconds, cause)
        assert 100.0 <= gap.at_s <= env.wall_now
        living.cancel()

    asyncio.run(main())


def test_what_was_slept_has_passed_in_env_time_too() -> None:
    async def main() -> None:
        machine = Machine()
        env = machine.clock(rate=2.0)
        origin_s = env.origin_s
        await env.live(env.now + 0.01)
        machine.goes("suspend", 50.0)
        env.act(lambda: None)
        assert 100.0 <= env.now < 102.0
        assert env.origin_s == pytest.approx(origin_s - 50.0), "what a process that starts now must be given"

    asyncio.run(main())


@pytest.mark.long
def test_after_a_gap_each_limit_that_begins_is_whole() -> None:
    """No burst: of a chain of waits, one was overdue; the next begins now and not in the past."""

    async def main() -> None:
        machine = Machine()
        env = machine.clock(rate=100.0)
        eyes, at_s = Eyes(env), list[float]()
        eyes.answer.set()

        def chain() -> Steps[None]:
            for _ in range(3):
                yield env.timeout(1.0)
                at_s.append(float(env.now))

        chained = env.process(chain())
        living = asyncio.create_task(env.live(chained))
        await asyncio.sleep(0.003)
        machine.goes("stall", 10.0)
        env.act(lambda: None)
        await living
        assert at_s[0] >= 1000.0
        assert at_s[1] == pytest.approx(at_s[0] + 1.0)
        assert at_s[2] == pytest.approx(at_s[1] + 1.0)

    asyncio.run(main())


def test_what_is_overdue_keeps_its_order_each_with_what_follows_from_it() -> None:
    async def main() -> None:
        machine = Machine()
        env = machine.clock()
        eyes, order = Eyes(env), list[str]()
        eyes.answer.set()

        def steps(name: str, delay_s: float) -> Steps[None]:
            yield env.timeout(delay_s)
            order.append(name)
            yield env.timeout(0.0)
            order.append(f"{name}, then")

        for name, delay_s in (("late", 30.0), ("later", 40.0), ("early", 20.0), ("not due", 700.0)):
            env.process(steps(name, delay_s))
        living = asyncio.create_task(env.live())
        await asyncio.sleep(0.003)
        machine.goes("stall", 600.0)
        env.act(lambda: None)
        await until(lambda: len(order) == 6)
        assert order == ["early", "early, then", "late", "late, then", "later", "later, then"]
        living.cancel()

    asyncio.run(main())


def test_nobody_is_waited_for_past_the_limit() -> None:
    async def main() -> None:
        machine = Machine()
        env = machine.clock(look_limit_s=0.02)
        eyes, told = Eyes(env), list[float]()
        env.after(60.0, lambda: told.append(float(env.now)))
        living = asyncio.create_task(env.live())
        await asyncio.sleep(0.003)
        machine.goes("stall", 600.0)
        env.act(lambda: None)
        assert not told
        await until(lambda: told)
        assert eyes.asked == 1
        assert told[0] >= 600.0 + 0.02 - 0.001
        living.cancel()

    asyncio.run(main())


def test_a_gap_in_a_gap_is_looked_through_once_more() -> None:
    async def main() -> None:
        machine = Machine()
        env = machine.clock()
        eyes, told = Eyes(env), list[float]()
        env.after(60.0, lambda: told.append(float(env.now)))
        living = asyncio.create_task(env.live())
        await asyncio.sleep(0.003)
        machine.goes("suspend", 600.0)
        env.act(lambda: None)
        machine.goes("suspend", 100.0)
        env.act(lambda: None)
        await asyncio.sleep(0.01)
        machine.goes("suspend", 200.0)
        env.act(lambda: None)
        assert eyes.asked == 3
        eyes.answered_first.set()  # what was asked before the second gap is of no use any more
        await asyncio.sleep(0.01)
        assert not told
        eyes.answer.set()
        await until(lambda: told)
        assert told[0] >= 900.0
        living.cancel()

    asyncio.run(main())


def test_news_in_a_gap_waits_for_the_eyes_and_goes_before_what_is_overdue() -> None:
    async def main() -> None:
        machine = Machine()
        env = machine.clock()
        eyes, order = Eyes(env), list[str]()
        env.after(60.0, lambda: order.append("overdue"))
        living = asyncio.create_task(env.live())
        await asyncio.sleep(0.003)
        machine.goes("stall", 600.0)
        env.act(lambda: env.after(0.0, lambda: order.append("news")))
        await asyncio.sleep(0.01)
        assert not order
        eyes.answer.set()
        await until(lambda: len(order) == 2)
        assert order == ["news", "overdue"]
        living.cancel()

    asyncio.run(main())


def test_whoever_no_longer_looks_is_not_asked() -> None:
    async def main() -> None:
        machine = Machine()
        env = machine.clock()
        eyes = Eyes(env)
        eyes.forget()
        machine.goes("suspend", 600.0)
        env.act(lambda: None)
        assert len(env.gaps) == 1
        assert eyes.asked == 0

    asyncio.run(main())


def test_where_nobody_looks_what_is_overdue_is_run_at_its_own_time() -> None:
    """A pretend room goes through what it missed as if it had been there: batteries ran down."""

    async def main() -> None:
        machine, told = Machine(), list[float]()
        env = machine.clock()
        for at_s in (60.0, 120.0):
            env.after(at_s, lambda: told.append(float(env.now)))
        await env.live(env.timeout(0.0))
        machine.goes("suspend", 600.0)
        env.act(lambda: None)
        assert told == [60.0, 120.0]

    asyncio.run(main())


def test_being_a_little_late_is_no_gap() -> None:
    async def main() -> None:
        env = WallClock()
        eyes = Eyes(env)
        env.after(0.0, lambda: time.sleep(0.1))
        await env.live(0.15)
        assert not env.gaps
        assert eyes.asked == 0
        assert env.lateness.max_s >= 0.09

    asyncio.run(main())


def test_a_blocked_loop_is_a_stall() -> None:
    async def main() -> None:
        env = WallClock(stall_s=0.03)
        living = asyncio.create_task(env.live(env.timeout(0.02)))
        await asyncio.sleep(0.003)
        time.sleep(0.1)
        await living
        assert {gap.cause for gap in env.gaps} == {"stall"}, "a busy machine may add one of its own"
        assert max(gap.lost_s for gap in env.gaps) >= 0.07

    asyncio.run(main())


def test_a_single_event_that_takes_for_ever_is_a_stall() -> None:
    async def main() -> None:
        env = WallClock(stall_s=0.03)
        env.after(0.0, lambda: time.sleep(0.05))
        await env.live(0.06)
        assert {gap.cause for gap in env.gaps} == {"stall"}

    asyncio.run(main())
