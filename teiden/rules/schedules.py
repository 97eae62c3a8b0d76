"""Rules of the schedules: the night is long enough for the disk to go off and come back."""

from __future__ import annotations

import math
from collections.abc import Iterator

from sequencer.schedules import Schedule
from sequencer.site import Array, Site
from teiden.language.say import t
from teiden.plan.arithmetic import amount, names
from teiden.plan.nights import REBOOT_GAP_S, clock, gap_s, needed_gap, recommended_gap, sleeping_arrays
from teiden.rules.finding import Broken, Change, Found, Margin, Remedy, Severity
from teiden.rules.registry import rule

MINUTE_S = 60.0
DAY_S = 86400.0


@rule(
    "R10-46",
    Severity.WARNING,
    "the gap between off and on is long enough to switch the disk off",
    why="""
    In a scheduled night the disk is flushed and switched off only if there is time for it: the servers'
    UPSes going off, 10 minutes for the work in between, and the lead with which the disk is switched on
    again (its warm-up time + 6 minutes + the flush limit). In the document's example 420 + 600 + 1380 =
    2400 s. Where controllers and enclosures have UPSes of their own, these go to sleep one after the
    other, and that path is computed too; the longer one counts. In a shorter gap the servers stop and
    the disk stays on. A gap of exactly one minute is a restart of the servers and touches no disk.
    """,
    also=("R10-47", "R10-48", "R10-55", "S22", "T6"),
)
def night_is_long_enough(site: Site) -> Iterator[Found]:
    for schedule, array in _nights(site):
        has = amount(
            gap_s(site, schedule),
            t("{off} to {on}", off=schedule.off, on=schedule.on),
            ("schedules", schedule.name, "on"),
        )
        needs = needed_gap(site, array, schedule)
        margin = Margin(
            t("night gap long enough to switch {array} off", array=array.name), needs, has, needs.brief
        )
        yield margin
        if margin.short:
            yield Broken(
                t(
                    "{schedule}: off at {off}, on at {on}: {array} stays on",
                    schedule=schedule.name,
                    off=schedule.off,
                    on=schedule.on,
                    array=array.name,
                ),
                ("schedules", schedule.name, "on"),
                margin,
                _later(schedule, recommended_gap(site, array, schedule).total),
            )


@rule(
    "R10-50",
    Severity.WARNING,
    "the gap between off and on is the recommended one",
    why="""
    The document's rule gives 40 minutes for its example and its example uses 48. Those 48 are what you
    get when the disk's own UPS going off (7 minutes) is added and the sum rounded up to the cards'
    steps of 6 minutes. Between the two the disk does go off, with little to spare.
    """,
)
def night_is_as_recommended(site: Site) -> Iterator[Found]:
    for schedule, array in _nights(site):
        gap = gap_s(site, schedule)
        needs = recommended_gap(site, array, schedule)
        has = amount(
            gap, t("{off} to {on}", off=schedule.off, on=schedule.on), ("schedules", schedule.name, "on")
        )
        margin = Margin(
            t("recommended gap for {array}", array=array.name), needs, has, needs.brief, headline=False
        )
        yield margin
        if margin.short and gap >= needed_gap(site, array, schedule).total:
            yield Broken(
                t(
                    "{schedule}: {array} goes off and comes back with little to spare",
                    schedule=schedule.name,
                    array=array.name,
                ),
                ("schedules", schedule.name, "on"),
                margin,
                _later(schedule, needs.total),
            )


@rule(
    "R10-44",
    Severity.NOTE,
    "a scheduled disk has all its servers in the schedule",
    why="""
    A disk is switched off by a schedule only if everybody who uses it is off for the whole time. One
    server left out keeps the disk on, and running unflushed, which may be just what is meant.
    """,
    also=("S23",),
)
def everybody_sleeps(site: Site) -> Iterator[Found]:
    for schedule in site.schedules.values():
        for array in site.linked_arrays:
            users = [s.name for s in site.linked_servers if array.name in s.arrays]
            awake = [name for name in users if name not in schedule.servers]
            if awake and len(awake) < len(users):
                yield Broken(
                    t(
                        "{schedule}: {array} stays on because of {awake}",
                        schedule=schedule.name,
                        array=array.name,
                        awake=names(awake),
                    ),
                    ("schedules", schedule.name, "servers"),
                )


def _nights(site: Site) -> Iterator[tuple[Schedule, Array]]:
    for schedule in site.schedules.values():
        if gap_s(site, schedule) not in (REBOOT_GAP_S, math.inf):
            for array in sleeping_arrays(site, schedule):
                yield schedule, array


def _later(schedule: Schedule, gap: float) -> tuple[Remedy, ...]:
    gap = math.ceil(gap / MINUTE_S) * MINUTE_S
    if gap >= DAY_S:
        return ()
    on = clock(schedule.off, gap)
    return (Remedy((Change(("schedules", schedule.name, "on"), on, t("or later")),)),)
