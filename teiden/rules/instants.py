"""What the schedules of a site do in the year ahead: offs, ons and nights, for the rules."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache

from sequencer.calendar import LOOK_AHEAD_DAYS, Instant, instants
from sequencer.schedules import Calendar, Cause, Schedule
from sequencer.site import ServerRole, Site
from teiden.plan.nights import Night, nights

MOST_KNOWN = 500

_known: dict[tuple[Schedule, Calendar, str], tuple[Instant, ...]] = {}
"""Rules are held against many variants of a site, with the same few schedules."""


@cache
def today() -> datetime:
    """The day on which the site is checked; the same one through a whole check, over midnight too."""
    return datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def year(site: Site, schedule: Schedule) -> tuple[Instant, ...]:
    """Every off and on of the year ahead, in order."""
    key = (schedule, site.calendar, site.time_zone)
    if key not in _known:
        if len(_known) >= MOST_KNOWN:
            _known.clear()
        _known[key] = tuple(instants(site, schedule, today(), today() + timedelta(days=LOOK_AHEAD_DAYS)))
    return _known[key]


def shortest_night(site: Site, schedule: Schedule) -> Night | None:
    """The night with the shortest time from an off to the next on; None if there is none."""
    return min(nights(site, schedule), key=lambda night: night.gap_s, default=None)


def goes_off(schedule: Schedule) -> bool:
    """Something of it switches off: a time, or the silence of the LAN."""
    return Cause.LAN in schedule.off_by or (bool(schedule.off) and Cause.SCHEDULE in schedule.off_by)


def goes_on(schedule: Schedule) -> bool:
    """It has a time at which it switches on."""
    return bool(schedule.on) and Cause.SCHEDULE in schedule.on_by


def is_control(site: Site, schedule: Schedule) -> bool:
    return any(site.servers[name].role is ServerRole.CONTROL for name in schedule.servers)


def local(site: Site, instant: Instant) -> str:
    """`2026-11-20 22:00`, as the clocks of the site show it."""
    from zoneinfo import ZoneInfo

    at = instant.at.astimezone(ZoneInfo(site.time_zone))
    return f"{at:%Y-%m-%d %H:%M:%S}" if at.second else f"{at:%Y-%m-%d %H:%M}"
