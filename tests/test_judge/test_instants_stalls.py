"""What is due while a commander stands still, or knows that its clock cannot be right (L6, C7, T3, T4)."""

# ruff: noqa: N802 - the ids of the invariants keep their capitals in the names of the tests.

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

OFF, ON = "nightly/2026-11-19/off", "nightly/2026-11-19/on"
POLL_S = 5.0 + 1.0
"""One poll on line, and a second of latency."""


def missed(telling: Any) -> list[str]:
    return [breach.text.split()[0] for breach in telling.result("L6").breaches]


def late(night: Any, began_s: float, ended_s: float, node: str = "control1") -> Any:
    """Due at 22:00, fired 300 s later; the node stood still from then to then."""
    fired = night.changed(OFF, "late_s=0", "late_s=300").moved(OFF, 300)
    return fired.plus(f"{ended_s} {node} clock.gap {node} lost_s={ended_s - began_s} cause=stall")


@pytest.mark.parametrize(
    ("began_s", "ended_s", "broken"),
    [
        (-100, 299, False),
        (POLL_S, 299, False),
        (POLL_S + 0.1, 299, True),  # it was there, and let its poll go by
        (-100, 0, False),
        (-100, -1, True),
    ],
)
def test_L6_c7_what_comes_while_the_commander_stands_still_may_fire_when_it_goes_on(
    night: Any, began_s: float, ended_s: float, broken: bool
) -> None:
    assert bool(missed(late(night, began_s, ended_s))) is broken


def test_L6_c7_only_the_commanders_own_stall_counts(night: Any) -> None:
    assert missed(late(night, -100, 299, "control2")) == [OFF]
    unknown = late(night, -100, 299).changed("clock.gap", "lost_s=399", "of=nobody")
    assert missed(unknown) == [OFF], "it does not say for how long"
    nobody = night.without("lease.taken", OFF).plus("299 control1 clock.gap control1 lost_s=399")
    assert missed(nobody) == []


def test_L6_c7_who_goes_on_must_fire_what_came_meanwhile_or_report_it(night: Any) -> None:
    silent = night.without(OFF).plus("299 control1 clock.gap control1 lost_s=399 cause=stall")
    assert missed(silent) == [OFF]
    words = f"{OFF} was missed by 299 s and is not made up for"
    assert missed(silent.plus(f'300 control1 alarm.raised nightly rule=L6 text="{words}"')) == []


def test_L6_c7_a_stall_counts_beside_a_clock_that_somebody_has_set(night: Any) -> None:
    """`clock.stepped` is a fact of the room, `clock.gap` the node's own word."""
    stepped = late(night, -100, 299).plus("-500 room clock.stepped rack1 by_s=20 skew_s=20")
    assert missed(stepped) == []


def test_L6_t3_what_a_clock_is_past_from_the_start_is_not_due(night: Any) -> None:
    """By that of control1 it is twenty past ten when it takes the command, or twenty to twelve."""
    silent = night.without("schedule.fired")
    assert missed(silent) == [OFF, ON]
    assert missed(replace(silent, skew_s={"control1": 1800.0})) == [ON]
    assert missed(replace(silent, skew_s={"control1": 6600.0})) == []
    assert missed(replace(silent, skew_s={"rack1": 6600.0})) == [OFF, ON]


BEHIND = 'alarm.raised control2 rule={} text="the clock of control2 is far behind"'


def ahead(night: Any, *alarms: str) -> Any:
    """Half an hour ahead, control1 loses the command a minute before ten; control2's clock is right."""
    silent = night.without("schedule.fired").until(8000)
    return replace(silent, skew_s={"control1": 1800.0}).plus(
        "-60 control1 lease.lost reference", "-59 control2 lease.taken reference", *alarms
    )


def test_L6_t4_a_commander_whose_clock_is_behind_the_journal_has_said_that_nothing_fires(night: Any) -> None:
    assert missed(ahead(night)) == [OFF, ON]
    assert missed(ahead(night, "-59 control2 " + BEHIND.format("T4"))) == [ON], "due when its clock was right"


@pytest.mark.parametrize(
    "alarm",
    [
        "-59 control2 " + BEHIND.format("T3"),
        "-59 control2 " + BEHIND.format("T4").replace("control2 rule", "control1 rule"),
        "-61 control2 " + BEHIND.format("T4"),
    ],
)
def test_L6_t4_no_other_alarm_says_so(night: Any, alarm: str) -> None:
    assert missed(ahead(night, alarm)) == [OFF, ON]


def test_L6_t4_what_no_clock_has_shown_before_is_due_all_the_same(night: Any) -> None:
    first = night.without("schedule.fired").until(8000)
    alone = first.plus("-590 control1 " + BEHIND.format("T4").replace("control2", "control1"))
    assert missed(alone) == [OFF, ON]


def test_L6_t4_what_its_clock_was_past_before_it_said_so_was_due(night: Any) -> None:
    """It commands from two hours before ten on, and is set back an hour and a half when all that is over."""
    set_back = (
        "3600 room clock.stepped control2 by_s=-5400 skew_s=-5400",
        "3601 control2 " + BEHIND.format("T4"),
    )
    told = ahead(night).moved("lease.lost", -400).moved("control2 lease.taken", -399)
    assert missed(told.plus(*set_back)) == [OFF, ON], "control1 was past ten, and this one was so too"
    again = told.plus("-390 control2 " + BEHIND.format("T4"), *set_back)
    assert missed(again) == [ON], "it has waited since the first time"
    assert missed(told.plus("200 control2 " + BEHIND.format("T4"))) == [OFF, ON]
    assert missed(told.plus("-399 control2 " + BEHIND.format("T4"))) == [ON]


@pytest.mark.parametrize(
    ("on", "fired", "lost"),
    [
        ("03:01", True, []),
        ("03:02", True, ["on"]),
        ("03:01:30", True, ["on"]),
        ("03:01", False, ["off", "on"]),
    ],
)
def test_L6_t2_an_on_is_the_end_of_a_restart_where_this_night_alone_makes_one_of_the_two(
    night: Any, on: str, fired: bool, lost: list[str]
) -> None:
    """Half past two does not exist: the off comes at three, and its on a minute later."""
    schedule = replace(night.site.schedules["nightly"], off="02:30", on=on)
    told = night.at_site(time_zone="Europe/Berlin", schedules={"nightly": schedule}).until(-600)
    told = told.without("run.started", "run.ended").plus(
        "-600 room run.started reference start=2026-03-29T01:50:00+01:00",
        "-590 control1 lease.taken reference",
        "3000 room run.ended reference",
    )
    restart = (
        '0 control1 schedule.fired nightly id=nightly/2026-03-29/off goal=reboot servers="blade1" late_s=0'
    )
    told = told.plus(restart) if fired else told
    assert missed(told) == [f"nightly/2026-03-29/{half}" for half in lost]


SILENT = "control2 alarm.raised control1 rule=L5 text=silent"
"""Said when it has not been heard for `peer_limit`: 120 s."""


@pytest.mark.parametrize(
    ("told", "broken"),
    [
        ([], True),
        ([f"-10 {SILENT}"], False),
        ([f"239 {SILENT}"], False),
        ([f"241 {SILENT}"], True),  # it was there then
        ([f"-10 {SILENT}", "-5 control1 ups.on_line ups1"], True),  # he alone did not hear it
        ([f"-10 {SILENT}", "-130 control1 ups.on_line ups1"], False),  # the last that was heard of it
        ([f"-10 {SILENT}", "-126 control1 ups.on_line ups1"], False),  # before the next poll of it
        ([f"-10 {SILENT}", "-124 control1 ups.on_line ups1"], True),
        ([f"-10 {SILENT}", "3000 control1 ups.on_line ups1"], True),
        ([f"-10 {SILENT}", f"2000 {SILENT}"], False),
        (["-10 control1 alarm.raised control2 rule=L5 text=silent"], True),
        (["-10 control2 alarm.raised control2 rule=L5 text=silent"], True),
        ([f"-10 {SILENT}".replace("L5", "C9")], True),
        ([f"-10 {SILENT}", "-5 control1 lease.lost reference", "-4 control1 lease.taken reference"], True),
    ],
)
def test_L6_c7_a_commander_that_hangs_and_is_said_to_be_silent_fires_nothing(
    night: Any, told: list[str], broken: bool
) -> None:
    hangs = night.until(-300).without("run.ended").plus("3000 room run.ended reference", *told)
    assert (OFF in missed(hangs)) is broken
