"""Draws depend on what they are for and on nothing else."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from sim.chance import Stream, _uniform, draw

ROOT = Path(__file__).resolve().parents[2]
SOME = 20_000


def test_draws_of_this_release_stay_what_they_are() -> None:
    # A change here changes every seeded story: say so in the changelog.
    assert draw(0, "ups1", "loss", 0) == 0.14687588432164456
    assert draw(7, "ups4", "latency", 120_959) == 0.08278513896924278


def test_the_hash_is_splitmix64_as_published() -> None:
    # First outputs of the generator for state 0.
    for n, word in enumerate((0xE220A8397B1DCDAF, 0x6E789E6AA1B965F4, 0x06C45D188009454F), start=1):
        assert _uniform(0, n) == (word >> 11) / 2**53


def test_the_same_question_gets_the_same_answer_in_any_order() -> None:
    stream = Stream(3, "ups1", "loss")
    numbers = list(range(200))
    forward = [stream(n) for n in numbers]
    random.Random(1).shuffle(numbers)
    assert {n: stream(n) for n in numbers} == dict(enumerate(forward))
    assert [draw(3, "ups1", "loss", n) for n in range(200)] == forward


def test_pythons_own_hash_seed_changes_nothing() -> None:
    ask = "from sim.chance import draw; print([draw(1, 'ups2', 'loss', n) for n in range(5)])"
    answers = {
        subprocess.run(
            [sys.executable, "-c", ask],
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for hash_seed in ("0", "4242")
    }
    assert answers == {f"{[draw(1, 'ups2', 'loss', n) for n in range(5)]}\n"}


def test_a_draw_is_at_least_0_and_less_than_1() -> None:
    draws = [draw(seed, "ups1", "loss", n) for seed in (-1, 0, 2**70) for n in (0, 1, 2**40, 2**63)]
    assert all(0.0 <= d < 1.0 for d in draws)
    assert len(set(draws)) == len(draws)


def test_names_that_read_alike_when_joined_are_different_streams() -> None:
    streams = [("a", "bc"), ("ab", "c"), ("a:b", "c"), ("a", "b:c"), ("", "abc"), ("停電", "c")]
    assert len({draw(0, component, purpose, 0) for component, purpose in streams}) == len(streams)
    assert draw(1, "1", "x", 0) != draw(11, "", "x", 0)


def test_draws_fill_the_unit_interval_evenly() -> None:
    stream, boxes = Stream(5, "ups1", "latency"), [0] * 64
    for n in range(SOME):
        boxes[int(stream(n) * 64)] += 1
    expected = SOME / 64
    chi_squared = sum((count - expected) ** 2 / expected for count in boxes)
    assert 30 < chi_squared < 115, "63 degrees of freedom: outside is rarer than 1 in 5,000"


@pytest.mark.parametrize(
    ("one", "other", "lag"),
    [
        (("ups1", "loss"), ("ups1", "loss"), 1),
        (("ups1", "loss"), ("ups2", "loss"), 0),
        (("ups1", "loss"), ("ups1", "latency"), 0),
    ],
)
def test_neighbours_have_nothing_to_do_with_each_other(
    one: tuple[str, str], other: tuple[str, str], lag: int
) -> None:
    a, b = Stream(5, *one), Stream(5, *other)
    covariance = sum((a(n) - 0.5) * (b(n + lag) - 0.5) for n in range(SOME)) / SOME
    assert abs(12 * covariance) < 4 / SOME**0.5


def test_a_chance_comes_true_as_often_as_it_says() -> None:
    stream = Stream(9, "ups1", "loss")
    assert not any(stream.happens(n, 0.0) for n in range(1000))
    assert all(stream.happens(n, 1.0) for n in range(1000))
    share = sum(stream.happens(n, 0.02) for n in range(SOME)) / SOME
    assert share == pytest.approx(0.02, abs=4 * (0.02 * 0.98 / SOME) ** 0.5)


def test_between_stretches_a_draw() -> None:
    stream = Stream(9, "ups1", "latency")
    assert stream.between(4, 0.005, 0.050) == pytest.approx(0.005 + 0.045 * stream(4))
