"""Every instant of a schedule fires, once, and in time: S35, L6."""

# ruff: noqa: N802 - the ids of the invariants keep their capitals in the names of the tests.

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from sequencer.schedules import Cause, Combine
from teiden.judge.verdict import Status

OFF, ON = "nightly/2026-11-19/off", "nightly/2026-11-19/on"


def test_S35_an_instant_that_fires_twice_is_reported(night: Any) -> None:
    """T1: the clock was set back over it."""
    twice = night.plus(f"60 control1 schedule.fired nightly id={OFF} goal=down servers=blade1 late_s=0")

    assert twice.broken == ["S35"]
    assert twice.breach("S35") == f"{OFF} fired at 0 s and again at 60 s"


def test_S35_the_next_day_is_another_instant(night: Any) -> None:
    later = night.until(86400).plus(
        "86400 control1 schedule.fired nightly id=nightly/2026-11-20/off goal=down servers=blade1 late_s=0"
    )

    assert later.result("S35").breaches == ()
    assert later.result("S35").put_to_test == 3


def test_L6_an_instant_that_never_fires_is_reported(night: Any) -> None:
    silent = night.without(OFF).until(8000)

    assert silent.breach("L6") == f"{OFF} was due at -2880 s, did not fire, and nobody said so"


def test_L6_a_loss_that_is_reported_is_none(night: Any) -> None:
    told = night.without(OFF).plus(
        f'5 control1 alarm.raised nightly rule=L6 text="{OFF} was missed by 700 s and is not made up for"'
    )

    assert told.result("L6").breaches == ()


def test_L6_while_nobody_commands_nothing_can_fire(night: Any) -> None:
    dead = night.without(OFF).plus("-10 control1 lease.lost reference", "50 control1 lease.taken reference")

    assert dead.result("L6").breaches == ()
    assert night.without(OFF).plus("-10 control2 lease.lost reference").result("L6").breaches


def test_L6_what_was_due_before_anybody_commanded_may_fire_late(night: Any) -> None:
    caught_up = night.moved("lease.taken", 300).changed(OFF, "late_s=0", "late_s=300")
    caught_up = caught_up.moved(OFF, 300)

    assert caught_up.result("L6").breaches == ()


def test_L6_an_instant_that_fires_late_is_reported(night: Any) -> None:
    late = night.changed(OFF, "late_s=0", "late_s=30").moved(OFF, 30)

    assert late.breach("L6") == f"{OFF} fired at 0 s, 30 s late"
    assert night.changed(OFF, "late_s=0", "late_s=5").result("L6").breaches == ()


def test_L6_what_a_step_of_the_clock_jumped_over_may_be_late(night: Any) -> None:
    stepped = night.changed(OFF, "late_s=0", "late_s=300").plus(
        "-1 room clock.stepped control1 by_s=301 skew_s=301"
    )

    assert stepped.result("L6").breaches == ()
    other = stepped.changed("clock.stepped", "control1", "control2")
    assert other.result("L6").breaches


def test_L6_a_step_far_ahead_makes_instants_due(night: Any) -> None:
    jump = night.until(-100).plus("-200 room clock.stepped control1 by_s=3000 skew_s=3000")

    assert [b.text.split()[0] for b in jump.result("L6").breaches] == [OFF]


def test_L6_a_clock_that_shows_1970_makes_nothing_due_that_fell_before_the_run(night: Any) -> None:
    """T4: a node commands by it until a time service has set it; its alarm says that no schedule fires."""
    years_s = 56 * 365 * 86400
    wrong = night.plus(
        f"-595 room clock.stepped control1 by_s=-{years_s}",
        f"-300 room clock.stepped control1 by_s={years_s}",
    )

    assert wrong.result("L6").breaches == ()
    assert wrong.without(OFF).until(8000).result("L6").breaches


def test_L6_who_is_off_already_is_no_news(night: Any) -> None:
    asked = night.without(OFF).plus(
        '-300 control1 request.accepted reference wish=power_off id=r1 of="blade1, blade2, rack1, rack2"'
    )

    assert asked.result("L6").breaches == ()


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        ({"off_by": (Cause.LAN,)}, [ON]),  # nothing happens at its time of day
        ({"off_by": (Cause.SCHEDULE, Cause.LAN), "off_when": Combine.ALL}, [ON]),  # the LAN may go on
        ({"on_by": (Cause.RESTORE,)}, [OFF]),
        ({"on": "22:01"}, [OFF]),  # its on is the second half of the restart
        ({}, [OFF, ON]),
    ],
)
def test_L6_only_what_the_schedule_really_does_is_due(
    night: Any, changes: dict[str, Any], missing: list[str]
) -> None:
    nightly = replace(night.site.schedules["nightly"], **changes)
    silent = night.without("schedule.fired").at_site(schedules={"nightly": nightly})

    assert [b.text.split()[0] for b in silent.result("L6").breaches] == missing


def test_L6_says_nothing_without_schedules_or_without_the_time(night: Any, outage: Any) -> None:
    assert outage.result("L6").status is Status.NOT_APPLICABLE
    unknown = night.changed("run.started", "start=", "begun=").result("L6")
    assert unknown.status is Status.NOT_APPLICABLE
    assert unknown.why_not == "the stream does not tell at what time it began"
