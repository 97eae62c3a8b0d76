"""The wall clock: every event at its time, news after what was due, nothing stops it but `until`."""

from __future__ import annotations

import asyncio
import threading
import time
from typing import Any

import pytest
import simpy

from realtime.clock import WallClock
from sequencer.ports import Steps

SLACK_S = 20.0
"""A busy machine may take its time; what is not to happen would take minutes."""
"""Wall seconds by which a loaded machine may be late."""


def missing() -> object:
    raise KeyError("nothing is called that")


def waits(env: WallClock, delay_s: float, told: list[float]) -> Steps[None]:
    yield env.timeout(delay_s)
    told.append(float(env.now))


def test_an_event_is_run_at_its_time_and_env_now_is_exact() -> None:
    async def main() -> None:
        env, told = WallClock(), list[float]()
        env.process(waits(env, 0.02, told))
        await env.live(0.03)
        assert told == [0.02]
        assert env.now == 0.03
        assert 0.03 <= time.monotonic() - env.origin_s < SLACK_S

    asyncio.run(main())


def test_at_a_rate_an_hour_passes_in_a_moment() -> None:
    async def main() -> None:
        env, told = WallClock(rate=100_000.0), list[float]()
        for delay_s in (3000.0, 100.0, 2000.0):
            env.process(waits(env, delay_s, told))
        begun_s = time.monotonic()
        await env.live(3600.0)
        assert told == [100.0, 2000.0, 3000.0]
        assert time.monotonic() - begun_s < SLACK_S

    asyncio.run(main())


def test_the_rate_can_be_changed_while_it_lives() -> None:
    async def main() -> None:
        env = WallClock(rate=1.0)
        done = env.timeout(1000.0)
        env.after(0.01, lambda: env.set_rate(100_000.0))
        begun_s = time.monotonic()
        await env.live(done)
        assert env.rate == 100_000.0
        assert time.monotonic() - begun_s < SLACK_S
        before_s, now, after_s = time.monotonic(), env.wall_now, time.monotonic()
        assert (before_s - env.origin_s) * env.rate - 1.0 <= now <= (after_s - env.origin_s) * env.rate + 1.0

    asyncio.run(main())


def test_a_new_rate_counts_from_its_moment_and_time_does_not_jump() -> None:
    wall_s = [100.0]
    env = WallClock(rate=2.0, monotonic=lambda: wall_s[0], boottime=None)
    wall_s[0] += 10.0
    env.set_rate(50.0)
    assert env.wall_now == pytest.approx(20.0)
    wall_s[0] += 1.0
    assert env.wall_now == pytest.approx(70.0)
    again = WallClock(rate=env.rate, origin_s=env.origin_s, monotonic=lambda: wall_s[0], boottime=None)
    assert again.now == pytest.approx(70.0)


@pytest.mark.parametrize("rate", [0.0, -1.0, float("inf"), float("nan")])
def test_a_rate_that_is_none_is_refused(rate: float) -> None:
    with pytest.raises(ValueError, match="rate"):
        WallClock(rate=rate)


def test_processes_of_one_origin_show_the_same_time() -> None:
    origin_s = time.monotonic() - 100.0
    first, second = WallClock(rate=7.0, origin_s=origin_s), WallClock(rate=7.0, origin_s=origin_s)
    assert first.now >= 700.0
    assert second.wall_now - first.wall_now < 7.0 * SLACK_S
    third = WallClock(rate=first.rate, origin_s=first.origin_s)
    assert third.wall_now - second.wall_now < 7.0 * SLACK_S


def test_it_lives_on_when_nothing_is_scheduled() -> None:
    async def main() -> None:
        env = WallClock()
        end = env.event()
        living = asyncio.create_task(env.live(end))
        await asyncio.sleep(0.02)
        assert not living.done()
        env.act(end.succeed)
        await asyncio.wait_for(living, SLACK_S)
        assert env.now >= 0.02

    asyncio.run(main())


def test_news_comes_after_what_was_due_and_at_the_walls_now() -> None:
    """A trap at 0.5 s, then "confirm 0.4 s": confirmed at 0.9 s, not at 0.5 s."""

    async def main() -> None:
        env, told = WallClock(), list[tuple[str, float]]()

        def confirms() -> Steps[None]:
            told.append(("trap", float(env.now)))
            yield env.timeout(0.04)
            told.append(("confirmed", float(env.now)))
            end.succeed()

        end = env.event()
        env.after(0.01, lambda: told.append(("due", float(env.now))))
        living = asyncio.create_task(env.live(end))
        await asyncio.sleep(0)
        time.sleep(0.05)  # the loop is busy: what is due at 0.01 s waits, and the trap is there already
        env.act(lambda: env.process(confirms()))
        assert [what for what, _ in told] == ["due"], "it was run first, at its own time"
        await living
        (_, due_s), (_, trap_s), (_, confirmed_s) = told
        assert due_s == 0.01
        assert trap_s >= 0.05
        assert confirmed_s == pytest.approx(trap_s + 0.04)

    asyncio.run(main())


def test_news_in_the_middle_of_an_event_is_of_that_moment() -> None:
    async def main() -> None:
        env, told = WallClock(), list[float]()
        env.after(0.01, lambda: env.act(lambda: told.append(float(env.now))))
        await env.live(0.02)
        assert told == [0.01]

    asyncio.run(main())


def test_act_gives_back_what_was_done_and_raises_what_it_raised() -> None:
    async def main() -> None:
        env = WallClock()
        assert env.act(lambda: 7) == 7
        with pytest.raises(KeyError):
            env.act(missing)
        await env.live(env.now + 0.01)  # and goes on

    asyncio.run(main())


def test_any_thread_may_inject() -> None:
    async def main() -> None:
        env = WallClock()
        ends = [env.event() for _ in range(20)]

        def bring(event: simpy.Event) -> None:
            time.sleep(0.005)
            env.inject(event.succeed)

        threads = [threading.Thread(target=bring, args=(event,)) for event in ends]
        for thread in threads:
            thread.start()
        await asyncio.wait_for(env.live(env.all_of(ends)), SLACK_S)
        assert env.now >= 0.005
        for thread in threads:
            thread.join()

    asyncio.run(main())


def test_without_a_loop_nothing_can_be_injected() -> None:
    with pytest.raises(RuntimeError, match="no loop"):
        WallClock().inject(lambda: None)


def fails(env: WallClock, delay_s: float) -> Steps[None]:
    yield env.timeout(delay_s)
    raise KeyError("a programming error")


def test_what_an_event_fails_with_ends_the_life_with_it() -> None:
    async def main() -> None:
        env = WallClock()
        env.process(fails(env, 0.01))
        with pytest.raises(KeyError, match="a programming error"):
            await asyncio.wait_for(env.live(), SLACK_S)
        with pytest.raises(RuntimeError, match="failed"):
            env.act(lambda: None)

    asyncio.run(main())


def test_what_is_injected_and_fails_ends_the_life_with_it() -> None:
    async def main() -> None:
        env = WallClock()
        threading.Timer(0.01, lambda: env.inject(missing)).start()
        with pytest.raises(KeyError):
            await asyncio.wait_for(env.live(), SLACK_S)

    asyncio.run(main())


def test_it_ends_with_what_it_was_to_wait_for_has_failed_with() -> None:
    async def main() -> None:
        env = WallClock()
        with pytest.raises(KeyError):
            await env.live(env.process(fails(env, 0.0)))
        await env.live(env.now + 0.01)  # somebody waited for it, so nothing is broken

    asyncio.run(main())


def test_what_has_happened_is_not_waited_for() -> None:
    async def main() -> None:
        env = WallClock()
        past = env.timeout(0.0)
        await env.live(past)
        await asyncio.wait_for(env.live(past), SLACK_S)

    asyncio.run(main())


def test_a_life_that_was_cancelled_can_begin_again() -> None:
    async def main() -> None:
        env = WallClock()
        end = env.timeout(0.5)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(env.live(end), 0.005)
        await env.live(env.timeout(0.001))
        assert not end.processed, "the life that was given up does not end this one"
        await env.live(end)
        assert end.processed

    asyncio.run(main())


def test_nobody_can_hurry_it() -> None:
    with pytest.raises(RuntimeError, match="live"):
        WallClock().run(until=1.0)


# Work on the loop


async def answers(value: Any, after_s: float = 0.01) -> Any:
    await asyncio.sleep(after_s)
    if isinstance(value, Exception):
        raise value
    return value


def test_work_answers_at_the_walls_now() -> None:
    async def main() -> None:
        env, told = WallClock(), list[tuple[int, float]]()

        def steps() -> Steps[None]:
            value = yield from env.ask(answers(7), lambda why: -1)
            told.append((value, float(env.now)))

        await env.live(env.process(steps()))
        ((value, at_s),) = told
        assert value == 7
        assert at_s >= 0.01 - 0.001

    asyncio.run(main())


def test_work_that_raises_is_trouble_in_words_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    async def main() -> None:
        env = WallClock()
        answer = env.ask(answers(OSError("no route")), lambda why: why)
        await env.live(answer)
        assert answer.value == "OSError: no route"

    asyncio.run(main())
    assert "a request of ours failed" in caplog.text


def test_work_nobody_wants_any_more_is_done_and_forgotten() -> None:
    async def main() -> None:
        env, done = WallClock(), list[int]()

        async def work() -> int:
            done.append(await answers(7, 0.005))
            return 7

        answer = env.ask(work(), lambda why: -1)
        answer.withdraw()
        await env.live(0.03)
        assert done == [7]
        assert not answer.triggered

    asyncio.run(main())


def test_closing_cancels_what_still_goes_on_also_what_has_not_begun() -> None:
    async def main() -> None:
        env = WallClock()
        begun, not_yet = env.ask(answers(1, 60.0), lambda why: -1), None
        await asyncio.sleep(0.005)
        not_yet = env.ask(answers(2, 60.0), lambda why: -1)
        await asyncio.wait_for(env.close(), SLACK_S)
        assert not begun.triggered
        assert not not_yet.triggered

    asyncio.run(main())


# Being late


def test_sockets_have_their_turn_while_much_is_due() -> None:
    """Half a second of events that are due at once do not keep the loop from anything else."""

    async def main() -> None:
        env = WallClock()
        for _ in range(100):
            env.after(0.0, lambda: time.sleep(0.002))
        turns = 0

        async def others() -> None:
            nonlocal turns
            while not done.processed:
                await asyncio.sleep(0)
                turns += 1

        done = env.timeout(0.0)
        other = asyncio.create_task(others())
        await env.live(done)
        await other
        assert turns >= 100 * 0.002 / 0.005 / 2

    asyncio.run(main())


def test_a_rest_that_began_slowly_is_over_when_its_time_has_come_at_the_new_pace() -> None:
    """A service begins while its room runs at the wall's pace, and what rests then does not rest for ever."""

    async def main() -> None:
        env = WallClock(rate=1.0)
        resting = asyncio.ensure_future(env.passes(60.0))
        await asyncio.sleep(0)
        env.set_rate(10_000.0)
        begun_s = time.monotonic()
        await asyncio.wait_for(resting, 20.0)
        assert env.wall_now >= 60.0
        assert time.monotonic() - begun_s < 10.0
        env.keep_to(time.monotonic(), 1e-6)
        resting = asyncio.ensure_future(env.passes(1.0))
        await asyncio.sleep(0)
        env.keep_to(env.origin_s - 1e9, 1e-6)
        await asyncio.wait_for(resting, 20.0)

    asyncio.run(main())


def test_late_work_is_counted_and_done() -> None:
    async def main() -> None:
        env, told = WallClock(), list[float]()
        for at_s in (0.001, 0.002, 0.003):
            env.process(waits(env, at_s, told))
        env.after(0.0, lambda: time.sleep(0.05))
        await env.live(0.06)
        assert told == [0.001, 0.002, 0.003]
        assert env.lateness.max_s >= 0.045
        assert env.lateness.count >= 4
        assert env.lateness.quantile_s(0.01) <= env.lateness.p99_s <= env.lateness.max_s

    asyncio.run(main())
