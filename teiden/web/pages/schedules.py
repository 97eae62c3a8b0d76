"""Schedules: a month as a calendar, the next instants of each, and what each night does."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response

from sequencer.calendar import LOOK_AHEAD_DAYS, Goal, next_instant
from sequencer.schedules import Cause, Schedule
from sequencer.site import Site
from teiden.language.say import later, said, t
from teiden.plan.runbook import night
from teiden.web import month
from teiden.web.console import console_of
from teiden.web.routes import Way, read
from teiden.web.view import page

ASKED = re.compile(r"([0-9]{4})-([0-9]{2})")
WEEKDAYS = (
    later("Mon"),
    later("Tue"),
    later("Wed"),
    later("Thu"),
    later("Fri"),
    later("Sat"),
    later("Sun"),
)
NOTES = {
    "gap": later("not there that day: the clocks are put forward, and it happens at the first instant after"),
    "fold": later("there twice that day: the clocks are put back, and it happens the first time only"),
}
CAUSES = {
    Cause.SCHEDULE: later("by the clock"),
    Cause.LAN: later("once the LAN is silent"),
    Cause.RESTORE: later("after an outage"),
}
NEXT = 6


async def schedules(request: Request) -> Response:
    site = console_of(request).settings.site_file.site
    zone = ZoneInfo(site.time_zone)
    now = datetime.now(UTC)
    today = now.astimezone(zone).date()
    year, number = _asked(request.query_params.get("month", ""), today)
    values = {
        "zone": site.time_zone,
        "now": f"{now.astimezone(zone):%Y-%m-%d %H:%M}",
        "month": f"{year}-{number:02d}",
        "before": _neighbour(year, number, -1),
        "after": _neighbour(year, number, 1),
        "weekdays": [said(day) for day in WEEKDAYS],
        "weeks": [[_day(day, today) for day in week] for week in month.weeks(site, year, number)],
        "schedules": [_schedule(site, one, now, zone) for one in site.schedules.values()],
        "shifts": [
            {"day": day.isoformat(), "text": _shifted(by_h)}
            for day, by_h in month.shifts(site, today, LOOK_AHEAD_DAYS)
        ],
        "calendar": site.calendar,
        "held": site.lan_watch,
    }
    return page(request, "schedules.html", values)


def _asked(text: str, today: date) -> tuple[int, int]:
    found = ASKED.fullmatch(text)
    if found and 1 <= int(found[2]) <= 12 and month.FIRST <= int(found[1]) <= month.LAST:
        return int(found[1]), int(found[2])
    return today.year, today.month


def _neighbour(year: int, number: int, by: int) -> str:
    """'' where the calendar ends."""
    year, number = year + (number - 1 + by) // 12, (number - 1 + by) % 12 + 1
    return f"{year}-{number:02d}" if month.FIRST <= year <= month.LAST else ""


def _day(day: month.Day, today: date) -> dict[str, object]:
    return {
        "n": day.day.day,
        "date": day.day.isoformat(),
        "weekday": said(WEEKDAYS[day.day.weekday()]),
        "inside": day.inside,
        "today": day.day == today,
        "weekend": day.day.weekday() >= 5,
        "holiday": day.holiday,
        "shift": _shifted(day.shift_h) if day.shift_h else "",
        "fired": [
            {
                "at": f"{one.at:%H:%M}",
                "schedule": one.schedule,
                "goal": _goal(one.goal),
                "tone": "off" if one.goal is Goal.OFF else "good",
                "note": said(NOTES[one.note]) if one.note else "",
            }
            for one in day.fired
        ],
    }


def _goal(goal: Goal) -> str:
    return t("off") if goal is Goal.OFF else t("on")


def _shifted(by_h: float) -> str:
    if by_h > 0:
        return t("the clocks are put forward {hours} h", hours=f"{by_h:g}")
    return t("the clocks are put back {hours} h", hours=f"{-by_h:g}")


def _schedule(site: Site, schedule: Schedule, now: datetime, zone: ZoneInfo) -> dict[str, object]:
    return {
        "name": schedule.name,
        "servers": " ".join(schedule.servers),
        "days": schedule.days,
        "except": ", ".join(schedule.except_dates),
        "off_by": ", ".join(said(CAUSES[cause]) for cause in schedule.off_by) if schedule.off else "",
        "on_by": ", ".join(said(CAUSES[cause]) for cause in schedule.on_by),
        "night": [{"at": at, "what": what} for at, what in night(site, schedule, now.date())],
        "next": list(_next(site, schedule, now, zone)),
    }


def _next(site: Site, schedule: Schedule, now: datetime, zone: ZoneInfo) -> Iterator[dict[str, str]]:
    after = now
    for _ in range(NEXT):
        instant = next_instant(site, schedule, after)
        if instant is None:
            return
        one = month.as_fired(instant, zone)
        yield {
            "at": f"{one.at:%Y-%m-%d} {said(WEEKDAYS[one.at.weekday()])} {one.at:%H:%M} ({one.at:%z})",
            "goal": _goal(one.goal),
            "tone": "off" if one.goal is Goal.OFF else "good",
            "note": said(NOTES[one.note]) if one.note else "",
        }
        after = instant.at if instant.at > after else after + timedelta(seconds=1)


ROUTES: list[Way] = [read("/schedules", schedules)]
