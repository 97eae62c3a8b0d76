"""What a report shows beside a failure."""

from __future__ import annotations

from typing import Any

from teiden.judge.context import around
from teiden.judge.verdict import judge


def test_a_failure_is_shown_among_its_neighbours(outage: Any) -> None:
    late = outage.moved("ups.output_off ups4", 754).moved("cluster.stopping", 756)
    events = late.events
    (result,) = late.before("ups.output_off ups4 < 100s < cluster.stopping ssccluster")

    lines = around(events, [e for e in events if e in result.events])

    assert [(round(x.event.t) - 600, x.event.name, x.shows) for x in lines] == [
        (452, "ups.output_off", False),
        (454, "command.sent", False),
        (454, "array.flushing", False),
        (646, "array.flushed", False),
        (646, "command.sent", False),
        (754, "ups.output_off", True),
        (756, "cluster.stopping", True),
        (902, "outage.confirmed", False),
    ]


def test_what_shows_a_failure_is_never_left_out(outage: Any) -> None:
    events = outage.events
    shown = [event for event in events if event.name == "server.booting"]

    lines = around(events, shown, most=2)

    assert [line.event for line in lines] == shown


def test_a_failure_that_nothing_shows_has_no_neighbours(outage: Any) -> None:
    assert around(outage.events, []) == []


def test_the_events_of_a_breach_are_those_of_the_stream(outage: Any) -> None:
    events = outage.moved("command=flush", 440).moved("array.flushing", 440).events
    (breach,) = judge(events, outage.site).failures()[0].breaches

    assert [line.event for line in around(events, breach.events) if line.shows] == list(breach.events)
