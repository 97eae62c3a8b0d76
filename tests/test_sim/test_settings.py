"""What cards make of the settings they are sent (R6-23, R10-56)."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest

from sequencer.site import Timing, Ups
from sim.settings import differences, effective, sleep_s

ASKED = Ups("ups1", 1, "utility", confirm_s=930.0, return_delay_s=60.0, min_return_charge_pct=15.0)


def test_the_reference_sites_settings_are_taken_as_they_are() -> None:
    assert (ASKED.shutdown_delay_s, ASKED.low_battery_runtime_s) == (180.0, 120.0)
    assert effective(ASKED) == ASKED
    assert differences(ASKED, effective(ASKED)) == []


@pytest.mark.parametrize(
    ("setting", "asked", "got"),
    [
        ("shutdown_delay_s", 0.0, 20.0),
        ("shutdown_delay_s", 20.0, 20.0),
        ("shutdown_delay_s", 181.0, 300.0),
        ("shutdown_delay_s", 3600.0, 600.0),
        ("low_battery_runtime_s", 0.0, 120.0),
        ("low_battery_runtime_s", 121.0, 300.0),
        ("low_battery_runtime_s", 1200.0, 600.0),
        ("return_delay_s", 1.0, 60.0),
        ("return_delay_s", 61.0, 180.0),
        ("min_return_charge_pct", 16.0, 50.0),
        ("min_return_charge_pct", 100.0, 90.0),
    ],
)
def test_r6_23_a_legacy_card_goes_to_the_next_higher_value_and_not_past_its_largest(
    setting: str, asked: float, got: float
) -> None:
    changed: dict[str, Any] = {setting: asked}
    ups = replace(ASKED, **changed)
    assert getattr(effective(ups), setting) == got


def test_a_model_with_outlet_groups_takes_any_whole_second() -> None:
    ups = replace(ASKED, timing=Timing.LCD, power_off_delay_s=90.5, return_delay_s=61.0, shutdown_delay_s=7.0)
    got = effective(ups)
    assert (got.power_off_delay_s, got.return_delay_s, got.shutdown_delay_s) == (91.0, 61.0, 7.0)
    assert effective(replace(ups, power_off_delay_s=1e9)).power_off_delay_s == 32767.0


def test_rfc_1628_counts_low_battery_in_minutes_and_knows_no_return_conditions() -> None:
    got = effective(replace(ASKED, timing=Timing.RFC1628, low_battery_runtime_s=121.0))
    assert got.low_battery_runtime_s == 180.0
    assert (got.return_delay_s, got.min_return_charge_pct) == (0.0, 0.0)
    assert got.power_off_delay_s == ASKED.power_off_delay_s


@pytest.mark.parametrize("timing", Timing)
def test_what_a_card_kept_it_keeps_again(timing: Timing) -> None:
    odd = replace(
        ASKED,
        timing=timing,
        shutdown_delay_s=33.3,
        power_off_delay_s=33.3,
        low_battery_runtime_s=33.3,
        return_delay_s=33.3,
        min_return_charge_pct=33.3,
    )
    assert effective(effective(odd)) == effective(odd)


def test_every_correction_is_told_in_words() -> None:
    ups = replace(ASKED, shutdown_delay_s=200.0, min_return_charge_pct=20.0)
    assert [str(d) for d in differences(ups, effective(ups))] == [
        "ups1: shutdown_delay_s 200 was asked for, the card set 300",
        "ups1: min_return_charge_pct 20 was asked for, the card set 50",
    ]


@pytest.mark.parametrize(
    ("asked_min", "got_min"),
    [(0, 6), (1, 6), (6, 6), (20, 18), (21, 24), (26.99, 24), (27, 30), (600, 600), (1e6, 5994)],
)
def test_r10_56_sleep_is_rounded_to_tenths_of_an_hour(asked_min: float, got_min: float) -> None:
    assert sleep_s(asked_min * 60.0) == got_min * 60.0


@pytest.mark.parametrize("asked", [-1.0, math.nan, math.inf])
def test_a_setting_that_is_no_duration_is_refused(asked: float) -> None:
    with pytest.raises(AssertionError):
        sleep_s(asked)
    with pytest.raises(AssertionError):
        effective(replace(ASKED, return_delay_s=asked))
