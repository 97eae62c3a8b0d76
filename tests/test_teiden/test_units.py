"""Quantities carry their unit, and a slip says what to write instead."""

import pytest

from teiden.files import units
from teiden.files.units import UnitError


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("930s", 930), ("5m", 300), ("1h30m", 5400), ("250ms", 0.25), ("1.5h", 5400), ("0s", 0), ("2d", 172800)],
)
def test_a_duration_is_read_in_seconds(text: str, seconds: float) -> None:
    assert units.duration_s(text) == seconds


@pytest.mark.parametrize(
    ("value", "message", "hint"),
    [
        (930, "`930` has no unit", "give a unit, e.g. 930s"),
        ("930", "`930` has no unit", "give a unit, e.g. 930s"),
        (1.5, "`1.5` has no unit", "give a unit, e.g. 1.5s"),
        ("5 m", "`5 m` has a space in it", "write 5m"),
        ("5min", "`5min`: unknown unit `min`", "write 5m; units"),
        ("５秒", "`５秒` is not a duration", "e.g. 930s"),
        ("5秒", "`5秒`: unknown unit `秒`", "write 5s; units"),
        ("30m1h", "`30m1h`: each unit once, the larger first", "1h30m"),
        ("-5s", "`-5s` is negative", "e.g. 930s"),
        ("soon", "`soon` is not a duration", "e.g. 930s"),
        (True, "`true` is not a duration", "e.g. 930s"),
        (None, "`null` is not a duration", "e.g. 930s"),
        ("99999d", "`99999d` is longer than ten years", "check the unit"),
    ],
)
def test_what_is_no_duration_is_refused_in_words(value: units.Scalar, message: str, hint: str) -> None:
    with pytest.raises(UnitError) as refused:
        units.duration_s(value)
    assert refused.value.message == message
    assert hint in refused.value.hint


def test_sizes_rates_powers_percentages_and_temperatures_have_their_own_units() -> None:
    assert units.size_bytes("12GiB") == 12 * 2**30
    assert units.rate_bytes_per_s("64MiB/s") == 64 * 2**20
    assert units.power_w("1.2kW") == 1200
    assert units.percent("15%") == 15
    assert units.temperature_c("-5°C") == -5
    assert units.clock("9:05") == "09:05"


@pytest.mark.parametrize(
    ("read", "text", "hint"),
    [
        (units.size_bytes, "12GB", "write 12GiB"),
        (units.rate_bytes_per_s, "64MiB", "64MiB/s"),
        (units.percent, "15", "15%"),
        (units.percent, "115%", "100%"),
        (units.clock, "24:00", "23:59"),
        (units.temperature_c, "25F", "25C"),
    ],
)
def test_a_wrong_unit_is_refused_with_the_right_one(read, text: str, hint: str) -> None:
    with pytest.raises(UnitError) as refused:
        read(text)
    assert hint in refused.value.hint


@pytest.mark.parametrize("text", ["930s", "30m", "4h", "250ms", "0s", "20ms"])
def test_seconds_are_written_as_they_are_read(text: str) -> None:
    assert units.written_s(units.duration_s(text)) == text


def test_a_value_knows_what_kind_of_quantity_it_is() -> None:
    assert units.quantity("30s") == ("a duration", 30)
    assert units.quantity("1GiB") == ("a size", 2**30)
    assert units.quantity(3) == units.quantity("3") == ("a bare number", 3)
    assert units.quantity("utility") is None
    assert units.quantity(True) is None
