"""What a word of people leaves down, and for whom it waits: who is held is none of it (L1, L3, S27)."""

# ruff: noqa: N802 - the ids of the invariants keep their capitals in the names of the tests.

from __future__ import annotations

from typing import Any

import pytest

DOWN = "request.accepted reference wish=cluster_shutdown id=r1"


@pytest.mark.parametrize(
    ("word_s", "word", "goes", "held", "owed_from_s"),
    [
        *((9, DOWN, "control2", held, 6000) for held in ("control1", "ups1", "ssccluster")),
        (8, DOWN, "control2", "control1", 110),
        (9, DOWN, "blade2", "control1", 110),
        (9, DOWN, "control2", "ups5", 110),
        (9, DOWN, "control2", "ups1 8", 110),  # he was released before all that
        (9, DOWN, "control2", "", 110),
        (9, 'schedule.fired nodes id=n/1 goal=reboot servers="control1, control2"', "control2", "ups1", 110),
    ],
)
def test_L3_s27_nor_where_a_word_that_came_in_an_outage_has_stopped_a_node_and_another_was_held(
    calm: Any, word_s: int, word: str, goes: str, held: str, owed_from_s: int
) -> None:
    """A hand starts the cluster on the one that is held: he is to go yet (seed 59 of the hard ones)."""
    name, _, freed_s = held.partition(" ")
    holds = [f"1 control1 hold.set {name}", f"{freed_s or 50} control1 hold.released {name}"] if held else []
    told = calm.plus(
        "9 control1 incident.opened reference cause=ups5",
        "9 room server.shutting_down blade1",
        "10 control1 outage.confirmed ups5",
        *holds,
        f"{word_s} control1 {word}",
        f"10 room server.shutting_down {goes}",
        "100 room server.halted blade1",
        f"110 room server.halted {goes}",
        '6000 control1 request.accepted reference wish=power_on id=r3 of="control1, control2"',
    )
    breaches = told.until(12000).result("L3").breaches
    (at_s,) = (b.t - told.lost_s for b in breaches if b.subject == "blade1")
    assert at_s == pytest.approx(owed_from_s + 1180)


@pytest.mark.parametrize(
    ("word_s", "held", "owed_from_s"),
    [
        (60, ("20 control1 hold.set control2",), 6000),
        (60, ("20 control1 hold.set ssccluster",), 6000),
        (60, ("20 control1 hold.set ups1", "5000 control1 hold.released ups1"), 6000),
        (60, ("20 control1 hold.set control2", "55 control1 hold.released control2"), 200),
        (60, ("20 control1 hold.set blade2",), 200),
        (210, ("20 control1 hold.set control2",), 200),  # the cluster ran when it came: others go on first
        (200, ("20 control1 hold.set control2",), 200),
        (60, ("20 control1 hold.set control2", "60 control1 hold.released control2"), 6000),
        (8, ("20 control1 hold.set control2",), 200),
    ],
)
def test_L3_s27_nor_where_such_a_word_waited_for_who_was_held_and_has_been_taken_back_since(
    calm: Any, word_s: int, held: tuple[str, ...], owed_from_s: int
) -> None:
    """The cluster was stopped by the outage, and a hand has started it (hard seed 43088)."""
    told = calm.plus(
        "9 control1 incident.opened reference cause=ups3",
        "9 room server.shutting_down blade1",
        "10 control1 outage.confirmed ups3",
        "50 room cluster.stopped ssccluster",
        f"{word_s} control1 {DOWN}",
        "100 room server.halted blade1",
        "200 room cluster.running ssccluster",
        *held,
        '6000 control1 request.accepted reference wish=power_on id=r3 of="control1, control2"',
    )
    breaches = told.until(12000).result("L3").breaches
    at_s = [b.t - told.lost_s for b in breaches if b.subject == "blade1"]
    assert at_s == [pytest.approx(owed_from_s + 1180)]


def test_L3_s27_but_not_where_it_is_wanted_up_and_goes_down_by_a_hand(calm: Any) -> None:
    """Nobody waits for that one; who is up brings back the linked side, and is asked for that once more."""
    wish = 'control1 request.accepted reference wish=power_on of="control1, control2" id'
    told = calm.plus(
        "9 control1 incident.opened reference cause=ups5",
        "9 room server.shutting_down blade1",
        "10 control1 outage.confirmed ups5",
        "100 room server.halted blade1",
        f"1000 {wish}=r1",
        "1010 room server.shutting_down control2",
        "1060 room server.halted control2",
        f"1500 {wish}=r2",
    )
    breaches = told.until(12000).result("L3").breaches
    assert ("blade1", 1060 + 1180) in {(b.subject, b.t - told.lost_s) for b in breaches}


@pytest.mark.parametrize(("freed_s", "owed_from_s"), [(5000, 5000), (160, 160), (59, 100)])
def test_L3_s27_nor_before_the_stop_that_begins_when_the_held_cluster_is_released(
    calm: Any, freed_s: int, owed_from_s: int
) -> None:
    """It ran on all the time: the word that wants its nodes down has waited for that (146558, 155155)."""
    told = calm.plus(
        "1 control1 hold.set ssccluster",
        "9 control1 incident.opened reference cause=ups5",
        "9 room server.shutting_down blade1",
        "10 control1 outage.confirmed ups5",
        f"60 control1 {DOWN}",
        "100 room server.halted blade1",
        f"{freed_s} control1 hold.released ssccluster",
        "5000 control1 request.accepted ssccluster wish=release id=r2 of=ssccluster",
        '6000 control1 request.accepted reference wish=power_on id=r3 of="control1, control2"',
    )
    breaches = told.until(12000).result("L3").breaches
    at_s = [b.t - told.lost_s for b in breaches if b.subject == "blade1"]
    assert at_s == [pytest.approx(owed_from_s + 1180)]
