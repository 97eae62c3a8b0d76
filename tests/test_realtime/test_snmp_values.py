"""Numbers, texts and times as cards tell them: what cannot be meant is unknown."""

from __future__ import annotations

import pytest

from realtime.snmp.values import number, percent, seconds, sensible, text


@pytest.mark.parametrize(
    ("told", "meant"),
    [
        (17, 17),
        (-1, -1),
        (b"17", 17),
        (b" 17\0", 17),
        (b"", None),
        (b"-", None),
        (b"n/a", None),
        (b"\xb2", None),
        (b"9" * 4000, None),
        ("1.3.6", None),
        (None, None),
    ],
)
def test_a_number_is_one_even_if_a_card_writes_it_as_text(told: int | bytes | str | None, meant: int) -> None:
    assert number(told) == meant


@pytest.mark.parametrize("told", [-1, 65535, 2147483647, 4294967295, -400, 99999999, b"", None])
def test_a_time_that_cannot_be_meant_is_unknown(told: int | bytes | None) -> None:
    assert seconds(told, 60.0) is None


def test_times_come_in_ticks_and_in_minutes() -> None:
    assert seconds(456000, 0.01) == 4560.0
    assert seconds(31, 60.0) == 1860.0
    assert seconds(0, 60.0) == 0.0


@pytest.mark.parametrize("told", [-1, 101, b"", None])
def test_a_share_outside_its_scale_is_unknown(told: int | bytes | None) -> None:
    assert sensible(told, 0, 100) is None


@pytest.mark.parametrize(
    ("coarse", "tenths", "meant"),
    [
        (100, None, 100.0),
        (None, 176, 17.6),
        (17, 176, 17.6),
        (100, 0, 100.0),  # "if not supported, 0"
        (0, 176, 17.6),
        (0, 0, 0.0),
        (None, 0, 0.0),
        (-1, None, None),
        (None, 1001, None),
        (None, None, None),
    ],
)
def test_the_finer_share_wins_unless_it_is_not_supported(
    coarse: int | None, tenths: int | None, meant: float | None
) -> None:
    assert percent(coarse, tenths) == meant


@pytest.mark.parametrize(
    ("told", "meant"),
    [
        (b"Smart-UPS 750", "Smart-UPS 750"),
        (b"UPS 09.8 (ID20) ", "UPS 09.8 (ID20)"),
        (b"", None),
        (b"   ", None),
        (b"\0\0\0", None),
        (b"UPS\0\0", "UPS"),
        (b"\x1b[2J", "[2J"),
        ("停電".encode(), "停電"),
        (b"\xff\xfe", "\ufffd\ufffd"),
        (7, None),
        (None, None),
    ],
)
def test_a_name_is_what_a_person_can_read(told: bytes | int | None, meant: str | None) -> None:
    assert text(told) == meant


def test_a_name_of_64_kilobytes_is_cut() -> None:
    assert text(b"x" * 65000) == "x" * 64
