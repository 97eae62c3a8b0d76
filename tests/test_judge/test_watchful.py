"""The nodes go on watching, and what they have to say gets out: L7, L9."""

# ruff: noqa: N802 - the ids of the invariants keep their capitals in the names of the tests.

from __future__ import annotations

from typing import Any

import pytest

from sequencer.events import Event, Source
from sequencer.site import Site
from teiden.judge.verdict import InvariantResult, Status, judge

FIRST = """
-600 room run.started reference
-590 control1 lease.taken reference
0 room mains.lost ups5
2 control1 ups.on_battery ups5
62 control1 outage.confirmed ups5
200 control1 ups.on_line ups5
400 control1 incident.closed reference
"""
AGAIN = "1000 control1 ups.on_battery ups5"
END = "2000 room run.ended reference"


def test_L7_the_second_outage_is_confirmed_like_the_first(tell: Any) -> None:
    result = tell(FIRST).plus(AGAIN, "1060 control1 outage.confirmed ups5", END).result("L7")

    assert result.ok
    assert result.put_to_test == 2


def test_L7_a_second_outage_that_nobody_confirms_is_reported(tell: Any) -> None:
    assert tell(FIRST).plus(AGAIN, END).breach("L7") == (
        "ups5 was seen on battery from 1000 s to 2000 s, and its outage was not confirmed; that takes 60 s"
    )


def test_L7_a_second_outage_that_is_confirmed_too_late_is_reported(tell: Any) -> None:
    assert tell(FIRST).plus(AGAIN, "1090 control1 outage.confirmed ups5", END).result("L7").breaches


@pytest.mark.parametrize(
    "ends",
    [
        "1050 control1 ups.on_line ups5",
        "1050 control1 card.silent ups5",
        "1050 control1 ups.output_off ups5",
        "1050 control1 lease.lost reference",
        "1050 room server.crashed control1 cause=fault",
        "1060 control1 journal.committed ups5 kind=confirmed",
    ],
)
def test_L7_a_time_that_ends_before_it_is_over_confirms_nothing(tell: Any, ends: str) -> None:
    assert tell(FIRST).plus(AGAIN, ends, END).result("L7").ok


def test_L7_an_outage_goes_on_for_the_node_that_takes_over(tell: Any) -> None:
    told = tell(FIRST).plus(AGAIN, "1001 control2 ups.on_battery ups5", "1050 control1 lease.lost reference")
    taken = told.plus("1100 control2 lease.taken reference", END)

    assert taken.breach("L7").startswith("ups5 was seen on battery from 1100 s to 2000 s")
    assert taken.plus("1130 control2 journal.committed ups5 kind=confirmed").result("L7").ok


def test_L7_c7_whoever_follows_one_that_hangs_is_the_commander(tell: Any) -> None:
    """It never says that it has lost the command; and what it saw last is of no account."""
    told = tell(FIRST).plus(AGAIN, "1001 control2 ups.on_battery ups5", "1050 control2 lease.taken reference")
    assert told.plus("1080 control2 ups.on_line ups5", END).result("L7").ok
    assert (
        told.plus("1080 control1 ups.on_line ups5", END).breach("L7").startswith("ups5 was seen on battery")
    )
    back = told.plus("1060 control1 lease.taken reference", "1080 control1 ups.on_line ups5", END)
    assert back.result("L7").ok, "it has taken it again"


def test_L7_what_is_confirmed_already_is_not_confirmed_again(tell: Any) -> None:
    told = tell(FIRST).without("incident.closed").plus(AGAIN, END)

    assert told.result("L7").ok


def test_L7_an_incident_that_ends_on_battery_begins_anew(tell: Any) -> None:
    told = tell(FIRST).without("ups.on_line").plus(END)

    assert told.breach("L7").startswith("ups5 was seen on battery from 400 s to 2000 s")


def test_L7_a_node_that_does_not_command_confirms_nothing(tell: Any) -> None:
    assert tell(FIRST).plus("1000 control2 ups.on_battery ups5", END).result("L7").ok


def word(t: float, name: str, subject: str = "ups1", by: str = "control1", **details: Any) -> Event:
    return Event(t, name, subject, by, Source.SEEN, details)


def judged(site: Site, *events: Event) -> InvariantResult:
    head = word(0.0, "run.started", "reference", outbox=True)
    every = head, *events, word(100.0, "run.ended", "reference")
    return next(r for r in judge(every, site).invariants if r.id == "L9")


def test_L9_an_alarm_that_stands_in_the_outbox_is_on_its_way(site: Site) -> None:
    result = judged(site, word(5.0, "alarm.raised"), word(5.2, "alarm.queued"))

    assert result.ok
    assert result.put_to_test == 1


@pytest.mark.parametrize(
    "queued", [(), (word(11.0, "alarm.queued"),), (word(5.2, "alarm.queued", "ups2"),)], ids=str
)
def test_L9_an_alarm_that_gets_lost_is_reported(site: Site, queued: tuple[Event, ...]) -> None:
    assert judged(site, word(5.0, "alarm.raised"), *queued).happened == (
        "the alarm about ups1 at 5 s did not get into the outbox of control1"
    )


def test_L9_every_alarm_has_a_place_of_its_own(site: Site) -> None:
    twice = word(5.0, "alarm.raised"), word(5.1, "alarm.raised"), word(5.2, "alarm.queued")

    assert len(judged(site, *twice).breaches) == 1


def test_L9_an_alarm_at_the_very_end_has_not_had_its_time(site: Site) -> None:
    assert judged(site, word(98.0, "alarm.raised")).ok


def test_L9_a_node_without_an_outbox_owes_nobody_anything(site: Site, outage: Any) -> None:
    assert judged(site, word(5.0, "alarm.raised", by="control2")).ok
    assert outage.result("L9").status is Status.NOT_APPLICABLE
