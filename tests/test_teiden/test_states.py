"""States: facts before hearsay, and who is in the stream. Their tables are in test_tables_states.py."""

from __future__ import annotations

import pytest

from sequencer.events import Event
from teiden import states
from tests.streams import Stream, fact, recorded, seen


@pytest.fixture(scope="module")
def outage() -> Stream:
    """The reference outage, with the times of the worked example."""
    return recorded()


def told(events: list[Event], subject: str) -> list[tuple[float, float, str]]:
    return [(i.t0, i.t1, i.state) for i in states.intervals(events) if i.subject == subject]


def test_facts_count_where_there_are_facts() -> None:
    told_twice = [
        fact(0, "ups.on_battery", "ups1"),
        seen(4, "ups.on_line", "ups1"),
        fact(9, "ups.on_line", "ups1"),
    ]
    assert told(told_twice, "ups1") == [(0, 9, "on battery")]


def test_what_was_seen_counts_where_there_are_no_facts() -> None:
    both_nodes = [
        seen(2, "ups.on_battery", "ups1"),
        seen(3, "ups.on_battery", "ups1", by="control2"),
        seen(9, "ups.on_line", "ups1"),
        seen(12, "cluster.running", "ssc"),
    ]
    assert told(both_nodes, "ups1") == [(2, 9, "on battery"), (9, 12, "on line")]


def test_a_state_that_lasts_no_time_is_left_out() -> None:
    at_once = [
        fact(0, "server.up", "a"),
        fact(5, "server.halted", "a"),
        fact(5, "server.booting", "a"),
        fact(9, "run.ended", "x"),
    ]
    assert told(at_once, "a") == [(0, 5, "up"), (5, 9, "booting")]


def test_devices_are_guessed_from_their_events_where_nobody_announces_them() -> None:
    live = [
        seen(0, "ups.on_battery", "u"),
        seen(1, "server.shutting_down", "blade"),
        seen(2, "server.up", "n1", by="n1"),
    ]
    found = states.devices([*live, seen(3, "array.flushing", "disk"), seen(3, "cluster.stopping", "ssc")])
    assert {name: (d.kind, d.group) for name, d in found.items()} == {
        "u": ("ups", "UPS"),
        "blade": ("server", "SERVERS"),
        "n1": ("node", "CONTROL"),
        "disk": ("array", "ARRAYS"),
        "ssc": ("cluster", "CONTROL"),
    }


def test_announced_devices_keep_the_order_of_the_site(outage: Stream) -> None:
    found = states.devices(outage)
    assert list(found)[:4] == ["utility", "ups1", "ups2", "ups3"]
    assert found["ups4"].label == "連動端末の共有ディスク"
    assert found["blade1"].upses == ("ups5",)


def test_a_header_of_another_make_is_no_reason_to_fail() -> None:
    odd = [
        fact(0, "run.started", "x", devices=["ups1"], initial={"ups1": "up"}),
        fact(1, "ups.on_line", "ups1"),
    ]
    assert list(states.devices(odd)) == ["ups1"]
