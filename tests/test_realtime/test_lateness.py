"""Quantiles of lateness, a tenth too late at most."""

from __future__ import annotations

import pytest

from realtime.lateness import FINEST_S, STEP, Lateness


def test_nothing_was_late_before_anything_was_done() -> None:
    lateness = Lateness()
    assert (lateness.count, lateness.max_s, lateness.p99_s) == (0, 0.0, 0.0)


@pytest.mark.parametrize("q", [0.1, 0.5, 0.9, 0.99, 1.0])
def test_a_quantile_is_a_tenth_too_late_at_most(q: float) -> None:
    lateness = Lateness()
    for ms in range(1, 1001):
        lateness.add(ms / 1000.0)
    assert q <= lateness.quantile_s(q) + 1e-9
    assert lateness.quantile_s(q) <= q * STEP + 1e-9
    assert lateness.max_s == 1.0


def test_what_is_early_or_just_in_time_is_as_good() -> None:
    lateness = Lateness()
    for late_s in (-1.0, 0.0, FINEST_S / 2):
        lateness.add(late_s)
    assert lateness.p99_s <= FINEST_S


def test_it_can_begin_anew() -> None:
    lateness = Lateness()
    lateness.add(5.0)
    lateness.forget()
    lateness.add(0.001)
    assert (lateness.count, lateness.max_s) == (1, 0.001)
    assert lateness.p99_s == 0.001
