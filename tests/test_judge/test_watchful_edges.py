"""From when the next outage is owed its confirmation, and every alarm its place in the outbox: L7, L9."""

# ruff: noqa: N802 - the ids of the invariants keep their capitals in the names of the tests.

from __future__ import annotations

from typing import Any

import pytest

from tests.told_well import CALM

LATE_S = 60.0 + 11.0
"""The confirm time of ups5, and one stale reading."""
NOTICE_S = 5.0
ON = "0 control1 ups.on_battery ups5"


def l7(telling: Any) -> list[float]:
    return [breach.t - 600 for breach in telling.result("L7").breaches]


@pytest.mark.parametrize(("over_s", "late"), [(0.0, False), (0.1, True)])
def test_L7_it_is_late_after_its_confirm_time_and_one_stale_reading(
    tell: Any, over_s: float, late: bool
) -> None:
    from teiden.judge.invariants import watchful

    assert watchful.NOTICE_S == NOTICE_S
    at_s = LATE_S + NOTICE_S + over_s
    assert bool(l7(tell(CALM).plus(ON, f"{at_s} control1 ups.on_line ups5"))) is late
    assert bool(l7(tell(CALM).plus(ON, f"{at_s} control1 outage.confirmed ups5"))) is late


def test_L7_a_second_later_by_far_is_late_whoever_ends_it(tell: Any) -> None:
    at_s = LATE_S + NOTICE_S + 0.5
    for end in (
        "control1 lease.lost reference",
        "control2 lease.taken reference",
        "room server.crashed control1",
    ):
        assert l7(tell(CALM).plus(ON, f"{at_s} {end}")) == [at_s]
    for other in ("control2 lease.lost reference", "room server.crashed control2"):
        assert l7(tell(CALM).plus(ON, f"{at_s} {other}", "300 control1 ups.on_line ups5")) == [300]


def test_L7_the_end_of_an_incident_begins_the_time_anew_for_who_is_still_on_battery(tell: Any) -> None:
    telling = tell(CALM).plus(
        ON, "60 control1 outage.confirmed ups5", "500 control1 incident.closed reference"
    )
    assert l7(telling.plus("560 control1 ups.on_line ups5")) == []
    assert l7(telling.plus("600 control1 ups.on_line ups5")) == [600]
    silent = telling.plus("400 control1 card.silent ups5")
    assert l7(silent.plus("600 control1 card.answering ups5", "601 control1 ups.on_line ups5")) == []


def test_L7_a_new_commander_goes_on_with_what_is_confirmed_and_times_the_rest(tell: Any) -> None:
    telling = tell(CALM).plus(
        ON.replace("control1", "control2"),
        "0 control2 ups.on_battery ups6",
        "60 control1 outage.confirmed ups5",
        "100 control2 lease.taken reference",
        "400 control2 lease.lost reference",
    )
    assert [breach.subject for breach in telling.result("L7").breaches] == ["ups6"]


def test_L7_what_is_no_ups_of_this_site_is_not_its_matter(tell: Any) -> None:
    told = tell(CALM).plus("0 control1 ups.on_battery ups5", "1 control1 ups.on_line ups5").result("L7")
    assert (told.breaches, told.put_to_test) == ((), 0)


BOXED = """
-600 control1 run.started reference outbox=yes
-590 control1 lease.taken reference
"""
RAISED = "0 control1 alarm.raised ups5 rule=S3 text=x"


@pytest.mark.parametrize(("after_s", "lost"), [(5.0, False), (5.1, True)])
@pytest.mark.parametrize("then", ["control1 alarm.queued ups5", "control1 alarm.raised ups6 text=y"])
def test_L9_an_alarm_has_five_seconds_to_get_into_the_outbox(
    tell: Any, after_s: float, lost: bool, then: str
) -> None:
    telling = tell(BOXED).plus(RAISED, f"{after_s} {then}", f"{after_s} control1 alarm.queued ups6")
    telling = telling.plus(f"{after_s} control1 alarm.queued ups5")
    assert bool(telling.result("L9").breaches) is lost


def test_L9_each_alarm_is_told_once_and_at_its_own_time(tell: Any) -> None:
    telling = tell(BOXED).plus(
        RAISED, "20 control1 alarm.raised ups6 text=y", "21 control1 alarm.queued ups6"
    )
    telling = telling.plus("40 control1 alarm.raised ups4 text=z", "41 control1 alarm.queued ups4")
    assert [breach.t - 600 for breach in telling.result("L9").breaches] == [0]
    assert telling.result("L9").put_to_test == 3


def test_L7_a_time_that_another_commander_ends_is_judged_then_and_once(tell: Any) -> None:
    at_s = LATE_S + NOTICE_S + 0.5
    taken = tell(CALM).plus(ON, f"{at_s} control2 lease.taken reference", "2000 room run.ended reference")
    assert l7(taken) == [at_s]
    assert taken.result("L7").put_to_test == 1
