"""From a schedule to the instants at which servers are to go off and on (R8-02, R8-03, R10-54).

Pure: the time is given, never asked for. Where the clocks are put forward, a time of day that is not
there happens at the first instant after the gap; where they are put back, one that is there twice
happens the first time only (T2, L6). Every instant has an id that is the same on every node and in
every life, so that it fires once (S35).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum
from functools import lru_cache
from typing import Protocol
from zoneinfo import ZoneInfo

from sequencer.days import falls_on
from sequencer.schedules import Calendar, Cause, Schedule
from sequencer.site import Site

LOOK_AHEAD_DAYS = 400
"""Nothing within a year and a month is nothing: a schedule of past dates has ended."""

RESTART = timedelta(seconds=60)
"""Off and on one minute apart mean a restart of the servers (R10-41, S21)."""

_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)


class Place(Protocol):
    """What of a site decides when its schedules fire."""

    @property
    def time_zone(self) -> str: ...
    @property
    def calendar(self) -> Calendar: ...


@dataclass(frozen=True, slots=True)
class _Where:
    time_zone: str
    calendar: Calendar


class Goal(Enum):
    """What an instant wants its servers to be."""

    OFF = "off"
    ON = "on"


@dataclass(frozen=True, slots=True)
class Instant:
    id: str
    """`nightly/2026-11-20/off`: schedule, day in the site's time zone, goal."""
    schedule: str
    goal: Goal
    at: datetime
    """In UTC."""
    note: str = ""
    """`gap`: its time of day was not there that day; `fold`: it was there twice."""


def instants(site: Place, schedule: Schedule, after: datetime, until: datetime) -> list[Instant]:
    """Every off and on with after < at <= until, in order."""
    zone = ZoneInfo(site.time_zone)
    day, last = _local_day(after, zone) - 2 * _DAY, _local_day(until, zone) + _DAY
    found: list[Instant] = []
    while day <= last:
        found += [i for i in _of_day(site, schedule, zone, day) if after < i.at <= until]
        day += _DAY
    return sorted(found, key=_order)


def next_instant(
    site: Place, schedule: Schedule, after: datetime, goal: Goal | None = None
) -> Instant | None:
    """The first instant later than `after`, of this goal if one is given; None within LOOK_AHEAD_DAYS."""
    return _next(_Where(site.time_zone, site.calendar), schedule, after, goal)


@lru_cache(maxsize=4096)
def _next(where: _Where, schedule: Schedule, after: datetime, goal: Goal | None) -> Instant | None:
    """Remembered, for a site asks the same of every server of a schedule and of every array."""
    zone = ZoneInfo(where.time_zone)
    first = _local_day(after, zone) - 2 * _DAY

    def on(day: date) -> list[Instant]:
        found = _of_day(where, schedule, zone, day)
        return [i for i in found if i.at > after and goal in (None, i.goal)]

    for n in range(LOOK_AHEAD_DAYS + 2):
        day = first + n * _DAY
        if found := on(day):  # a day that a time zone leaves out pushes its instants into the next
            return min(found + on(day + _DAY), key=_order)
    return None


def next_off(site: Site, server: str, after: datetime) -> Instant | None:
    """When any of this server's schedules wants it off next."""
    return _next_of(site, server, after, Goal.OFF)


def next_on(site: Site, server: str, after: datetime) -> Instant | None:
    """When any of this server's schedules wants it on next."""
    return _next_of(site, server, after, Goal.ON)


def is_reboot(off: Instant, on: Instant | None) -> bool:
    """Exactly one minute apart: the servers restart, no array is touched (R10-41, R10-42, S21)."""
    return on is not None and on.at - off.at == RESTART


def _next_of(site: Site, server: str, after: datetime, goal: Goal) -> Instant | None:
    schedules = [s for s in site.schedules.values() if server in s.servers]
    found = [i for s in schedules if (i := next_instant(site, s, after, goal)) is not None]
    return min(found, key=_order, default=None)


def _order(instant: Instant) -> tuple[datetime, bool, str]:
    """By time; of two at once the on first: it ends the last night, the off begins the next."""
    return instant.at, instant.goal is Goal.OFF, instant.id


def _of_day(site: Place, schedule: Schedule, zone: ZoneInfo, day: date) -> Iterator[Instant]:
    if _goes_off(site, schedule, day):
        yield _instant(schedule, Goal.OFF, day, *_resolved(zone, day, _clock(schedule.off)))
    if _goes_on(site, schedule, day):
        yield _instant(schedule, Goal.ON, day, *_on_at(site, schedule, zone, day))


def _instant(schedule: Schedule, goal: Goal, day: date, at: datetime, note: str) -> Instant:
    return Instant(f"{schedule.name}/{day.isoformat()}/{goal.value}", schedule.name, goal, at, note)


# Days. What the site file does not tick as a cause never happens (R8-02, R8-03).


def _goes_off(site: Place, schedule: Schedule, day: date) -> bool:
    return (
        _has_off(schedule)
        and falls_on(schedule.days, day, site.calendar)
        and not _is_excepted(site, schedule, day)
    )


def _goes_on(site: Place, schedule: Schedule, day: date) -> bool:
    if not schedule.on or Cause.SCHEDULE not in schedule.on_by:
        return False
    if is_restart(schedule):  # the second half of one thing: not left undone because of the day
        return _goes_off(site, schedule, _day_of_off(schedule, day))
    if _is_excepted(site, schedule, day):
        return False
    if schedule.on_days:
        return falls_on(schedule.on_days, day, site.calendar)
    if not _has_off(schedule):
        return falls_on(schedule.days, day, site.calendar)
    before = _day_of_off(schedule, day)
    for _ in range(LOOK_AHEAD_DAYS):
        if before == day or not _is_excepted(site, schedule, before):
            break
        before -= _DAY  # an on that fell on an excepted day was put off until today
    return _goes_off(site, schedule, before)


def _has_off(schedule: Schedule) -> bool:
    return bool(schedule.off) and Cause.SCHEDULE in schedule.off_by


def _is_excepted(site: Place, schedule: Schedule, day: date) -> bool:
    return any(falls_on(text, day, site.calendar) for text in schedule.except_dates)


# Times.


@lru_cache(maxsize=1024)
def is_restart(schedule: Schedule) -> bool:
    """Written one minute apart, whatever the clocks do that night (R10-41)."""
    if not _has_off(schedule) or not schedule.on or schedule.on_days:
        return False
    return _apart(schedule) == RESTART


@lru_cache(maxsize=1024)
def _apart(schedule: Schedule) -> timedelta:
    """From `off` to the next `on` by the face of the clock: more than nothing, at most a day."""
    anywhere = date(2000, 1, 2)
    off = datetime.combine(_day_of_off(schedule, anywhere), _clock(schedule.off))
    return datetime.combine(anywhere, _clock(schedule.on)) - off


def _day_of_off(schedule: Schedule, day: date) -> date:
    """The day of the last `off` before the `on` of this day."""
    return day if _clock(schedule.off) < _clock(schedule.on) else day - _DAY


def _on_at(site: Place, schedule: Schedule, zone: ZoneInfo, day: date) -> tuple[datetime, str]:
    """When this day's `on` happens. In a gap with its off, or a restart: as far apart as written."""
    at, note = _resolved(zone, day, _clock(schedule.on))
    if _has_off(schedule):
        before = _day_of_off(schedule, day)
        if _goes_off(site, schedule, before):
            off_at, _ = _resolved(zone, before, _clock(schedule.off))
            if at <= off_at or is_restart(schedule):
                return off_at + _apart(schedule), note
    return at, note


@lru_cache(maxsize=4096)
def _resolved(zone: ZoneInfo, day: date, clock: time) -> tuple[datetime, str]:
    """A time of day as an instant in UTC, and what was strange about it."""
    local = datetime.combine(day, clock)
    first, second = (local.replace(tzinfo=zone, fold=fold).utcoffset() for fold in (0, 1))
    assert first is not None
    assert second is not None
    at = (local - first).replace(tzinfo=UTC)
    if first == second:
        return at, ""
    if first > second:
        return at, "fold"
    return _end_of_gap(zone, (local - second).replace(tzinfo=UTC), at), "gap"


def _end_of_gap(zone: ZoneInfo, early: datetime, late: datetime) -> datetime:
    """The instant between these two, to the second, from which on the new offset holds."""
    before = early.astimezone(zone).utcoffset()
    while late - early > _SECOND:
        middle = early + (late - early) // _SECOND // 2 * _SECOND
        if middle.astimezone(zone).utcoffset() == before:
            early = middle
        else:
            late = middle
    return late


@lru_cache(maxsize=1024)
def _clock(text: str) -> time:
    hours, minutes, seconds = (*map(int, text.split(":")), 0)[:3]
    return time(hours, minutes, seconds)


def _local_day(at: datetime, zone: ZoneInfo) -> date:
    assert at.tzinfo is not None, f"{at} has no time zone"
    return at.astimezone(zone).date()
