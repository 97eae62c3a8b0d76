"""The pretend clocks: each machine its own, wrong by what the model says, set by what the story says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import simpy
from hypothesis import given
from hypothesis import strategies as st

from sequencer.ports import Os
from sim.clock import WallClock
from sim.later import after
from sim.room import START
from sim.story import ClockStep
from tests.worlds import play, reference_model

EPOCH_S = START.timestamp()
OFF_BEAT_S = 0.0003
"""Nobody sets a clock at the very instant that somebody waits for."""


def test_r12_02_every_machine_has_a_clock_of_its_own(bare: Any) -> None:
    room = bare(model=reference_model(control2__clock_skew_s=90.0, blade1__clock_skew_s=-90.0))
    room.go(60)
    off_s = {n: (c.now() - START).total_seconds() - 60 for n, c in room.clocks.items()}
    assert off_s.pop("control2") == 90
    assert off_s.pop("blade1") == -90
    assert set(off_s.values()) == {0}


def test_r12_03_a_step_sets_one_clock_and_is_a_fact(bare: Any) -> None:
    room = bare(model=reference_model(control1__clock_skew_s=20.0))
    room.happen([ClockStep(10.0, "control1", -300.0)])
    room.go(60)
    assert room.clocks["control1"].now() == START + timedelta(seconds=60 - 280)
    assert room.clocks["control2"].now() == START + timedelta(seconds=60)
    assert room.told("clock.stepped", "control1") == [10]
    assert room.details("clock.stepped", "control1") == {"by_s": -300.0, "skew_s": -280.0}


def test_what_a_clock_showed_is_known_later_with_the_skew_of_that_time() -> None:
    env = simpy.Environment()
    clock = WallClock(env, START, skew_s=5.0)
    for at_s, by_s in ((100.0, -300.0), (200.0, 50.0)):
        after(env, at_s, lambda by_s=by_s: clock.step(by_s))
    env.run(until=300)
    shown = [clock.shown_s(at_s) - EPOCH_S - at_s for at_s in (50.0, 99.9, 100.0, 150.0, 200.0, 300.0)]
    assert shown == pytest.approx([5, 5, -295, -295, -245, -245], abs=1e-4)


def test_r12_02_a_server_tells_its_clock_while_its_system_runs(bare: Any) -> None:
    room = bare(model=reference_model(rack1__clock_skew_s=90.0))
    server = room.servers["rack1"]
    room.go(50)
    assert server.read().clock_s == pytest.approx(EPOCH_S + 140, abs=1e-4)
    server.shut_down()
    assert server.read().clock_s is not None
    room.go(500)
    assert server.read().os is Os.HALTED
    assert server.read().clock_s is None


def test_a_clock_that_runs_or_is_set_wakes_nobody(bare: Any) -> None:
    """It drifts as a battery's charge does: the last poll tells it, and nothing is polled for it."""
    room = bare()
    server = room.servers["rack1"]
    before = server.read()
    room.go(3600)
    assert not server.differs(before)
    assert server.same(before, server.read())
    room.clocks["rack1"].step(500.0)
    assert not server.differs(before)
    assert server.drifted(before, 100.0).clock_s == pytest.approx(EPOCH_S + 100, abs=1e-4)


def test_a_node_sees_the_clock_as_its_last_poll_told_it() -> None:
    tale = play(ClockStep(100.0, "rack1", 60.0), until_s=300.0)
    run = tale.room.nodes["control1"].run
    assert run is not None
    port, env = run.ports.servers["rack1"], tale.room.env
    port.seen()
    env.run(until=float(env.now) + 33.3)
    seen = port.seen()
    assert seen.status is not None
    assert seen.status.clock_s == pytest.approx(EPOCH_S + seen.at_s + 60, abs=0.05)


def test_the_streams_own_times_stay_true() -> None:
    tale = play(
        ClockStep(0.0, "control1", -300.0), until_s=60.0, model=reference_model(rack1__clock_skew_s=9.0)
    )
    (event,) = [e for e in tale.events if e.name == "clock.stepped"]
    assert event.t == tale.zero_s


@given(
    steps=st.lists(st.tuples(st.integers(1, 900_000), st.integers(-600_000, 600_000)), max_size=6),
    wait_ms=st.integers(1, 1_200_000),
)
def test_t1_until_answers_the_first_time_the_clock_shows_the_instant(
    steps: list[tuple[int, int]], wait_ms: int
) -> None:
    env = simpy.Environment()
    clock = WallClock(env, datetime(2026, 1, 1, tzinfo=UTC))
    answered: list[float] = []
    steps = [(at_ms, by_ms) for at_ms, by_ms in sorted(steps) if by_ms]
    for at_ms, by_ms in steps:
        after(env, at_ms / 1000 + OFF_BEAT_S, lambda by_ms=by_ms: clock.step(by_ms / 1000))
    answer = clock.until(clock.now() + timedelta(seconds=wait_ms / 1000))
    assert answer.callbacks is not None
    answer.callbacks.append(lambda _: answered.append(float(env.now)))
    env.run(until=10_000)
    assert answered == [pytest.approx(first_shown_s(steps, wait_ms), abs=1e-5)]


def first_shown_s(steps: list[tuple[int, int]], wait_ms: int) -> float:
    """From step to step the clock goes straight on."""
    from_s, skew_s = 0.0, 0.0
    for at_ms, by_ms in steps:
        to_s = at_ms / 1000 + OFF_BEAT_S
        shown_s = max(from_s, wait_ms / 1000 - skew_s)
        if shown_s < to_s:
            return shown_s
        from_s, skew_s = to_s, skew_s + by_ms / 1000
    return max(from_s, wait_ms / 1000 - skew_s)
