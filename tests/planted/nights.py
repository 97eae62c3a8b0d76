"""Bugs in scheduled running: instants, restarts, short nights, arrays that somebody still uses."""

from __future__ import annotations

from typing import Any

from sequencer import array_off, calendar, guards, planned, schedule, timing, wants
from sequencer.journal import Goal
from sequencer.planned import until_wall
from sim.story import ClockStep
from teiden.story import Story
from tests.nights import TEN, night_site, nightly
from tests.planted.plant import Plant, all_of, allows, at_night, instead, no_steps, twice
from tests.worlds import HOUR_S, LINKED


def one_minute() -> Story:
    return at_night("Off and on one minute apart", zero=TEN, site=night_site(nightly("22:01")), until_s=900.0)


def too_short() -> Story:
    site = night_site(nightly("22:39:59"))
    return at_night("A night one second too short", zero=TEN, site=site, until_s=HOUR_S)


def three_of_four() -> Story:
    site = night_site(nightly("07:00", servers=LINKED[:3]))
    return at_night("Three servers of four sleep", zero=TEN, site=site, until_s=HOUR_S)


def clock_set_back() -> Story:
    step = ClockStep(2880.5, "control1", -900)
    site = night_site()
    return at_night("The clock is set back after the on", step, zero=TEN, site=site, until_s=1.5 * HOUR_S)


def plain_night() -> Story:
    return at_night("The document's night", zero=TEN, site=night_site(), until_s=900.0)


# The mutants


def by_the_clock_alone(run: Any, plan: Any, since: Any) -> Any:
    """What fired already is not remembered: the next instant is what the clock says is next."""
    now = run.ports.wall.now
    while (instant := calendar.next_instant(run.site, plan, now())) is not None:
        yield from until_wall(run, instant.at)
        yield from schedule.fire(run, plan, instant)
        yield from run.pause(1.0)


def sleeps_with_anybody(run: Any, array: Any) -> bool:
    return any(wants.wants(run, s.name, Goal.DOWN) for s in wants.linked_users(run.site, array))


PLANTS = (
    Plant(
        "S21",
        "a-restart-is-an-off",
        "off and on one minute apart are taken for an off",
        instead(calendar, "is_reboot", lambda off, on: False),
        one_minute,
    ),
    Plant(
        "S22",
        "no-night-is-too-short",
        "an array sleeps whenever its users do, for however long",
        instead(timing, "shortest_night_s", lambda site, array, flushes=1: 0.0),
        too_short,
    ),
    Plant(
        "S23",
        "one-sleeper-is-enough",
        "an array goes off when any of its users is to be off; nobody waits for the others' UPSes, and the "
        "guard of the flush says yes",
        all_of(
            instead(wants, "sleeps", sleeps_with_anybody),
            instead(planned, "sleeps", sleeps_with_anybody),
            instead(array_off, "users_are_off", no_steps),
            instead(guards, "flush_array", allows),
        ),
        three_of_four,
    ),
    Plant(
        "S35",
        "fired-again",
        "a clock that is set back makes an instant fire again",
        instead(schedule, "keep", by_the_clock_alone),
        clock_set_back,
    ),
    Plant(
        "L10",
        "restarted-again",
        "a restart is done twice, and nobody asks, the second defence, for how long who is up has been so",
        all_of(
            instead(planned, "reboot", twice(planned.reboot)),
            instead(planned, "booted_since_wanted", lambda run, server: False),
        ),
        one_minute,
    ),
    Plant(
        "L6",
        "never-fired",
        "an instant comes, and nothing is written down",
        instead(schedule, "fire", no_steps),
        plain_night,
    ),
)
