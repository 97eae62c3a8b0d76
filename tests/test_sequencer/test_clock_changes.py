"""Schedules where the clocks are changed: gaps, repeats, days that are left out (T2, L6, S35)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sequencer.calendar import Instant, instants, next_instant
from tests.places import DAY, Place, schedule


def berlin(day: str, **further: object) -> list[Instant]:
    at = datetime.fromisoformat(f"{day}T00:00+00:00")
    return instants(Place("Europe/Berlin"), schedule(days=day, **further), at - DAY, at + DAY)


def test_t2_l6_a_time_in_the_gap_happens_at_the_first_instant_after_it() -> None:
    (off,) = berlin("2026-03-29", off="02:30", on="")
    assert (off.at, off.note) == (datetime(2026, 3, 29, 1, 0, tzinfo=UTC), "gap")
    (before,) = berlin("2026-03-29", off="01:59:59", on="")
    assert (before.at, before.note) == (datetime(2026, 3, 29, 0, 59, 59, tzinfo=UTC), "")
    (after,) = berlin("2026-03-29", off="03:00", on="")
    assert (after.at, after.note) == (datetime(2026, 3, 29, 1, 0, tzinfo=UTC), "")


def test_t2_s35_a_time_that_is_there_twice_happens_the_first_time_only() -> None:
    (off,) = berlin("2026-10-25", off="02:30", on="")
    assert (off.at, off.note) == (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "fold")
    (last,) = berlin("2026-10-25", off="03:00", on="")
    assert (last.at, last.note) == (datetime(2026, 10, 25, 2, 0, tzinfo=UTC), "")


def test_t2_a_night_that_lies_in_the_gap_keeps_its_length() -> None:
    off, on = berlin("2026-03-29", off="02:10", on="02:58")
    assert (off.at, on.at - off.at) == (datetime(2026, 3, 29, 1, 0, tzinfo=UTC), timedelta(minutes=48))


def test_t2_a_night_over_the_change_is_an_hour_shorter_or_longer() -> None:
    for day, hours in (("2026-03-28", 7), ("2026-10-24", 9), ("2026-06-01", 8)):
        at = datetime.fromisoformat(f"{day}T12:00+00:00")
        off, on = instants(Place("Europe/Berlin"), schedule(days=day, on="06:00"), at, at + DAY)
        assert on.at - off.at == timedelta(hours=hours)


def test_t2_a_day_that_a_time_zone_left_out_happens_as_soon_as_there_is_time_again() -> None:
    at = datetime(2011, 12, 29, tzinfo=UTC)
    found = instants(Place("Pacific/Apia"), schedule(on=""), at, at + 3 * DAY)
    assert [(i.id[8:18], f"{i.at:%d %H:%M}", i.note) for i in found] == [
        ("2011-12-28", "29 08:00", ""),
        ("2011-12-29", "30 08:00", ""),
        ("2011-12-30", "30 10:00", "gap"),
        ("2011-12-31", "31 08:00", ""),
    ]


def test_t2_what_a_left_out_day_pushes_into_the_next_comes_in_the_order_of_time() -> None:
    apia, early = Place("Pacific/Apia"), schedule(off="02:00", on="06:00")
    at, found = datetime(2011, 12, 30, tzinfo=UTC), []
    for _ in range(4):
        instant = next_instant(apia, early, at)
        assert instant is not None
        at = instant.at
        found.append(f"{instant.id[8:]} {at:%H:%M}")
    assert found == [
        "2011-12-30/off 10:00",
        "2011-12-31/off 12:00",
        "2011-12-30/on 14:00",
        "2011-12-31/on 16:00",
    ]
