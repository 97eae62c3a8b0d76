"""Who is owed his return where the loads of two UPSes are mixed up (U19)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sequencer.events import Event, Source
from teiden.judge.invariants.invariant import Breach
from teiden.judge.owed import beyond
from teiden.judge.struck import struck
from tests.owing import is_delayed
from tests.worlds import fault, reference_site


def seen_alarm(subject: str, rule: str = "L5") -> Event:
    return Event(500.0, "alarm.raised", subject, "control2", Source.SEEN, {"rule": rule})


def took(node: str) -> Event:
    return Event(300.0, "server.crashed", node, "room", Source.FACT, {"cause": "power"})


@pytest.mark.parametrize(
    ("mixed", "lost", "owed"),
    [
        ("ups5", ("blade1", "rack1"), ("control1", "linkeddisk", "ssccluster")),
        ("ups4", ("blade1", "rack1", "linkeddisk"), ("control1", "controldisk", "ssccluster")),
        ("ups3", ("blade1", "linkeddisk", "controldisk", "control1", "ssccluster"), ()),
    ],
)
def test_u19_whoever_hangs_on_other_upses_than_the_two_that_are_mixed_up_is_owed_his_return(
    mixed: str, lost: tuple[str, ...], owed: tuple[str, ...]
) -> None:
    site, lasts = reference_site(), fault("loads_mixed_up", mixed, 100.0)
    for rule in ("L1", "L3"):
        left = beyond(rule, struck(lasts, site), site)
        assert left is not None
        assert left.issuperset(lost)
        assert left.isdisjoint(owed)


@pytest.mark.parametrize("rule", ["L1", "L3"])
@pytest.mark.parametrize(
    ("mixed", "events", "nobody"),
    [
        ("ups6", [took("control1"), seen_alarm("control1")], True),
        ("ups6", [seen_alarm("control1")], False),  # it is up, and commands
        ("ups1", [took("control2"), replace(seen_alarm("control2"), by="control1")], True),
        ("ups5", [took("control1"), seen_alarm("control1")], False),
        ("ups6", [took("control2"), seen_alarm("control2")], False),
        ("ups6", [took("control1"), seen_alarm("control1", "L3")], False),
        ("ups6", [took("control1"), replace(seen_alarm("control1"), t=99.0)], False),
    ],
)
def test_u19_nobody_is_owed_a_return_while_nobody_may_follow_the_node_that_another_ups_took(
    mixed: str, events: list[Event], nobody: bool, rule: str
) -> None:
    site, lasts = reference_site(), fault("loads_mixed_up", mixed, 100.0)
    assert (beyond(rule, struck(lasts, site, events), site, events) is None) is nobody


@pytest.mark.parametrize("rule", ["L1", "L3"])
@pytest.mark.parametrize(("mixed", "nobody"), [("ups1", True), ("ups6", True), ("ups5", False)])
def test_u19_nor_where_it_was_the_last_one(mixed: str, nobody: bool, rule: str) -> None:
    """control1 is on ups1, which stands between ups6 and ups2."""
    site, lasts = reference_site(), fault("loads_mixed_up", mixed, 100.0)
    halted = Event(200.0, "server.halted", "control2", "room", Source.FACT, {})
    events = [halted, Event(300.0, "server.crashed", "control1", "room", Source.FACT, {"cause": "power"})]
    assert (beyond(rule, struck(lasts, site, events), site, events) is None) is nobody
    faults, late = struck(lasts, site, events), 400.0
    broken = Breach(rule, late, "linkeddisk", "", ())
    assert is_delayed(broken, late, faults, site, events) is nobody


@pytest.mark.parametrize(("who", "late"), [("control1", True), ("rack1", False)])
def test_u19_whom_it_takes_as_it_is_plugged_right_again_has_his_whole_time_from_then_on(
    who: str, late: bool
) -> None:
    """ups5 and ups6 were mixed up; control1 is on another one, by the site file."""
    site, over = reference_site(), fault("loads_mixed_up", "ups5", 100.0, 300.0)
    events = [took(who)]
    assert is_delayed(Breach("L3", 1200.0, "control1", ""), 200.0, struck(over, site), site, events) is late


def halts(t: float, node: str) -> Event:
    return Event(t, "server.halted", node, "room", Source.FACT, {})


def power(t: float, ups: str, *, on: bool) -> Event:
    return Event(t, "ups.output_on" if on else "ups.output_off", ups, "room", Source.FACT, {})


OFF, ON = power(400.0, "ups1", on=False), power(500.0, "ups1", on=True)
ASLEEP = [halts(200.0, "control2"), halts(300.0, "control1"), OFF, ON]


@pytest.mark.parametrize("rule", ["L1", "L3"])
@pytest.mark.parametrize(
    ("mixed", "events", "kept"),
    [
        ("ups6", ASLEEP, True),
        ("ups1", ASLEEP, True),
        ("ups5", ASLEEP, False),  # he hung on his own
        ("ups6", ASLEEP[:2], False),  # which has not gone
        ("ups6", ASLEEP[:3], False),  # nor come back: he may lose his power as he is plugged right again
        ("ups6", [*ASLEEP[:2], power(450.0, "ups6", on=False), ON], False),
        ("ups6", [*ASLEEP, power(950.0, "ups1", on=False)], False),  # on which he hangs again
        ("ups6", [*ASLEEP[::2], ON], False),  # control2 is up, and wakes him
        ("ups6", [ASLEEP[0], halts(90.0, "control1"), *ASLEEP[2:]], False),
        ("ups6", [*ASLEEP[:2], OFF, power(901.0, "ups1", on=True)], False),
    ],
)
def test_u19_whom_another_ups_has_kept_on_when_he_was_halted_nobody_wakes(
    mixed: str, events: list[Event], kept: bool, rule: str
) -> None:
    """His own one fell as it was told, and would have booted him; control2 does not boot (seed 136932)."""
    site, over = reference_site(), fault("loads_mixed_up", mixed, 100.0, 900.0)
    told = sorted(
        [*events, Event(1000.0, "run.ended", "reference", "room", Source.FACT, {})], key=lambda e: e.t
    )
    left = beyond(rule, struck(over, site, told), site, told)
    assert left is not None
    assert ("control1" in left) is kept
    assert "control2" not in left or mixed == "ups1"
    assert "rack1" not in left
