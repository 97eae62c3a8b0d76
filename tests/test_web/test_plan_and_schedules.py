"""The plan with its margins and broken rules, and the schedules as a calendar with the days that are odd."""

from __future__ import annotations

import dataclasses
from datetime import UTC, date, datetime

import pytest
from starlette.testclient import TestClient

from sequencer.calendar import Goal
from sequencer.schedules import Calendar, Schedule
from sequencer.site import Site
from teiden.files.site_file import SiteFile
from teiden.web import month
from teiden.web.app import application
from teiden.web.settings import Settings
from tests.test_web.browsing import BASE, site


def of(settings: Settings, changed: Site) -> TestClient:
    site_file: SiteFile = dataclasses.replace(settings.site_file, site=changed)
    return TestClient(application(dataclasses.replace(settings, site_file=site_file)), base_url=BASE)


def test_the_plan_is_that_of_teiden_plan(browser: TestClient) -> None:
    text = browser.get("/plan").text
    for words in ("flush (limit 300 s)", "needs 750 s, has 900 s: margin 150 s", "+150 s", "R6-14"):
        assert words in text
    assert "必要 750 秒" in browser.get("/plan", headers={"accept-language": "ja"}).text


def test_a_negative_margin_and_the_rule_it_breaks_are_red(settings: Settings) -> None:
    linkage = dataclasses.replace(settings.site_file.site.linkage, flush_limit_s=600.0)
    text = of(settings, dataclasses.replace(settings.site_file.site, linkage=linkage)).get("/plan").text
    assert '<span class="chip tone-bad">-150 s</span>' in text
    assert "150 s short" in text
    assert '<span class="chip tone-bad">error</span> <b>R6-14</b>' in text


BERLIN = dataclasses.replace(
    site().site,
    time_zone="Europe/Berlin",
    calendar=Calendar("DE-BY", ("2027-12-27..2027-12-30",)),
    schedules={"small hours": Schedule("small hours", ("blade1",), off="02:30", on="02:50")},
)


def test_a_month_is_whole_weeks_with_every_instant_on_its_day() -> None:
    weeks = month.weeks(site().site, 2026, 11)
    assert [len(week) for week in weeks] == [7] * 6
    friday = next(day for week in weeks for day in week if day.day == date(2026, 11, 27))
    assert [(f"{one.at:%H:%M}", one.goal) for one in friday.fired] == [
        ("22:00", Goal.OFF),
        ("22:48", Goal.ON),
    ]


def test_what_fires_at_midnight_stands_on_the_day_that_begins() -> None:
    nights = {"n": Schedule("n", ("blade1",), off="00:00", on="06:00")}
    weeks = month.weeks(dataclasses.replace(BERLIN, schedules=nights), 2027, 2)
    days = [day for week in weeks for day in week]
    assert all(f"{day.fired[0].at:%H:%M}" == "00:00" for day in days)


@pytest.mark.parametrize(
    ("at", "shift_h", "note"), [((2027, 3, 28), 1.0, "gap"), ((2027, 10, 31), -1.0, "fold")]
)
def test_t2_days_on_which_the_clocks_change_say_so(
    at: tuple[int, int, int], shift_h: float, note: str
) -> None:
    day = next(d for week in month.weeks(BERLIN, *at[:2]) for d in week if d.day == date(*at))
    assert day.shift_h == shift_h
    assert {one.note for one in day.fired} >= {note}


def test_the_days_of_the_clocks_are_found_ahead() -> None:
    assert list(month.shifts(BERLIN, date(2027, 1, 1), 365)) == [
        (date(2027, 3, 28), 1.0),
        (date(2027, 10, 31), -1.0),
    ]


def test_instants_are_those_of_the_sequencer() -> None:
    after, until = datetime(2027, 3, 27, tzinfo=UTC), datetime(2027, 3, 29, tzinfo=UTC)
    assert [one.goal for one in month.fired(BERLIN, after, until)] == [Goal.OFF, Goal.ON] * 2


def test_r8_02_the_page_shows_the_month_the_next_instants_and_what_a_night_does(browser: TestClient) -> None:
    text = browser.get("/schedules?month=2026-12").text
    assert text.count("22:00 off") >= 23
    assert "flush, then ups4 off" in text
    assert "does not change its clocks" in text


def test_the_page_says_what_happens_when_the_clocks_change(settings: Settings) -> None:
    client = of(settings, BERLIN)
    march = client.get("/schedules?month=2027-03").text
    assert "the clocks are put forward 1 h" in march
    assert "happens at the first instant after" in march
    assert "happens the first time only" in client.get("/schedules?month=2027-10").text
    december = client.get("/schedules?month=2027-12").text
    assert december.count("holiday</span>") == 7  # 1 January stands there too


@pytest.mark.parametrize("month", ["2026-13", "1999-12", "2100-01", "x", "2026-1", "٢٠٢٦-٠١"])
def test_a_month_that_is_none_is_this_one(browser: TestClient, month: str) -> None:
    answer = browser.get("/schedules", params={"month": month})
    assert answer.status_code == 200
    assert "today" in answer.text


def test_the_calendar_ends_somewhere(browser: TestClient) -> None:
    assert 'rel="next"' not in browser.get("/schedules?month=2099-12").text
    assert 'rel="prev"' not in browser.get("/schedules?month=2000-01").text


def test_a_site_without_schedules_says_so(settings: Settings) -> None:
    bare = dataclasses.replace(settings.site_file.site, schedules={})
    assert "nothing goes off or on by the clock" in of(settings, bare).get("/schedules").text
