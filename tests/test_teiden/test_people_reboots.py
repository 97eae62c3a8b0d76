"""What a reboot of all nodes excuses of a linked disk that whoever is back flushes (R2-08, A4)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sequencer.events import Event, Source
from sequencer.timing import stop_off_s
from sim.story import Managed, Manager
from teiden.explore.people import unexcused
from teiden.judge.invariants.invariant import Breach
from tests.worlds import reference_site

UP_S = 1420.0
SITE = reference_site()
LATEST_S = (
    UP_S + SITE.start.first_look_limit_s + SITE.linkage.flush_limit_s + stop_off_s(SITE, SITE.upses["ups4"])
)
"""Whoever waits for the flush up to its limit has the UPS of the disk off by then."""


def fact(t: float, name: str, subject: str = "linkeddisk") -> Event:
    return Event(t, name, subject, "room", Source.FACT, {})


ASKED = Event(UP_S + 1.0, "command.sent", "linkeddisk", "control1", Source.SEEN, {"command": "flush"})


def excused(at_s: float, *more: Event, ups: str = "ups4") -> bool:
    """All nodes were rebooted at 1,000 s and are up again; then the battery of this one has ended."""
    told = (1120.0, "shutting_down"), (1180.0, "halted"), (1180.0, "booting"), (UP_S, "up")
    nodes = [fact(t, f"server.{what}", node) for t, what in told for node in SITE.cluster.nodes]
    run = sorted([*nodes, *more], key=lambda e: e.t)
    deed, breach = Managed(1000.0, Manager.REBOOT, "ssccluster"), Breach("S18", at_s, ups, "")
    return not list(unexcused([breach], [deed], SITE, run))


@pytest.mark.parametrize("since", ["array.flushing", "array.dirty"])
def test_s18_r2_08_a4_no_off_of_a_disk_falls_before_the_flush_that_whoever_is_back_waits_for(
    since: str,
) -> None:
    """It is under way yet, or somebody writes after every flush: nobody sees its end."""
    flush = ASKED, fact(UP_S + 2.0, since)
    assert excused(LATEST_S - 1.0, *flush)
    assert not excused(LATEST_S + 1.0, *flush)
    written = fact(UP_S + 100.0, "array.flushed"), fact(UP_S + 100.0, "array.dirty")
    assert excused(LATEST_S - 1.0, *flush, *written)


def test_s18_nor_is_who_is_back_excused_where_the_disk_is_flushed_or_nobody_has_told_it_to() -> None:
    flushed = ASKED, fact(UP_S + 2.0, "array.flushing"), fact(UP_S + 200.0, "array.flushed")
    assert not excused(LATEST_S - 1.0, *flushed)
    assert not excused(LATEST_S - 1.0, fact(UP_S + 2.0, "array.dirty"))
    assert not excused(LATEST_S - 1.0, replace(ASKED, t=1100.0)), "whoever was there before"
    assert not excused(LATEST_S - 1.0, replace(ASKED, details={"command": "start"}))
    assert not excused(LATEST_S - 1.0, replace(ASKED, subject="controldisk"), ups="ups3"), "never flushed"
    of_servers_s = UP_S + SITE.start.first_look_limit_s + stop_off_s(SITE, SITE.upses["ups6"])
    assert not excused(of_servers_s + 1.0, ASKED, ups="ups6"), "it feeds no disk"


@pytest.mark.parametrize(("before_s", "so"), [(5.9, True), (6.1, False)])
def test_s18_a_flush_that_ends_with_the_battery_is_seen_too_late_for_an_off(
    before_s: float, so: bool
) -> None:
    """Two late looks, and one at somebody who does not answer (92170)."""
    at_s = LATEST_S - 1.0
    assert excused(at_s, ASKED, fact(at_s - before_s, "array.flushed")) is so


@pytest.mark.parametrize(("beside", "so"), [("halted", True), ("up", False)])
def test_s18_r2_08_who_is_rebooted_as_the_last_one_leaves_nobody_either(beside: str, so: bool) -> None:
    run = [
        fact(900.0, f"server.{beside}", "control2"),
        *(
            fact(t, f"server.{what}", "control1")
            for t, what in ((1000.0, "shutting_down"), (1060.0, "halted"))
        ),
        fact(1060.0, "server.booting", "control1"),
    ]
    deed, breach = Managed(1000.0, Manager.REBOOT, "control1"), Breach("S18", 1200.0, "ups4", "")
    assert (not list(unexcused([breach], [deed], SITE, run))) is so


@pytest.mark.parametrize(("node", "beside"), [("control1", "control2"), ("control2", "control1")])
@pytest.mark.parametrize(("began_s", "in_time"), [(990.0, True), (800.0, False)])
def test_s1_r2_08_nor_whoever_forces_him_who_hangs_until_the_node_that_is_back_has_looked_round(
    node: str, beside: str, began_s: float, in_time: bool
) -> None:
    """The first of them looks; another listens for that one first, which hangs (7710652, crowded)."""
    told = (1000.0, "shutting_down"), (1060.0, "halted"), (1060.0, "booting"), (1300.0, "up")
    run = [
        fact(900.0, "server.halted", beside),
        fact(began_s, "server.shutting_down", "rack1"),
        *(fact(t, f"server.{what}", node) for t, what in told),
    ]
    run.sort(key=lambda e: e.t)
    start = SITE.start
    looked_s = 1300.0 + (start.first_look_limit_s if node == "control1" else start.peer_limit_s)
    deed = Managed(1000.0, Manager.REBOOT, node)
    for fell_s, so in ((looked_s - 1.0, in_time), (looked_s + 1.0, False)):
        assert (not list(unexcused([Breach("S1", fell_s, "rack1", "")], [deed], SITE, run))) is so
    others = [fact(999.0, "server.up", beside), *run[1:]]
    others.sort(key=lambda e: e.t)
    assert list(unexcused([Breach("S1", 1290.0, "rack1", "")], [deed], SITE, others)), "that one is there"
