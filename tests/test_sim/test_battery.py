"""What a battery answers: curves, crossings, recharge, pictures, and what it refuses.

`test_battery_ticks.py` compares it with a plain tick.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.battery import FULL, IDLE_LOAD, KEPT_SEGMENTS, KNEE, Battery, Mode, cold_factor
from sim.model import UpsModel

TABLE = ((0.1, 9000.0), (0.25, 3300.0), (0.5, 1320.0), (0.75, 720.0), (1.0, 420.0))
LOW_S = 120.0


models = st.builds(
    UpsModel,
    runtime_s=st.sampled_from([300.0, 1800.0, 5400.0]),
    curve=st.sampled_from([(), TABLE]),
    peukert=st.sampled_from([1.0, 1.2, 1.35]),
    health=st.sampled_from([0.4, 0.8, 1.0]),
    temperature_c=st.sampled_from([0.0, 18.0, 25.0, 35.0]),
    charge_pct=st.sampled_from([3.0, 50.0, 79.0, 100.0]),
    recharge_s=st.sampled_from([900.0, 14400.0]),
)


@given(models, st.floats(0.0, 2.0), st.floats(0.0, 20_000.0), st.floats(0.0, 20_000.0))
@settings(max_examples=100, deadline=None)
def test_charge_falls_on_battery_and_rises_on_mains(model: UpsModel, load: float, a: float, b: float) -> None:
    early, late = sorted((a, b))
    battery = Battery(model)
    battery.discharge(0.0, load)
    assert battery.charge_at(0.0) >= battery.charge_at(early) >= battery.charge_at(late) >= 0.0
    battery.recharge(20_000.0)
    assert battery.charge_at(20_000.0 + early) <= battery.charge_at(20_000.0 + late) <= 1.0


@given(models, st.floats(0.0, 1.0), st.floats(0.0, 2.0))
@settings(max_examples=100, deadline=None)
def test_at_a_crossing_it_is_on_the_line_and_the_crossing_is_now(
    model: UpsModel, target: float, load: float
) -> None:
    battery = Battery(model, t=86_400.0)
    battery.discharge(86_400.0, load)
    below = battery.when_charge_below(86_400.0, target)
    assert below is not None
    # SimPy adds a delay to its now, which may end one rounding early.
    now = 86_400.0 + (below - 86_400.0)
    assert battery.when_charge_below(now, target) == now
    battery.recharge(now)
    above = battery.when_charge_above(now, target)
    assert above is not None
    assert battery.when_charge_above(above, target) == above


@pytest.mark.parametrize("curve", [(), TABLE])
def test_runtime_left_at_the_low_crossing_is_the_threshold(curve: tuple[tuple[float, float], ...]) -> None:
    battery = Battery(UpsModel(curve=curve))
    battery.discharge(600.0, 0.6)
    low = battery.when_runtime(600.0, LOW_S)
    empty = battery.when_empty(600.0)
    assert low is not None
    assert empty is not None
    assert battery.runtime_at(low) == pytest.approx(LOW_S, abs=1e-6)
    assert empty - low == pytest.approx(LOW_S, abs=1e-6)
    assert battery.charge_at(empty) == 0.0
    assert battery.charge_at(empty + 5000.0) == 0.0


def test_more_load_may_be_low_battery_at_that_very_instant() -> None:
    battery = Battery(UpsModel(runtime_s=600.0))
    battery.discharge(0.0, 0.2)
    t = battery.when_runtime(0.0, 200.0)
    assert t is not None
    battery.discharge(t - 60.0, 1.0)
    assert battery.when_runtime(t - 60.0, 200.0) == t - 60.0


def test_the_vendors_table_is_met_at_its_rows_and_goes_on_beyond_them() -> None:
    battery = Battery(UpsModel(curve=TABLE))
    for load, runtime_s in TABLE:
        assert battery.runtime_if(0.0, load) == pytest.approx(runtime_s)
    assert battery.runtime_if(0.0, 1.2) < 420.0
    assert 9000.0 < battery.runtime_if(0.0, 0.05) < math.inf


def test_an_unsorted_table_means_the_same() -> None:
    shuffled = Battery(UpsModel(curve=TABLE[::-1]))
    assert shuffled.runtime_if(0.0, 0.3) == Battery(UpsModel(curve=TABLE)).runtime_if(0.0, 0.3)


def test_a_table_of_one_row_is_peukert_through_it() -> None:
    battery = Battery(UpsModel(curve=((0.5, 1000.0),), peukert=1.2))
    assert battery.runtime_if(0.0, 1.0) == pytest.approx(1000.0 * 2.0**-1.2)


def test_no_battery_lasts_for_ever_without_load() -> None:
    battery = Battery(UpsModel())
    assert battery.runtime_if(0.0, 0.0) == battery.runtime_if(0.0, IDLE_LOAD)
    battery.discharge(0.0, 0.0)
    assert battery.when_empty(0.0) == pytest.approx(1800.0 * 0.01**-1.2)


def test_cold_and_age_shorten_the_runtime() -> None:
    fresh = Battery(UpsModel())
    old_and_cold = Battery(UpsModel(health=0.7, temperature_c=10.0))
    assert old_and_cold.runtime_if(0.0, 1.0) == pytest.approx(0.7 * 0.88 * fresh.runtime_if(0.0, 1.0))
    assert cold_factor(0.0) == pytest.approx(0.80)
    assert cold_factor(35.0) == cold_factor(25.0) == 1.0
    assert cold_factor(-200.0) == 0.5


def test_recharge_bends_without_a_jump_at_80_percent() -> None:
    battery = Battery(UpsModel(charge_pct=0.0))
    battery.recharge(0.0)
    knee = battery.when_charge_above(0.0, KNEE)
    assert knee is not None
    assert knee == pytest.approx(4 * 3600.0)
    before = battery.charge_at(knee) - battery.charge_at(knee - 10.0)
    after = battery.charge_at(knee + 10.0) - battery.charge_at(knee)
    assert after == pytest.approx(before, rel=0.01)


def test_it_is_full_at_a_time_that_can_be_named() -> None:
    battery = Battery(UpsModel(charge_pct=50.0))
    battery.recharge(0.0)
    full = battery.when_charge_above(0.0, 1.0)
    assert full is not None
    assert battery.charge_at(full) == 1.0
    assert FULL - 0.001 < battery.charge_at(full - 1.0) < 1.0
    assert battery.when_charge_above(full + 1e6, 1.0) == full + 1e6


def test_nothing_is_crossed_in_the_wrong_mode() -> None:
    battery = Battery(UpsModel(charge_pct=60.0))
    for mode in (Mode.RESTING, Mode.RECHARGING):
        assert battery.mode is mode
        assert battery.when_empty(0.0) is None
        assert battery.when_runtime(0.0, LOW_S) is None
        assert battery.when_charge_below(0.0, 0.5) is None
        battery.recharge(0.0)
    battery.discharge(0.0, 1.0)
    assert battery.when_charge_above(0.0, 0.7) is None
    assert battery.when_charge_below(0.0, 0.7) == 0.0
    assert battery.when_runtime(0.0, 5000.0) == 0.0


def test_a_cell_that_fails_takes_the_charge_with_it() -> None:
    battery = Battery(UpsModel())
    battery.discharge(0.0, 1.0)
    battery.collapse(180.0, 0.05)
    assert battery.charge_at(179.0) == pytest.approx(1.0 - 179.0 / 1800.0)
    assert battery.charge_at(180.0) == 0.05
    assert battery.when_empty(180.0) == pytest.approx(180.0 + 0.05 * 1800.0)
    battery.collapse(181.0, 0.9)
    assert battery.charge_at(181.0) < 0.05


def test_a_reading_a_few_changes_ago_is_still_exact() -> None:
    battery = Battery(UpsModel())
    for i in range(6):
        battery.discharge(100.0 + i, 0.1 + 0.1 * i)
    battery.recharge(110.0)
    fresh = Battery(UpsModel())
    fresh.discharge(100.0, 0.1)
    assert battery.charge_at(100.5) == fresh.charge_at(100.5)
    assert battery.runtime_at(100.5) == fresh.runtime_at(100.5)
    assert battery.charge_at(0.0) == 1.0


def test_many_changes_in_one_instant_forget_nothing_older() -> None:
    battery = Battery(UpsModel())
    battery.discharge(10.0, 1.0)
    for i in range(3 * KEPT_SEGMENTS):
        battery.discharge(20.0, 1.0 - i / 100.0)
    assert battery.charge_at(15.0) == pytest.approx(1.0 - 5.0 / 1800.0)


def test_on_the_mains_the_card_shows_what_the_present_load_would_get() -> None:
    battery = Battery(UpsModel())
    battery.recharge(0.0, 0.5)
    assert battery.runtime_at(0.0) == battery.runtime_if(0.0, 0.5)
    battery.recharge(1.0)
    assert battery.load_fraction == 0.5


@given(models, st.floats(0.0, 1.0))
@settings(max_examples=60, deadline=None)
def test_a_picture_of_straight_lines_is_within_one_percent(model: UpsModel, start: float) -> None:
    battery = Battery(model)
    battery.collapse(0.0, start)
    battery.recharge(0.0)
    end = 3.0 * model.recharge_s
    points = [0.0, *battery.slope_points(0.0, end), end]
    assert len(points) <= 8
    assert points == sorted(points)
    for t0, t1 in pairwise(points):
        for i in range(1, 20):
            t = t0 + (t1 - t0) * i / 20
            straight = battery.charge_at(t0) + (battery.charge_at(t1) - battery.charge_at(t0)) * i / 20
            assert straight == pytest.approx(battery.charge_at(t), abs=0.01)


def test_a_picture_shows_when_it_is_empty_and_nothing_while_it_rests() -> None:
    battery = Battery(UpsModel())
    assert battery.slope_points(0.0) == ()
    battery.discharge(0.0, 1.0)
    assert battery.slope_points(0.0) == (1800.0,)
    assert battery.slope_points(0.0, 1000.0) == ()


BAD_MODELS = [
    UpsModel(health=0.0),
    UpsModel(health=1.1),
    UpsModel(charge_pct=101.0),
    UpsModel(charge_pct=math.nan),
    UpsModel(recharge_s=0.0),
    UpsModel(runtime_s=-1.0),
    UpsModel(peukert=0.5),
    UpsModel(temperature_c=math.nan),
    UpsModel(curve=((0.5, 100.0), (0.5, 90.0))),
    UpsModel(curve=((0.5, 100.0), (1.0, 200.0))),
    UpsModel(curve=((0.0, 100.0), (1.0, 50.0))),
]


@pytest.mark.parametrize("model", BAD_MODELS, ids=range(len(BAD_MODELS)))
def test_a_battery_that_cannot_be_is_refused(model: UpsModel) -> None:
    with pytest.raises(AssertionError):
        Battery(model)


@pytest.mark.parametrize(
    "mistake",
    [
        lambda b: b.discharge(9.0, 1.0),
        lambda b: b.discharge(11.0, -0.1),
        lambda b: b.discharge(11.0, math.nan),
        lambda b: b.discharge(math.inf, 1.0),
        lambda b: b.collapse(11.0, 1.5),
        lambda b: b.when_empty(9.0),
        lambda b: b.charge_at(-1.0),
    ],
)
def test_a_change_in_the_past_or_an_impossible_load_is_refused(mistake: Callable[[Battery], object]) -> None:
    battery = Battery(UpsModel())
    battery.discharge(10.0, 0.5)
    with pytest.raises(AssertionError):
        mistake(battery)
