"""A fault that keeps nobody from beginning excuses no battery of whom nobody has told anything (S18, L2)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from sequencer.events import Event, Source
from sequencer.site import Site
from sequencer.timing import followed_s, late_looks_s
from sim.faults.catalogue import named
from sim.story import FaultChange
from teiden.judge.excuses import excused
from teiden.judge.invariants.invariant import Breach

LOST_S, EMPTY_S = 700.0, 9000.0
HINDERS_NOBODY = [
    ("battery_aged", "ups4", 40.0),
    ("battery_collapses", "ups4", 0.0),
    ("load_added", "ups4", 1.5),
    ("ups_shared", "ups4", 300.0),
    ("ups_bypassed", "ups4", 0.0),
    ("ups_fails", "ups4", 0.0),
    ("inrush_trips", "ups4", 1.0),
    ("off_ignored", "ups4", 0.0),
    ("runtime_unit_wrong", "ups4", 60.0),
    ("loads_mixed_up", "ups4", 0.0),
    ("delay_rounded", "ups4", 60.0),
    ("settings_lost", "ups4", 0.0),
    ("site_file_differs", "control1", 1.5),
    ("array_undeclared", "rackpool", 0.0),
    ("written_after_flush", "linkeddisk", 1.0),
    ("network_loses", "network", 75.1),
    ("network_loses", "network", 95.0),
    ("network_slow", "network", 1.4),
    ("network_slow", "network", 1.81),
]


def mains(ups: str, name: str = "ups.on_battery", t: float = LOST_S) -> Event:
    return Event(t, name, ups, "room", Source.FACT, {})


def told(subject: str, t: float, command: str = "shutdown") -> Event:
    return Event(t, "command.sent", subject, "control1", Source.SEEN, {"command": command})


def may_wait_s(site: Site, ups: str, times: float = 1.0) -> float:
    """Until its outage counts, another node has followed, and its confirm time is over once more."""
    return LOST_S + 2 * times * site.upses[ups].confirm_s + late_looks_s(site) + followed_s(site)


def holds(site: Site, fault: tuple[str, str, float], *events: Event, ups: str = "ups4") -> bool:
    name, subject, amount = fault
    change = FaultChange(0.0, named(name), subject, amount=amount)
    rules = {e.rule for e in change.fault.excuses if e.begun}
    of = {"S18": ups, "L2": {"ups3": "controldisk", "ups4": "linkeddisk"}[ups]}
    broken = [Breach(rule, EMPTY_S, of[rule], "it was empty", ()) for rule in sorted(rules)]
    assert broken, "it asks for that"
    run = sorted([mains(ups), *events], key=lambda e: e.t)
    left = excused(broken, [change], site, run)[1]
    if name in ("off_ignored", "loads_mixed_up"):
        left = [b for b in left if b.id == "S18"]  # of these two not all is in their reach
        broken = [b for b in broken if b.id == "S18"]
    assert left in ([], broken)
    return not left


@pytest.mark.parametrize("fault", HINDERS_NOBODY)
def test_s18_l2_who_is_told_nothing_in_all_his_time_is_not_lost_by_what_hinders_nobody(
    site: Site, fault: tuple[str, str, float]
) -> None:
    by_s = may_wait_s(site, "ups4", fault[2] if fault[0] == "site_file_differs" else 1.0)
    assert not holds(site, fault)
    assert holds(site, fault, told("rack1", by_s)), "whoever begins in time may be too late all the same"
    assert not holds(site, fault, told("rack1", by_s + 1))
    assert not holds(site, fault, told("rack1", LOST_S - 1)), "that was another outage's"
    assert not holds(site, fault, told("ssccluster", by_s)), "another's stop"
    assert not holds(site, fault, told("ups4", by_s, "on"))
    assert holds(site, fault, mains("ups4", "ups.on_line", EMPTY_S - 1)), "it had mains when it went"


def test_s18_l2_nobody_begins_while_no_node_is_up_and_the_control_side_waits_for_the_linked_one(
    site: Site,
) -> None:
    down = [Event(LOST_S, "server.halted", n, "room", Source.FACT, {}) for n in site.cluster.nodes]
    up = [replace(e, t=EMPTY_S - 200.0, name="server.up") for e in down]
    aged = ("battery_aged", "ups3", 40.0)
    by_s = may_wait_s(site, "ups3")
    assert holds(site, HINDERS_NOBODY[0], *down)
    assert holds(site, HINDERS_NOBODY[0], *down, *up), "they have not been back for long"
    assert not holds(site, HINDERS_NOBODY[0], *down, *(replace(e, t=LOST_S + 100) for e in up))
    assert not holds(site, aged, ups="ups3")
    assert holds(site, aged, told("rack1", by_s), ups="ups3"), "it waits for the linked side (ADR 0019)"
    assert not holds(site, aged, told("rack1", by_s + 1), ups="ups3")


@pytest.mark.parametrize(
    ("text", "outlasts"),
    [
        ("ups3 can only run empty; the nodes stay up", True),
        ("ups3, ups7 can only run empty; the nodes stay up", True),
        ("ups33 can only run empty; the nodes stay up", False),
        ("control1, control2 lose their power soon, and ups3", False),
    ],
)
def test_l2_s18_nor_is_a_disk_left_alone_that_its_nodes_outlast_as_an_alarm_says(
    site: Site, text: str, outlasts: bool
) -> None:
    """Their cluster had stopped before: there was nobody to tell anything until its battery ended (U8,
    five-control-disks, crowded, seed 31134)."""
    details = {"rule": "L2", "text": text}
    by_s, rounds = may_wait_s(site, "ups3"), ("delay_rounded", "ups3", 0.0)
    said = Event(by_s, "alarm.raised", site.cluster.name, "control1", Source.SEEN, details)
    assert holds(site, rounds, said, ups="ups3") is outlasts
    assert not holds(site, rounds, replace(said, t=by_s + 1), ups="ups3")
    assert not holds(site, rounds, replace(said, t=LOST_S - 1), ups="ups3"), "that was another outage's"
    assert not holds(site, rounds, replace(said, details={**details, "rule": "L3"}), ups="ups3")


@pytest.mark.parametrize(("fault", "deaf"), [("network_loses", 95.1), ("network_slow", 1.82)])
def test_n3_s18_l2_nobody_begins_who_hears_no_card_or_may_not_follow_who_commanded(
    site: Site, fault: str, deaf: float
) -> None:
    assert holds(site, (fault, "network", deaf))
    said = Event(LOST_S, "alarm.raised", "control1", "control2", Source.SEEN, {"rule": "L5"})
    last = replace(said, t=EMPTY_S - 1.0)
    for alarm in (said, last):
        assert holds(site, (fault, "network", deaf - 0.2), alarm)
    assert not holds(site, (fault, "network", deaf - 0.2), replace(said, t=EMPTY_S + 1.0))
    assert not holds(site, (fault, "network", deaf - 0.2), replace(said, details={"rule": "S5"}))


@pytest.mark.parametrize(("back_s", "same"), [(59.9, True), (60.0, False)])
def test_s18_l2_what_was_told_before_mains_that_blink_counts_for_the_same_outage(
    site: Site, back_s: float, same: bool
) -> None:
    """Nobody turns round before they are stable; what ignored its OFF is not told it anew (U5, P3)."""
    ignores = ("off_ignored", "ups4", 0.0)
    before = [mains("ups4", t=LOST_S - 300.0), mains("ups4", "ups.on_line", LOST_S - back_s)]
    assert holds(site, ignores, *before, told("ups4", LOST_S - 100.0, "off")) is same
    assert not holds(site, ignores, *before, told("ups4", LOST_S - 301.0, "off")), "before that one"


@pytest.mark.parametrize(("falls_in_s", "late"), [(100.0, True), (100.1, False)])
def test_u5_s18_who_was_told_to_go_off_and_should_have_gone_by_then_was_not_left_alone(
    site: Site, falls_in_s: float, late: bool
) -> None:
    """His other feed had its mains for long, and nobody had to tell him before (X-04; two-feeds, 5600093)."""
    off = told("ups4", EMPTY_S - 100.0, "off")
    off = replace(off, details={"command": "off", "falls_in_s": falls_in_s})
    assert holds(site, ("off_ignored", "ups4", 0.0), off) is late
    assert not holds(site, ("off_ignored", "ups4", 0.0), replace(off, subject="ups5"))


@pytest.mark.parametrize(
    ("what", "since", "holds_so"),
    [
        ({}, [], True),
        ({"subject": "ups3"}, [], False),
        ({"details": {"rule": "S29"}}, [], False),
        ({}, ["ups.output_off", "ups4"], False),
        ({}, ["ups.output_off", "ups3"], True),
        ({}, ["incident.closed", "reference"], False),
    ],
)
def test_u5_s18_nor_was_who_has_not_taken_it_as_an_alarm_says_before_his_mains_came_and_went_once_more(
    site: Site, what: dict[str, Any], since: list[str], holds_so: bool
) -> None:
    """Nobody tells it anew in the same incident (88490)."""
    alarm = Event(LOST_S - 100.0, "alarm.raised", "ups4", "control1", Source.SEEN, {"rule": "S3"})
    over = [Event(LOST_S - 50.0, since[0], since[1], "room", Source.FACT, {})] if since else []
    assert holds(site, ("off_ignored", "ups4", 0.0), replace(alarm, **what), *over) is holds_so
