"""What a node sees of a device, against a poller that really polls every period with the same draws."""

from __future__ import annotations

import random
from dataclasses import replace
from math import inf

import pytest
import simpy
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sequencer.ports import Answer, Condition, Seen, Unreachable
from sim.later import after
from sim.sight import Sight
from tests.ticking import ENDS_S, POLLING, Both, Shown, Toy, both, path

NEVER = Condition[Shown]("never", lambda s: False)


def act(world: Both, what: str, n: int) -> None:
    match what:
        case "change":
            world.toy.show(Shown(n))
        case "battery":
            world.toy.show(Shown(n, fast=True))
        case "silent":
            world.toy.show(None)
        case "eager":
            answer = world.sight.until(NEVER, eager=True)
            world.ticking.wait(n)
            after(world.env, 3.0 + n * 1.7, lambda: (answer.withdraw(), world.ticking.wait(n, ends=True)))
        case "look":
            world.sight.look()
            world.ticking.look()


def compared(seed: int, loss: float, deeds: list[tuple[float, str]]) -> tuple[list, list]:
    """What each noticed and when; and, every now and then, how old and how good its reading is."""
    world = both(seed, loss)
    seen: list = []
    known: list = []

    def ask_both() -> None:
        now_s, told = float(world.env.now), world.sight.seen()
        seen.append((now_s, round(told.at_s, 6), told.fresh))
        ticking = world.ticking
        fresh = ticking.status is not None and not ticking.stale and now_s <= ticking.good_until_s()
        known.append((now_s, round(ticking.known_at_s, 6), fresh))

    for n, (at_s, what) in enumerate(deeds, 1):
        after(world.env, at_s, lambda what=what, n=n: act(world, what, n))
        after(world.env, at_s * 0.7 + 1.234567, ask_both)
    world.env.run(until=ENDS_S)
    return world.noticed + seen, world.ticking.notices + known


EVERYTHING = ("change", "change", "battery", "silent", "eager", "look")
MOMENTS = st.floats(0.013, ENDS_S - 1, allow_nan=False).map(lambda s: round(s, 4) + 0.00007)


BACK_AS_A_POLL_LEAVES = [(1.00007, "look"), (2.00007, "silent"), (17.00007, "change"), (0.50007, "battery")]
"""The look makes the polls leave at odd seconds and 0.07 ms; at one of them the silence ends."""


@settings(max_examples=150, deadline=None)
@example(seed=0, loss=0.0, deeds=BACK_AS_A_POLL_LEAVES)
@given(
    seed=st.integers(0, 10**6),
    loss=st.sampled_from([0.0, 0.02, 0.2, 0.6]),
    deeds=st.lists(
        st.tuples(MOMENTS, st.sampled_from(EVERYTHING)), max_size=25, unique_by=lambda deed: deed[0]
    ),
)
def test_it_notices_what_a_real_poller_notices_and_when(
    seed: int, loss: float, deeds: list[tuple[float, str]]
) -> None:
    noticed, ticked = compared(seed, loss, deeds)
    assert noticed == ticked


@pytest.mark.long
@pytest.mark.parametrize("seeds", [range(120), pytest.param(range(120, 20_000), marks=pytest.mark.long)])
def test_it_does_so_in_long_restless_runs(seeds: range) -> None:
    for seed in seeds:
        chance = random.Random(seed)
        loss = chance.choice([0.0, 0.0, 0.02, 0.2, 0.6, 0.9])
        kinds = chance.sample(EVERYTHING, chance.randint(2, len(EVERYTHING)))
        moments = (chance.uniform(0.01, ENDS_S - 1) for _ in range(chance.randint(1, 60)))
        deeds = [(round(at_s, 4) + 0.00007, chance.choice(kinds)) for at_s in moments]
        noticed, ticked = compared(seed, loss, deeds)
        assert noticed == ticked, f"seed {seed}, loss {loss}"


# What the sight promises to those who ask it


@pytest.fixture
def calm() -> Both:
    """A device that answers, without loss, already seen."""
    world = both(1, 0.0)
    world.env.run(until=20.003)
    return world


def value_is(n: int) -> Condition[Shown]:
    return Condition(f"value {n}", lambda s: s.value == n)


def answered(world: Both, answer: Answer[Seen[Shown]], until_s: float) -> float | None:
    """When it answered, if it did by then."""
    at: list[float] = []
    answer.callbacks.append(lambda _: at.append(float(world.env.now)))
    world.env.run(until=until_s)
    return at[0] if at else None


def test_nothing_is_known_before_the_first_poll() -> None:
    seen = both(1, 0.0).sight.seen()
    assert seen.status is None
    assert not seen.fresh


def test_quiet_time_costs_no_events() -> None:
    env = simpy.Environment()
    Sight(env, Toy(env), path(1, 0.0), POLLING)
    steps = 0
    while env.peek() < inf:
        env.step()
        steps += 1
    assert steps == 1, "the first poll, and no other"


def test_until_answers_at_the_next_poll_after_the_change(calm: Both) -> None:
    answer = calm.sight.until(value_is(7))
    after(calm.env, 10.0, lambda: calm.toy.show(Shown(7)))
    at_s = answered(calm, answer, 60)
    assert at_s is not None
    assert 30.003 < at_s <= 30.003 + POLLING.on_line_s + 0.03


def test_until_polls_faster_while_somebody_waits_eagerly(calm: Both) -> None:
    answer = calm.sight.until(value_is(7), eager=True)
    after(calm.env, 10.0, lambda: calm.toy.show(Shown(7)))
    at_s = answered(calm, answer, 60)
    assert at_s is not None
    assert at_s <= 30.003 + POLLING.on_battery_s + 0.03


def test_until_answers_at_once_what_holds_already(calm: Both) -> None:
    answer = calm.sight.until(value_is(0))
    assert answer.triggered
    assert answer.value.fresh


def test_s11_until_does_not_take_an_old_reading_for_an_answer(calm: Both) -> None:
    calm.toy.show(None)
    calm.env.run(until=60)
    assert not calm.sight.until(value_is(0)).triggered


def test_until_answers_once_when_the_reading_turns_stale(calm: Both) -> None:
    answer = calm.sight.until(value_is(7))
    calm.toy.show(None)
    at_s = answered(calm, answer, 60)
    assert at_s is not None
    assert not answer.value.fresh
    assert at_s <= 20.003 + POLLING.stale_after_s(POLLING.on_line_s)


def test_a_change_between_two_polls_that_is_undone_stays_unseen(calm: Both) -> None:
    noticed = list(calm.noticed)
    calm.env.run(until=calm.sight.seen().at_s + POLLING.on_line_s + 1)
    calm.toy.show(Shown(9))
    after(calm.env, 1.0, lambda: calm.toy.show(Shown(0)))
    calm.env.run(until=100)
    assert calm.noticed == noticed


def test_a_withdrawn_answer_never_comes(calm: Both) -> None:
    answer = calm.sight.until(value_is(7), eager=True)
    answer.withdraw()
    calm.toy.show(Shown(7))
    assert answered(calm, answer, 60) is None


def test_a_threshold_is_seen_at_the_first_poll_after_its_crossing(calm: Both) -> None:
    high = Condition[Shown]("level 50", lambda s: s.level >= 50.0, charge_above_pct=50.0)
    at_s = answered(calm, calm.sight.until(high), 100)
    assert at_s is not None
    assert 50 <= at_s <= 50 + POLLING.on_line_s + 0.03


def test_a_look_is_a_fresh_reading_now(calm: Both) -> None:
    calm.toy.show(Shown(5))
    answer = calm.sight.look()
    calm.env.run(until=20.1)
    assert answer.value.value == 5
    assert calm.sight.seen().status.value == 5


def test_a_look_at_a_silent_device_is_unreachable_after_two_time_outs(calm: Both) -> None:
    calm.toy.show(None)
    answer = calm.sight.look()
    at_s = answered(calm, answer, 60)
    assert isinstance(answer.value, Unreachable)
    assert at_s == pytest.approx(20.003 + 2 * POLLING.timeout_s, abs=0.1)


def test_s11_what_is_waited_for_eagerly_is_not_called_silent_for_its_slower_polls(calm: Both) -> None:
    """The last poll may be nearly 5 s old when the faster rate begins; that is no silence."""
    calm.env.run(until=calm.sight.seen().at_s + POLLING.on_line_s - 0.05)
    calm.sight.until(value_is(7), eager=True)
    for _ in range(100):
        calm.env.run(until=calm.env.now + 0.1)
        assert calm.sight.seen().fresh


def test_a_waiter_that_comes_and_goes_does_not_keep_the_polls_from_coming(calm: Both) -> None:
    """Announcements make steps wait anew; the polls go on all the same."""
    calm.toy.show(Shown(7))

    def again() -> None:
        calm.sight.until(value_is(8), eager=True).withdraw()
        after(calm.env, 0.5, again)

    again()
    calm.env.run(until=30)
    assert calm.sight.seen().status.value == 7


def test_a_sight_of_an_ended_life_learns_nothing(calm: Both) -> None:
    """Its node died with a look on its way."""
    answer = calm.sight.look()
    noticed = len(calm.noticed)
    calm.toy.show(Shown(5))
    calm.sight.close()
    assert answered(calm, answer, 60) is None
    assert len(calm.noticed) == noticed


def test_a_network_that_loses_everything_is_no_endless_search() -> None:
    world = both(1, 1.0)
    world.toy.show(Shown(3))
    world.env.run(until=ENDS_S)
    assert world.noticed == []
    assert world.sight.seen().status is None


def test_c7_what_was_read_before_a_stall_is_not_asked_of_the_device_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A battery keeps no history of a day; its sight knows what it was told (seed 49324)."""
    world = both(1, 0.0)
    world.env.run(until=50.0)
    world.sight.stop()
    before = world.sight.seen()
    world.env.run(until=200.0)

    def forgets(_: Toy, status: Shown, at_s: float) -> Shown:
        assert at_s > before.at_s + 10.0, "nobody knows any more how it stood then"
        return Shown(status.value, status.fast, at_s)

    monkeypatch.setattr(Toy, "drifted", forgets)
    world.sight.go_on()
    assert world.sight.seen() == replace(before, fresh=False), "nor has a poll left since"
