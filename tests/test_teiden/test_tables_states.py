"""The tables of states and charges: no gap, no overlap, facts first; and the curve between two points."""

from __future__ import annotations

import pytest

from sequencer.events import Event
from teiden import tables
from teiden.tables.schemas import CHARGES, CHARGES_AT, names
from tests.streams import LOST_S, OUTAGE, Stream, fact, only_seen, recorded, seen, twice


@pytest.fixture(scope="module")
def outage() -> Stream:
    return recorded()


def test_the_outage_is_told_state_by_state(outage: Stream) -> None:
    frame = tables.states(outage)
    blade = frame[(frame.subject == "blade1") & (frame.aspect == "os")]
    assert list(blade.state) == ["up", "shutting down", "halted", "booting", "up"]
    assert list((blade.t0 - LOST_S).round()) == [-600, 32, 122, 8266, 8446]


@pytest.mark.parametrize("made", [list, twice, only_seen])
def test_each_aspect_is_covered_to_the_end_without_gap_or_overlap(outage: Stream, made: object) -> None:
    events = made(outage)  # type: ignore[operator]
    end = max(event.t for event in events)
    frame = tables.states(events)
    assert frame.subject.nunique() > 10
    for _, rows in frame.groupby(["subject", "aspect"]):
        assert made is only_seen or rows.t0.iloc[0] == 0
        assert rows.t1.iloc[-1] == end
        assert list(rows.t0[1:]) == list(rows.t1[:-1])
        assert (rows.t1 > rows.t0).all()
        assert (rows.state.to_numpy()[1:] != rows.state.to_numpy()[:-1]).all()


def test_how_long_each_server_was_off_can_be_added_up(outage: Stream) -> None:
    frame = tables.states(OUTAGE)
    off = frame[(frame.group == "SERVERS") & (frame.state == "halted")]
    assert (off.t1 - off.t0).groupby(off.subject).sum()["blade1"] == pytest.approx(8266 - 122, abs=1)


def test_a_last_event_that_sets_no_state_still_ends_the_last_state() -> None:
    events = [fact(0, "server.up", "a"), seen(3, "step.done", "b"), seen(7, "step.done", "b")]
    assert tables.states(events)[["t0", "t1"]].to_numpy().tolist() == [[0, 7]]


def test_who_only_watches_makes_a_node_of_itself() -> None:
    events = [
        seen(0, "server.up", "n1", by="n2"),
        seen(1, "lease.taken", "x", by="n1"),
        seen(5, "step.done", "x"),
    ]
    assert list(tables.states(events).group) == ["CONTROL"]


def test_charges_are_a_tidy_series_per_ups(outage: Stream) -> None:
    frame = tables.charges(outage)
    assert tuple(frame.columns) == tuple(names(CHARGES))
    lowest = frame.groupby("ups").charge_pct.min()
    assert lowest.to_dict() == {"ups1": 70, "ups2": 70, "ups3": 55, "ups4": 57, "ups5": 90, "ups6": 90.6}
    assert frame.t.is_monotonic_increasing
    assert frame.charge_pct.between(0, 100).all()
    assert frame.runtime_s[0] == 3600


def test_charges_on_an_even_grid_lie_on_the_lines_between_the_points() -> None:
    events = [charge(0, 100), charge(100, 50), charge(250, 80)]
    frame = tables.charges_at(events, every_s=50)
    assert tuple(frame.columns) == tuple(names(CHARGES_AT))
    assert frame.t.tolist() == [0, 50, 100, 150, 200, 250]
    assert frame.charge_pct.tolist() == pytest.approx([100, 75, 50, 60, 70, 80])


def test_a_grid_has_nothing_where_nothing_was_told() -> None:
    events = [charge(70, 90), charge(130, 80), charge(0, 40, "ups2"), charge(59, 30, "ups2")]
    frame = tables.charges_at(events, every_s=60)
    assert list(zip(frame.ups, frame.t, strict=True)) == [("ups2", 0), ("ups1", 120)]
    assert tables.charges_at([], every_s=60).empty


@pytest.mark.parametrize("every_s", [0, -1, float("nan"), float("inf")])
def test_a_grid_needs_a_distance(every_s: float) -> None:
    with pytest.raises(ValueError, match="every_s"):
        tables.charges_at([], every_s=every_s)


def test_facts_about_batteries_count_where_there_are_facts() -> None:
    told = [charge(0, 100), seen(1, "ups.charge", "ups1", charge_pct=42)]
    assert tables.charges(told).charge_pct.tolist() == [100]
    assert tables.charges(told[1:]).charge_pct.tolist() == [42]
    assert tables.charges([*told[1:], fact(2, "mains.lost", "utility")]).empty


@pytest.mark.parametrize("odd", [None, "full", [1], True])
def test_a_charge_that_is_no_number_says_nothing(odd: object) -> None:
    assert tables.charges([charge(0, 100), fact(1, "ups.charge", "ups1", charge_pct=odd)]).t.tolist() == [0]


def charge(t: float, pct: float, ups: str = "ups1") -> Event:
    return fact(t, "ups.charge", ups, charge_pct=pct)


def test_a_last_state_that_only_a_node_saw_ends_the_run_all_the_same() -> None:
    events = [fact(0, "server.up", "a"), seen(1, "server.up", "a"), seen(9, "server.up", "a")]
    assert tables.states(events)[["t0", "t1"]].to_numpy().tolist() == [[0, 9]]
