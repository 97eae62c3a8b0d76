"""A place with a clock and a calendar, and a schedule to look at there."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta

from sequencer.schedules import Calendar, Schedule

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Place:
    time_zone: str = "Asia/Tokyo"
    calendar: Calendar = field(default_factory=Calendar)


def schedule(**further: object) -> Schedule:
    return replace(Schedule("nightly", ("blade1",), "daily", "22:00", "22:48"), **further)
