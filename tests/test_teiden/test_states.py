"""States and charges: facts before hearsay, no gap, no overlap, and who is in the stream."""

from __future__ import annotations

import pytest

from sequencer.events import Event
from teiden import states
from tests.streams import LOST_S, Stream, fact, recorded, seen


@pytest.fixture(scope="module")
def outage() -> Stream:
    """The reference outage, with the times of the worked example."""
    return recorded()


def told(events: list[Event], subject: str) -> list[tuple[float, float, str]]:
    return [(i.t0, i.t1, i.state) for i in states.intervals(events) if i.subject == subject]


def test_the_outage_is_told_state_by_state(outage: Stream) -> None:
    frame = states.states(outage)
    assert tuple(frame.columns) == states.STATE_COLUMNS
    blade = frame[(frame.subject == "blade1") & (frame.aspect == "os")]
    assert list(blade.state) == ["up", "shutting down", "halted", "booting", "up"]
    assert list((blade.t0 - LOST_S).round()) == [-600, 32, 122, 8266, 8446]


def test_each_aspect_is_covered_from_start_to_end_without_gap_or_overlap(outage: Stream) -> None:
    for _, rows in states.states(outage).groupby(["subject", "aspect"]):
        assert rows.t0.iloc[0] == 0
        assert rows.t1.iloc[-1] == 14400
        assert list(rows.t0[1:]) == list(rows.t1[:-1])
        assert (rows.t1 > rows.t0).all()
        assert (rows.state.to_numpy()[1:] != rows.state.to_numpy()[:-1]).all()


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


def test_charges_are_a_tidy_series_per_ups(outage: Stream) -> None:
    frame = states.charges(outage)
    assert tuple(frame.columns) == states.CHARGE_COLUMNS
    lowest = frame.groupby("ups").charge_pct.min()
    assert lowest.to_dict() == {"ups1": 70, "ups2": 70, "ups3": 55, "ups4": 57, "ups5": 90, "ups6": 90.6}
    assert frame.t.is_monotonic_increasing


def test_an_empty_stream_gives_empty_frames_with_their_columns() -> None:
    assert tuple(states.states([]).columns) == states.STATE_COLUMNS
    assert tuple(states.charges([]).columns) == states.CHARGE_COLUMNS


def test_a_header_of_another_make_is_no_reason_to_fail() -> None:
    odd = [
        fact(0, "run.started", "x", devices=["ups1"], initial={"ups1": "up"}),
        fact(1, "ups.on_line", "ups1"),
    ]
    assert list(states.devices(odd)) == ["ups1"]
