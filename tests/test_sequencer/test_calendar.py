"""The instants of schedules: causes, days, nights over midnight, clock changes, restarts, what comes next."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sequencer.calendar import (
    LOOK_AHEAD_DAYS,
    Goal,
    instants,
    is_reboot,
    next_instant,
    next_off,
    next_on,
)
from sequencer.schedules import Calendar, Cause, Schedule
from sequencer.site import Cluster, Site
from tests.examples import few
from tests.places import DAY, Place, schedule

ZONES = (
    "UTC",
    "Asia/Tokyo",
    "Europe/Berlin",
    "America/New_York",
    "America/St_Johns",
    "Asia/Beirut",  # changes at midnight
    "Australia/Lord_Howe",  # by half an hour
    "Pacific/Chatham",
    "Pacific/Apia",  # left out 30 December 2011
)
MONDAY = date(2026, 11, 16)


def happening(place: Place, schedule: Schedule, first: date, days: int = 7) -> list[str]:
    """What happens in these days, on the site's own clock: `2026-11-16 22:00 off`."""
    zone = ZoneInfo(place.time_zone)
    start = datetime(first.year, first.month, first.day, tzinfo=zone)
    found = instants(place, schedule, start - timedelta(seconds=1), start + days * DAY - timedelta(seconds=1))
    return [f"{i.at.astimezone(zone):%Y-%m-%d %H:%M} {i.goal.value}" for i in found]


def days_of(place: Place, schedule: Schedule, first: date, days: int = 7) -> list[int]:
    """Days of the month on which something goes off."""
    return [int(text[8:10]) for text in happening(place, schedule, first, days) if text.endswith("off")]


# Causes and days


def test_r10_50_the_documents_night_is_from_22_00_to_22_48() -> None:
    assert happening(Place(), schedule(days="mon"), MONDAY) == [
        "2026-11-16 22:00 off",
        "2026-11-16 22:48 on",
    ]


def test_seconds_of_a_time_of_day_count() -> None:
    (off, on) = instants(
        Place("UTC"),
        schedule(days="2026-11-20", on="22:39:59"),
        datetime(2026, 11, 20, tzinfo=UTC),
        datetime(2026, 11, 21, tzinfo=UTC),
    )
    assert on.at - off.at == timedelta(seconds=2399)
    assert (off.id, on.id) == ("nightly/2026-11-20/off", "nightly/2026-11-20/on")


def test_an_on_before_its_off_is_on_the_next_day_weekends_too() -> None:
    assert happening(Place(), schedule(days="fri", on="06:00"), MONDAY) == [
        "2026-11-20 22:00 off",
        "2026-11-21 06:00 on",
    ]


def test_r8_02_what_is_not_ticked_as_an_on_cause_never_switches_on() -> None:
    assert happening(Place(), schedule(on_by=(Cause.RESTORE,)), MONDAY, 1) == ["2026-11-16 22:00 off"]


def test_r8_03_what_is_not_ticked_as_an_off_cause_never_switches_off() -> None:
    for causes in ((), (Cause.LAN,)):
        off = schedule(off_by=causes, on="06:00")
        assert happening(Place(), off, MONDAY, 1) == ["2026-11-16 06:00 on"]


def test_a_schedule_may_only_switch_off_or_only_switch_on() -> None:
    assert happening(Place(), schedule(on=""), MONDAY, 1) == ["2026-11-16 22:00 off"]
    assert happening(Place(), schedule(off="", days="tue"), MONDAY) == ["2026-11-17 22:48 on"]
    assert happening(Place(), schedule(off="", on=""), MONDAY) == []


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("daily", [16, 17, 18, 19, 20, 21, 22]),
        ("mon-fri", [16, 17, 18, 19, 20]),
        ("sat", [21]),
        ("fri-mon", [16, 20, 21, 22]),
        ("mon, wed", [16, 18]),
        ("2026-11-19", [19]),
        ("2026-11-14..2026-11-17,sun", [16, 17, 22]),
    ],
)
def test_days_are_named_in_words_ranges_and_dates(text: str, days: list[int]) -> None:
    assert days_of(Place(), schedule(days=text), MONDAY) == days


def test_holidays_are_the_countrys_and_the_sites_own() -> None:
    closed = Calendar("JP", ("2026-12-29..2027-01-03",))
    new_year = schedule(days="holidays")
    assert days_of(Place(calendar=closed), new_year, date(2026, 12, 27), 20) == [29, 30, 31, 1, 2, 3, 11]
    assert days_of(Place(calendar=Calendar("JP")), new_year, date(2026, 12, 27), 20) == [1, 11]
    assert days_of(Place(), new_year, date(2026, 12, 27), 20) == []


def test_a_substitute_for_a_holiday_on_a_sunday_is_a_holiday() -> None:
    assert days_of(Place(calendar=Calendar("JP")), schedule(days="holidays"), date(2026, 5, 2)) == [
        3,
        4,
        5,
        6,
    ]


def test_a_part_of_a_country_has_holidays_of_its_own() -> None:
    epiphany = date(2027, 1, 5)
    assert days_of(Place(calendar=Calendar("DE-BY")), schedule(days="holidays"), epiphany) == [6]
    assert days_of(Place(calendar=Calendar("DE")), schedule(days="holidays"), epiphany) == []


def test_on_an_excepted_day_neither_happens() -> None:
    place = Place(calendar=Calendar("JP"))
    night = schedule(days="mon-fri", except_dates=("holidays", "2026-11-25..2026-11-26"))
    assert days_of(place, night, date(2026, 11, 22)) == [24, 27]


def test_an_on_that_falls_on_an_excepted_day_comes_on_the_next_one_that_is_not() -> None:
    night = schedule(days="mon-fri", on="06:00", except_dates=("2027-01-01..2027-01-03",))
    assert happening(Place(), night, date(2026, 12, 31)) == [
        "2026-12-31 06:00 on",
        "2026-12-31 22:00 off",
        "2027-01-04 06:00 on",
        "2027-01-04 22:00 off",
        "2027-01-05 06:00 on",
        "2027-01-05 22:00 off",
        "2027-01-06 06:00 on",
        "2027-01-06 22:00 off",
    ]


def test_days_of_the_on_may_be_others_than_those_of_the_off() -> None:
    weekend = schedule(days="fri", on="06:00", on_days="mon")
    assert happening(Place(), weekend, MONDAY, 8) == [
        "2026-11-16 06:00 on",
        "2026-11-20 22:00 off",
        "2026-11-23 06:00 on",
    ]


# Restarts


@pytest.mark.parametrize(("on", "is_one"), [("22:00:59", False), ("22:01", True), ("22:01:01", False)])
def test_r10_41_t5_s21_one_minute_and_no_second_more_or_less_is_a_restart(on: str, is_one: bool) -> None:
    after = datetime(2026, 11, 20, tzinfo=UTC)
    off = next_instant(Place(), schedule(on=on), after, Goal.OFF)
    assert off is not None
    assert is_reboot(off, next_instant(Place(), schedule(on=on), off.at, Goal.ON)) is is_one
    assert not is_reboot(off, None)


def test_r10_41_a_restart_over_midnight_comes_back_though_the_next_day_is_excepted() -> None:
    restart = schedule(off="23:59", on="00:00", except_dates=("2027-01-01",))
    assert happening(Place(), restart, date(2026, 12, 31), 2) == [
        "2026-12-31 00:00 on",
        "2026-12-31 23:59 off",
        "2027-01-01 00:00 on",
    ]


@pytest.mark.parametrize("off", ["01:59", "02:00", "02:30", "02:59"])
@pytest.mark.parametrize("day", ["2026-03-29", "2026-10-25"])
def test_r10_41_t2_a_restart_stays_one_minute_when_the_clocks_are_changed(off: str, day: str) -> None:
    hours, minutes = int(off[:2]), int(off[3:]) + 1
    on = f"{hours + minutes // 60:02}:{minutes % 60:02}"
    at = datetime.fromisoformat(f"{day}T00:00+00:00")
    found = instants(Place("Europe/Berlin"), schedule(days=day, off=off, on=on), at - DAY, at + DAY)
    assert [i.goal for i in found] == [Goal.OFF, Goal.ON]
    assert is_reboot(found[0], found[1])


# What comes next


def site(*schedules: Schedule, time_zone: str = "UTC") -> Site:
    return Site(
        "site",
        ("utility",),
        {},
        {},
        {},
        Cluster("cluster", (), 300.0),
        time_zone=time_zone,
        schedules={s.name: s for s in schedules},
    )


def test_r10_54_a_server_goes_by_all_its_schedules_and_by_no_others() -> None:
    here = site(
        schedule(name="early", on="06:00"),
        schedule(name="late", off="23:00", on="04:00"),
        schedule(name="others", servers=("rack1",), off="20:00", on="03:00"),
    )
    evening = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
    off, on = next_off(here, "blade1", evening), next_on(here, "blade1", evening)
    assert off is not None
    assert on is not None
    assert (off.id, on.id) == ("early/2026-11-20/off", "late/2026-11-21/on")
    assert next_on(here, "control1", evening) is None


def test_an_instant_is_not_its_own_successor() -> None:
    first = next_instant(site(), schedule(), datetime(2026, 11, 20, tzinfo=UTC), Goal.OFF)
    assert first is not None
    second = next_instant(site(), schedule(), first.at, Goal.OFF)
    assert second is not None
    assert second.at == first.at + DAY


def test_l6_a_schedule_of_dates_that_are_over_has_no_next_instant() -> None:
    once = schedule(days="2026-12-24")
    before, after = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 12, 25, tzinfo=UTC)
    assert next_instant(Place(), once, before) is not None
    assert next_instant(Place(), once, after) is None
    assert next_instant(Place(), once, before - LOOK_AHEAD_DAYS * DAY) is None


def test_off_and_on_at_the_same_hour_end_one_night_and_begin_the_next() -> None:
    assert happening(Place(), schedule(on="22:00"), MONDAY, 1) == [
        "2026-11-16 22:00 on",
        "2026-11-16 22:00 off",
    ]


def test_a_time_without_a_zone_is_a_programming_error() -> None:
    with pytest.raises(AssertionError):
        next_instant(Place(), schedule(), datetime(2026, 11, 20))


# Whatever the zone, the schedule and the moment

clocks = st.builds(
    "{:02}:{:02}:{:02}".format, st.integers(0, 23), st.integers(0, 59), st.sampled_from((0, 1, 30, 59))
)
places = st.builds(Place, st.sampled_from(ZONES), st.just(Calendar("JP", ("2026-03-28..2026-03-29",))))
days = st.sampled_from(("daily", "mon-fri", "sat,sun", "holidays,mon", "2026-03-29", "2011-12-30"))
schedules = st.builds(
    Schedule,
    st.just("nightly"),
    st.just(("blade1",)),
    days,
    clocks,
    clocks,
    st.sampled_from(("", "", "mon")),
    st.sampled_from(((), ("holidays",), ("wed", "2026-03-29"))),
)
moments = st.one_of(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)),
    st.datetimes(datetime(2026, 3, 27), datetime(2026, 3, 30)),
    st.datetimes(datetime(2026, 10, 24), datetime(2026, 10, 26)),
    st.datetimes(datetime(2011, 12, 28), datetime(2012, 1, 1)),
).map(lambda at: at.replace(tzinfo=UTC, microsecond=0))


@few(100)
@given(places, schedules, moments, st.integers(0, 60 * 24 * 3), st.integers(0, 60 * 24 * 9))
def test_s35_no_window_loses_an_instant_or_sees_it_twice(
    place: Place, schedule: Schedule, start: datetime, minutes: int, more: int
) -> None:
    middle, end = start + timedelta(minutes=minutes), start + timedelta(minutes=minutes + more)
    whole = instants(place, schedule, start, end)
    assert whole == instants(place, schedule, start, middle) + instants(place, schedule, middle, end)
    assert len({i.id for i in whole}) == len(whole)
    assert whole == sorted(whole, key=lambda i: i.at)
    assert all(start < i.at <= end for i in whole)


@few(100)
@given(places, schedules, moments)
def test_the_next_instant_is_the_first_of_those_to_come(
    place: Place, schedule: Schedule, after: datetime
) -> None:
    coming = instants(place, schedule, after, after + 30 * DAY)
    found = next_instant(place, schedule, after)
    if coming or (found is not None and found.at <= after + 30 * DAY):
        assert found == coming[0]


@few(100)
@given(places, schedules, moments)
def test_t2_every_instant_shows_its_own_time_of_day_or_the_first_after_a_gap(
    place: Place, schedule: Schedule, start: datetime
) -> None:
    zone = ZoneInfo(place.time_zone)
    for i in instants(place, replace(schedule, on=""), start, start + 5 * DAY):
        wanted = datetime.fromisoformat(f"{i.id.split('/')[1]}T{schedule.off}")
        shown = i.at.astimezone(zone).replace(tzinfo=None, fold=0)
        just_before = (i.at - timedelta(seconds=1)).astimezone(zone).replace(tzinfo=None, fold=0)
        if i.note == "gap":
            assert just_before < wanted < shown
        else:
            assert shown == wanted
        earlier = [i.at - timedelta(minutes=m) for m in (30, 60)]
        assert all(e.astimezone(zone).replace(tzinfo=None, fold=0) != wanted for e in earlier)


@few(60)
@given(places, clocks, clocks, moments)
def test_l3_who_goes_off_every_day_comes_back_before_the_next_time(
    place: Place, off: str, on: str, start: datetime
) -> None:
    assume(start.year > 2011)  # on a day that is left out two nights may begin at once
    daily = schedule(off=off, on=on)
    found = instants(place, daily, start, start + 6 * DAY)
    assert {first.goal is second.goal for first, second in pairwise(found)} <= {False}
    for first in found:
        if first.goal is Goal.OFF:
            back = next_instant(place, daily, first.at, Goal.ON)
            assert back is not None
            assert timedelta() < back.at - first.at <= timedelta(hours=25, minutes=1)
