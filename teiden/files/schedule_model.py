"""Scheduled running in a site file as pydantic reads it: schedules, the calendar, and whom to listen for.

Attributes are called like those of `sequencer.schedules`, keys (their aliases) as the operator writes them.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from sequencer.schedules import LanWatch, Schedule
from teiden.files.field_types import (
    Address,
    Clock,
    Country,
    Days,
    Duration,
    Entry,
    Positive,
    Reference,
    Span,
    given,
    needed,
)
from teiden.files.units import written_s

_SCHEDULE = Schedule("", ())


class ScheduleEntry(Entry):
    """When some servers go off and come back; a time that is not given never happens."""

    servers: Annotated[list[Reference], Field(min_length=1)] = needed(
        "servers", "Who is switched off and on: linked servers, or all control nodes; never both."
    )
    off: Clock = given(
        "off", "Time of day in the site's time zone, e.g. 22:00. Without it: no scheduled off."
    )
    on: Clock = given(
        "on",
        "Time of day; at or before `off` means the next day. One minute after `off`: a restart (R10-41).",
    )
    days: Days = given(
        "days",
        "Days of the off: daily, mon-fri, mon,wed, 2026-12-24, 2026-12-29..2027-01-03, holidays; "
        "several separated by commas.",
        _SCHEDULE.days,
    )
    on_days: Days = given(
        "on_days",
        "Days of the on, written as `days`. Without it: at the first `on` after every off; "
        "where there is no off, on `days`.",
    )
    except_dates: list[Days] = given(
        "except", "Neither happens on these days, written as `days`, e.g. [2027-01-01, holidays]."
    )
    off_by: list[Literal["schedule", "lan"]] = given(
        "off_by",
        "切断要因: what may switch them off. lan: all hosts of `lan_watch` are silent (R8-03, R8-04).",
        [cause.value for cause in _SCHEDULE.off_by],
    )
    off_when: Literal["any", "all"] = given(
        "off_when",
        "any: the first of the causes suffices; all: not before `off`, and then when the LAN is silent.",
        _SCHEDULE.off_when.value,
    )
    on_by: list[Literal["schedule", "restore"]] = given(
        "on_by",
        "投入要因: what may switch them on. restore: the mains are back after an outage (R8-02).",
        [cause.value for cause in _SCHEDULE.on_by],
    )
    catch_up_s: Duration = given(
        "catch_up",
        "An off that was missed, because nobody commanded, is made up for this long; an on always is.",
        written_s(_SCHEDULE.catch_up_s),
    )


class CalendarEntry(Entry):
    """Which days `holidays` means in a schedule."""

    country: Country = given(
        "country", "Its public holidays count: ISO code of a country, JP, or of a part of one, DE-BY."
    )
    closed: list[Span] = given("closed", "The site's own closed days: [2026-12-24, 2026-12-29..2027-01-03].")


class LanWatchEntry(Entry):
    """LAN切断情報: machines whose silence means that nobody works any more (R8-04)."""

    hosts: Annotated[list[Address], Field(min_length=1)] = needed("hosts", "Their addresses.")
    silent_s: Positive = given(
        "silent_for", "All of them have to be silent this long.", written_s(LanWatch().silent_s)
    )
