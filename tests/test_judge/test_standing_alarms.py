"""A node that nobody may follow stays one until that is said to be over: it is not told of twice (L5)."""

from __future__ import annotations

from math import inf

import pytest

from sequencer.events import Event, Source
from sequencer.site import Site
from sim.faults.catalogue import named
from sim.story import FaultChange
from teiden.judge.excuses import excused
from teiden.judge.invariants.invariant import Breach
from teiden.judge.standing_alarms import StandingAlarms

NODES = ("control1", "control2")


def said(
    t: float, subject: str = "control1", by: str = "control2", rule: str = "L5", *, over: bool = False
) -> Event:
    name = "alarm.cleared" if over else "alarm.raised"
    return Event(t, name, subject, by, Source.SEEN, {"rule": rule, "text": "it is not heard"})


def fact(t: float, name: str, subject: str, source: Source = Source.FACT) -> Event:
    return Event(t, name, subject, "room", source, {})


def stands(t: float, *events: Event, of: str = "control1") -> bool:
    return StandingAlarms(events, NODES).at(of, t)


def test_it_stands_from_when_it_was_raised_until_it_is_over() -> None:
    told = (said(10.0), said(20.0), said(30.0, over=True))
    assert [stands(t, *told) for t in (9.9, 10.0, 29.9, 30.0)] == [False, True, True, False]
    assert stands(1e9, said(10.0))
    assert not stands(15.0, said(10.0), of="control2")
    assert [stands(t, *told, said(40.0)) for t in (35.0, 40.0)] == [False, True]


def test_other_alarms_and_that_they_are_over_say_nothing_of_it() -> None:
    assert not stands(15.0, said(10.0, rule="H1"))
    assert stands(30.0, said(10.0), said(20.0, rule="L1", over=True)), "that it is missed no more is another"


def test_that_another_has_raised_the_same_says_nothing_of_his() -> None:
    assert stands(30.0, said(10.0), said(20.0, by="control3", over=True))
    assert stands(30.0, said(10.0), said(20.0, "control3", over=True))


@pytest.mark.parametrize("name", ["server.up", "server.halted", "server.crashed", "service.died"])
def test_it_is_over_with_the_life_of_who_has_raised_it(name: str) -> None:
    assert not stands(30.0, said(10.0), fact(20.0, name, "control2"))
    assert stands(30.0, said(10.0), fact(20.0, name, "control1")), "of whom it tells"
    assert stands(30.0, said(10.0), fact(20.0, name, "control2", Source.SEEN)), "seen by somebody"
    assert stands(30.0, said(10.0), fact(20.0, "server.shutting_down", "control2")), "it is there yet"


def test_it_is_over_when_who_has_raised_it_commands() -> None:
    def lease(by: str) -> Event:
        return Event(20.0, "lease.taken", "reference", by, Source.SEEN, {})

    assert not stands(30.0, said(10.0), lease("control2"))
    assert stands(30.0, said(10.0), lease("control1"))
    assert not stands(30.0, said(10.0, "blade1", "blade2"), said(11.0, "blade1", "blade2", over=True))


def test_a_system_that_is_no_node_ends_nothing() -> None:
    assert stands(30.0, said(10.0, by="blade1"), fact(20.0, "server.halted", "blade1"))


@pytest.mark.parametrize(
    ("subject", "told", "left"),
    [
        ("control1", (said(300.0),), 0),
        ("control2", (said(300.0),), 1),
        ("control1", (said(300.0, rule="S5"),), 1),
        ("control1", (said(300.0), said(320.0, over=True)), 1),
    ],
)
def test_s18_l5_who_was_not_heard_already_when_his_service_died_is_not_told_of_once_more(
    site: Site, subject: str, told: tuple[Event, ...], left: int
) -> None:
    dies = FaultChange(330.0, named("service_dies"), subject, amount=70000.0)
    broken = [Breach("S18", 1800.0, "ups5", "it was empty")]
    assert len(excused(broken, [dies], site, told)[1]) == left


def test_one_that_is_raised_anew_for_another_reason_stands_from_then_on_as_well() -> None:
    """What struck between the two is what the second tells of."""
    stood = StandingAlarms((said(10.0), said(20.0)), NODES).all
    assert [(a.since_s, a.until_s) for a in stood] == [(10.0, 20.0), (20.0, inf)]
