"""A month of a site's schedules as a calendar: each day with its instants, in the site's time zone."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from sequencer.calendar import Goal, Instant, instants
from sequencer.days import is_holiday
from sequencer.site import Site

FIRST, LAST = 2000, 2099
"""Years that may be asked for."""


@dataclass(frozen=True, slots=True)
class Fired:
    """One instant as the site's clock shows it."""

    at: datetime
    schedule: str
    goal: Goal
    note: str
    """`gap`: its time of day is not there that day; `fold`: it is there twice."""


@dataclass(frozen=True, slots=True)
class Day:
    day: date
    inside: bool
    """It is of this month; others fill the week."""
    holiday: bool
    shift_h: float
    """By how much the clocks are put forward that day, hours; negative: back."""
    fired: tuple[Fired, ...]


def weeks(site: Site, year: int, month: int) -> list[list[Day]]:
    """Whole weeks, Monday first."""
    zone = ZoneInfo(site.time_zone)
    first = date(year, month, 1)
    first -= timedelta(days=first.weekday())
    last = date(year, month, monthrange(year, month)[1])
    last += timedelta(days=6 - last.weekday())
    by_day: dict[date, list[Fired]] = {}
    for one in fired(site, _midnight(zone, first), _midnight(zone, last + timedelta(days=1))):
        by_day.setdefault(one.at.date(), []).append(one)
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    told = [_day(site, zone, day, month, tuple(by_day.get(day, ()))) for day in days]
    return [told[n : n + 7] for n in range(0, len(told), 7)]


def fired(site: Site, after: datetime, until: datetime) -> list[Fired]:
    """Every instant of every schedule, in order; after < at <= until."""
    zone = ZoneInfo(site.time_zone)
    found = [i for s in site.schedules.values() for i in instants(site, s, after, until)]
    return [as_fired(instant, zone) for instant in sorted(found, key=lambda i: (i.at, i.id))]


def as_fired(instant: Instant, zone: ZoneInfo) -> Fired:
    return Fired(instant.at.astimezone(zone), instant.schedule, instant.goal, instant.note)


def shifts(site: Site, after: date, days: int) -> Iterator[tuple[date, float]]:
    """The days on which the clocks are changed, and by how many hours."""
    zone = ZoneInfo(site.time_zone)
    for n in range(days):
        day = after + timedelta(days=n)
        if by_h := _shift_h(zone, day):
            yield day, by_h


def _day(site: Site, zone: ZoneInfo, day: date, month: int, found: tuple[Fired, ...]) -> Day:
    holiday = is_holiday(day, site.calendar)
    return Day(day, day.month == month, holiday, _shift_h(zone, day), found)


def _shift_h(zone: ZoneInfo, day: date) -> float:
    long = _midnight(zone, day + timedelta(days=1)) - _midnight(zone, day)
    return 24.0 - long.total_seconds() / 3600.0


def _midnight(zone: ZoneInfo, day: date) -> datetime:
    """In UTC, so that differences are real time; just before, so that what fires then is of this day."""
    at = datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
    return at - timedelta(microseconds=1)
