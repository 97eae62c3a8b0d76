"""How a device is polled on the wall clock; what every sight promises is in `tests/contract/looking.py`."""

from __future__ import annotations

import asyncio
from math import inf

import pytest

from realtime.clock import WallClock
from realtime.ports import Link
from sequencer.ports import Answer, Off, Seen, Unreachable, UpsStatus
from sequencer.site import Polling
from tests import unhurried
from tests.test_realtime.driven import (
    IS_ON_BATTERY,
    IS_ON_LINE,
    LATE_S,
    ON_BATTERY,
    ON_LINE,
    RATE,
    Desk,
    at_desk,
)


def test_nothing_is_polled_before_it_is_looked_at() -> None:
    async def play(desk: Desk) -> None:
        await desk.wait(20.0)
        assert not desk.driver.left_s
        desk.port.seen()
        await desk.wait(5.0 + LATE_S)
        assert desk.driver.left_s

    at_desk(play)


def test_polls_leave_on_a_grid_that_does_not_drift_with_slow_answers() -> None:
    async def play(desk: Desk) -> None:
        desk.driver.takes_s = 0.6
        desk.port.seen()
        await desk.wait(41.0)
        assert len(desk.driver.left_s) >= 7
        grid_s = (1.0 - desk.link.phase("ups1")) * 5.0
        for n, left_s in enumerate(desk.driver.left_s):
            assert grid_s + 5.0 * n <= left_s <= grid_s + 5.0 * n + LATE_S

    at_desk(play)


def test_on_battery_it_is_polled_faster_and_on_line_slower_again() -> None:
    async def play(desk: Desk) -> None:
        desk.driver.status = ON_BATTERY
        desk.port.seen()
        await desk.wait(25.0)
        assert 9 <= len(desk.driver.left_s) <= 13
        desk.driver.status = ON_LINE
        await desk.wait(4.0)
        desk.driver.left_s.clear()
        await desk.wait(20.0)
        assert 3 <= len(desk.driver.left_s) <= 5
        assert desk.noticed == [(None, True), (True, False)]

    at_desk(play)


def test_there_is_never_more_than_one_request_and_a_poll_due_meanwhile_is_left_out() -> None:
    async def play(desk: Desk) -> None:
        desk.port = desk.new_port(limit_s=10.0)
        desk.driver.takes_s = 7.0
        desk.port.seen()
        await desk.wait(42.0)
        assert desk.driver.most_at_once == 1
        assert 3 <= len(desk.driver.left_s) <= 4

    at_desk(play)


def test_looks_at_the_same_moment_share_a_request() -> None:
    async def play(desk: Desk) -> None:
        looks = desk.env.act(lambda: [desk.port.look() for _ in range(5)])
        await desk.env.live(desk.env.all_of(looks))
        assert [look.value for look in looks] == [ON_LINE] * 5
        assert len(desk.driver.left_s) == 1

    at_desk(play)


def test_a_look_follows_a_poll_that_left_before_it() -> None:
    """What is on its way may be from before what the look wants to know of."""

    async def play(desk: Desk) -> None:
        desk.port = desk.new_port(limit_s=10.0)
        desk.driver.takes_s = 3.0
        desk.env.act(desk.port.look)
        await desk.wait(1.0)
        desk.driver.status = ON_BATTERY
        asked_s = desk.env.wall_now
        look: Answer[UpsStatus | Unreachable] = desk.env.act(desk.port.look)
        await desk.env.live(look)
        assert look.value == ON_BATTERY
        assert desk.port.seen().at_s >= asked_s
        assert desk.driver.most_at_once == 1

    at_desk(play)


def test_a_driver_that_fails_is_logged_and_tells_nothing(caplog: pytest.LogCaptureFixture) -> None:
    async def play(desk: Desk) -> None:
        desk.driver.status = ValueError("a mistake of ours")
        look = desk.env.act(desk.port.look)
        await desk.env.live(look)
        assert look.value == Unreachable("its driver failed: ValueError: a mistake of ours")
        assert desk.port.trouble == look.value.reason

    at_desk(play)
    assert "the driver of ups1 failed" in caplog.text


def test_a_device_that_hangs_is_given_up_and_asked_once_more() -> None:
    async def play(desk: Desk) -> None:
        desk.driver.takes_s = inf
        look = desk.env.act(desk.port.look)
        asked_s = desk.env.wall_now
        await desk.env.live(look)
        assert look.value == Unreachable("no answer in 1 s")
        assert len(desk.driver.left_s) == 2
        assert desk.env.now - asked_s + 0.01 >= 2.0
        desk.driver.takes_s = 0.0
        await desk.wait(5.0 + LATE_S)
        assert desk.port.trouble == ""
        assert desk.port.seen().fresh

    at_desk(play)


def test_a_device_that_refuses_at_once_is_not_asked_more_often_than_a_silent_one() -> None:
    async def play(desk: Desk) -> None:
        desk.driver.status = Unreachable("connection refused")
        look = desk.env.act(desk.port.look)
        asked_s = desk.env.wall_now
        await desk.env.live(look)
        assert look.value == Unreachable("connection refused")
        assert len(desk.driver.left_s) == 2
        assert desk.env.now - asked_s + 0.01 >= 2.0

    at_desk(play)


def test_sec_4_ten_thousand_traps_cause_one_early_poll_in_a_second() -> None:
    async def play(desk: Desk) -> None:
        desk.port.seen()
        await desk.wait(6.0)
        desk.driver.left_s.clear()
        begun_s = desk.env.wall_now
        for _ in range(50):
            for _ in range(200):
                desk.port.poke()
            await desk.wait(0.2)
        took_s = desk.env.wall_now - begun_s
        early = desk.driver.left_s
        assert early[0] - begun_s <= LATE_S, "the first at once"
        assert took_s >= 10.0
        assert 5 <= len(early) <= took_s / 1.0 + 1 + took_s / 5.0 + 1

    at_desk(play)


def test_a_trap_from_a_device_that_nobody_looks_at_causes_nothing() -> None:
    async def play(desk: Desk) -> None:
        desk.port.poke()
        await desk.wait(3.0)
        assert not desk.driver.left_s

    at_desk(play)


def test_a_trap_during_a_poll_is_followed_by_another_poll() -> None:
    async def play(desk: Desk) -> None:
        desk.port = desk.new_port(limit_s=10.0)
        desk.driver.takes_s = 2.0
        desk.env.act(desk.port.look)
        await desk.wait(1.0)
        desk.driver.status = ON_BATTERY
        desk.port.poke()
        await desk.wait(3.0 + LATE_S)
        assert desk.port.seen().status == ON_BATTERY
        assert desk.driver.most_at_once == 1

    at_desk(play)


def test_after_a_command_it_is_looked_at_at_once_and_closely_for_a_while() -> None:
    async def play(desk: Desk) -> None:
        desk.port.seen()
        await desk.wait(6.0)
        desk.driver.left_s.clear()
        receipt = desk.env.act(lambda: desk.port.switch_off(Off.GRACEFUL))
        await desk.env.live(receipt)
        at_s = desk.env.now
        await desk.wait(29.0)
        assert desk.driver.left_s[0] - at_s <= LATE_S
        assert 13 <= len(desk.driver.left_s) <= 18
        await desk.wait(5.0)
        desk.driver.left_s.clear()
        await desk.wait(20.0)
        assert 3 <= len(desk.driver.left_s) <= 5, "it told nothing new, and that was long enough"

    at_desk(play)


def test_after_a_command_it_is_not_looked_at_closely_for_ever_when_it_is_silent() -> None:
    async def play(desk: Desk) -> None:
        desk.port.seen()
        await desk.wait(6.0)
        await desk.env.live(desk.env.act(desk.port.switch_on))
        desk.driver.status = Unreachable("unplugged")
        await desk.wait(35.0)
        desk.driver.left_s.clear()
        await desk.wait(20.0)
        assert 3 <= len(desk.driver.left_s) <= 5

    at_desk(play)


def test_a_faster_rate_counts_from_the_last_poll() -> None:
    async def play(desk: Desk) -> None:
        desk.port.seen()
        while not desk.driver.left_s:
            await desk.wait(0.1)
        (left_s,) = desk.driver.left_s
        await desk.wait(1.7)
        eager = desk.env.act(lambda: desk.port.until(IS_ON_BATTERY, eager=True))
        desk.driver.status = ON_BATTERY
        await desk.env.live(eager)
        assert desk.driver.left_s[1] - left_s + 0.5 >= 2.0
        assert desk.driver.left_s[1] - left_s < 3.5, "two seconds after it, not after the step began to wait"

    at_desk(play, rate=20.0)


def test_sixteen_requests_are_on_their_way_at_most() -> None:
    async def main() -> None:
        desk = Desk()
        desk.driver.takes_s = 3.0
        ports = [desk.new_port(limit_s=10.0) for _ in range(40)]
        looks = desk.env.act(lambda: [port.look() for port in ports])
        await desk.env.live(desk.env.all_of(looks))
        assert desk.driver.most_at_once == 16
        desk.link.close()
        await desk.env.close()

    unhurried.run(main())


def test_phases_are_spread_and_the_same_in_every_life() -> None:
    env = WallClock()
    link, again, other = Link(env, "control1", Polling()), Link(env, "control1", Polling()), None
    other = Link(env, "control2", Polling())
    phases = [link.phase(f"ups{n}") for n in range(1000)]
    assert phases == [again.phase(f"ups{n}") for n in range(1000)]
    assert link.phase("ups1") != other.phase("ups1")
    for tenth in range(10):
        assert 60 <= sum(tenth / 10 <= phase < (tenth + 1) / 10 for phase in phases) <= 140


# Gaps


class Stopped:
    """A machine that was stopped: its clock jumps."""

    def __init__(self) -> None:
        self.lost_s = 0.0

    def __call__(self) -> float:
        return asyncio.get_running_loop().time() + self.lost_s


def test_after_a_gap_the_last_reading_is_stale_and_it_is_looked_at_before_anything_acts() -> None:
    clock = Stopped()

    async def play(desk: Desk) -> None:
        await desk.env.live(desk.env.act(desk.port.look))
        on_battery = desk.env.act(lambda: desk.port.until(IS_ON_BATTERY))
        order: list[tuple[str, Seen[UpsStatus]]] = []
        desk.env.after(60.0, lambda: order.append(("timer", desk.port.seen())))
        on_battery.callbacks.append(lambda _: order.append(("told", desk.port.seen())))
        await desk.wait(1.0)
        desk.driver.status, desk.driver.takes_s = ON_BATTERY, 0.5
        living = asyncio.create_task(desk.wait(630.0))
        await asyncio.sleep(0)
        clock.lost_s += 6.0
        gap_s = desk.env.wall_now
        desk.env.act(lambda: None)
        assert desk.noticed == [(None, False), (False, None)], "at once nothing is known any more"
        await living
        (first, told), (then, timer) = order[:2]
        assert (first, then) == ("told", "timer")
        assert timer.fresh
        assert timer.status == ON_BATTERY
        assert timer.at_s >= gap_s
        assert told.at_s >= gap_s
        assert on_battery.value is not None
        assert not on_battery.value.fresh, "whoever waited is told that it was not watched"
        assert desk.noticed[2:] == [(None, True)]

    at_desk(play, monotonic=clock)


def test_an_answer_from_before_the_gap_does_not_count() -> None:
    """The request left before we were stopped, and its answer lay in the socket all the while."""
    clock = Stopped()

    async def play(desk: Desk) -> None:
        desk.port = desk.new_port(limit_s=10.0)
        desk.driver.takes_s = 1.0
        first = desk.env.act(desk.port.look)
        living = asyncio.create_task(desk.env.live(first))
        await asyncio.sleep(0.5 / RATE)
        clock.lost_s += 6.0
        gap_s = desk.env.wall_now
        desk.driver.status = ON_BATTERY
        await living
        await desk.env.live(desk.env.act(desk.port.look))
        assert desk.noticed == [(None, True)], "on line, as it was before, is not told"
        assert desk.port.seen().at_s >= gap_s

    at_desk(play, monotonic=clock)


def test_what_is_known_freshly_is_answered_at_once() -> None:
    async def play(desk: Desk) -> None:
        await desk.env.live(desk.env.act(desk.port.look))
        assert desk.env.act(lambda: desk.port.until(IS_ON_LINE)).triggered

    at_desk(play)


def test_the_rate_divides_what_asyncio_waits_for() -> None:
    async def play(desk: Desk) -> None:
        desk.driver.takes_s = inf
        loop = asyncio.get_running_loop()
        begun_s = loop.time()
        await desk.env.live(desk.env.act(desk.port.look))
        assert 2.0 / RATE <= loop.time() - begun_s < (2.0 + LATE_S) / RATE

    at_desk(play)
