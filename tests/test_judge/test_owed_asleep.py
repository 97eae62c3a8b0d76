"""Who is owed his return though nobody hears that he is halted with his power on (H4, S11)."""

from __future__ import annotations

from dataclasses import replace
from math import inf

import pytest

from sequencer.events import Event, Source
from teiden.judge.fed import is_left_asleep
from teiden.judge.invariants.invariant import Breach
from teiden.judge.owed import beyond
from teiden.judge.struck import struck
from tests.excused import holds
from tests.owing import is_delayed
from tests.worlds import fault, out, play, reference_site

HALTED = Event(300.0, "server.halted", "control1", "room", Source.FACT, {})
TOLD = Event(800.0, "alarm.raised", "control1", "control2", Source.SEEN, {"rule": "L1"})
LATE_S = 2000.0


def power(t: float, *, on: bool) -> Event:
    return Event(t, "ups.output_on" if on else "ups.output_off", "ups1", "room", Source.FACT, {})


@pytest.mark.parametrize(
    ("events", "asleep"),
    [
        ([HALTED, TOLD], True),
        ([power(100.0, on=False), power(200.0, on=True), HALTED, TOLD], True),
        ([HALTED], False),
        ([TOLD], False),
        ([HALTED, replace(TOLD, subject="control2")], False),
        ([HALTED, replace(TOLD, details={"rule": "H1"})], False),
        ([HALTED, replace(TOLD, name="alarm.cleared")], False),
        ([replace(TOLD, t=299.0), HALTED], False),
        ([HALTED, replace(TOLD, t=LATE_S + 1.0)], False),
        ([HALTED, power(400.0, on=False), TOLD], False),
        ([HALTED, power(400.0, on=False), power(500.0, on=True), TOLD], False),  # that has booted him
        ([HALTED, TOLD, replace(HALTED, name="server.up", t=900.0)], False),
        ([HALTED, TOLD, replace(HALTED, name="server.up", t=900.0, source=Source.SEEN)], True),
    ],
)
def test_h4_l1_l3_only_who_is_halted_with_his_power_on_and_of_whom_a_person_has_been_told(
    events: list[Event], asleep: bool
) -> None:
    site = reference_site()
    assert is_left_asleep(events, site.servers["control1"], LATE_S) is asleep
    ended = [*events, Event(LATE_S, "run.ended", "reference", "room", Source.FACT, {})]
    faults = struck(fault("controller_dies", "control1", 100.0, None), site, ended)
    for rule in ("L1", "L3"):
        left = beyond(rule, faults, site, [e for e in ended if e.t <= LATE_S])
        assert left == (frozenset({"control1"}) if asleep else frozenset())


def test_h4_one_of_two_feeds_keeps_his_power_on() -> None:
    site = reference_site(control1__upses=("ups1", "ups2"))
    assert is_left_asleep([HALTED, power(400.0, on=False), TOLD], site.servers["control1"], LATE_S)


@pytest.mark.parametrize(
    ("until_s", "came_s", "late"), [(None, 9000.0, True), (1500.0, 9000.0, False), (1500.0, 2400.0, True)]
)
def test_h4_l3_whoever_is_booted_by_hand_at_last_was_heard_by_nobody_until_his_controller_answers(
    until_s: float | None, came_s: float, late: bool
) -> None:
    site, events = reference_site(), [HALTED, TOLD]
    faults = struck(fault("controller_dies", "control1", 100.0, until_s), site, events)
    breach = Breach("L3", 1400.0, "control1", "")
    assert is_delayed(breach, 400.0, faults, site, events, came_s) is late
    if until_s is None:
        assert not is_delayed(replace(breach, subject="control2"), 400.0, faults, site, events, came_s)
        later = [replace(f, by=replace(f.by, at_s=1401.0), until_s=inf) for f in faults]
        assert not is_delayed(breach, 400.0, later, site, events, came_s), "it struck too late"


def test_h4_u2_l1_l3_s11_a_node_that_nobody_hears_and_whose_ups_took_no_off_is_not_woken() -> None:
    """Nothing tells whether it is halted; a person is told that it is not up (seed 54812)."""
    tale = play(
        fault("controller_dies", "control1", -600.0, None),
        fault("card_silent_on_battery", "ups1", 120.0, 3000.0),
        out(0.0, 1380.0),
        until_s=6 * 3600.0,
    )
    holds(tale, "controller_dies", "card_silent_on_battery")
    tale.before("server.halted control1", "server.up control2", "alarm.raised control1 rule=L1")
    tale.never("server.booting control1")
