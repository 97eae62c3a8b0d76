"""A control node that stands still, or hangs, is at work no more than one that is down (C7)."""

from __future__ import annotations

from math import inf

import pytest

from sequencer.events import Event, Source
from sequencer.site import Site
from sim.faults.catalogue import named
from sim.story import FaultChange, Managed, Manager
from teiden.explore.people import unexcused
from teiden.judge.invariants.invariant import Breach
from teiden.judge.last_node import LastNode
from teiden.judge.struck import Struck
from tests.excused import unexcused_by_the_judge
from tests.worlds import fault, out, play


def fact(t: float, name: str, subject: str, **details: object) -> Event:
    return Event(t, name, subject, "room", Source.FACT, details)


def stands(at_s: float, until_s: float = inf, of: str = "control1", what: str = "node_hangs") -> Struck:
    return Struck(FaultChange(at_s, named(what), of), until_s)


DIES = fact(200.0, "server.crashed", "control2", cause="fault")
FALLS = fact(200.0, "server.crashed", "control2", cause="power")
LATER = fact(1000.0, "server.up", "blade1")
"""Something that is told last of all."""


def left(site: Site, *faults: Struck, events: tuple[Event, ...] = (DIES,), at_s: float = 400.0) -> bool:
    """Whether control2 has left nobody at work by dying."""
    return LastNode([*events, LATER], site, faults).fell_by("control2", 200.0, at_s)


@pytest.mark.parametrize("what", ["node_hangs", "service_stalls"])
def test_c7_who_dies_while_the_other_stands_still_leaves_nobody_until_it_goes_on(
    site: Site, what: str
) -> None:
    assert left(site, stands(50.0, what=what))
    assert left(site, stands(200.0, what=what)), "in that moment"
    assert not left(site), "it is at work"
    assert not left(site, stands(201.0, what=what)), "it was then, and stands still since"
    assert not left(site, stands(50.0, 199.0, what=what)), "it goes on before"
    goes_on = stands(50.0, 300.0, what=what)
    assert [left(site, goes_on, at_s=t) for t in (299.0, 300.0)] == [True, False]
    assert not left(site, stands(50.0, what="server_does_not_boot")), "no fault of its service"


def test_c7_it_does_no_more_when_its_system_has_booted_or_it_is_down_and_not_to_go_on(site: Site) -> None:
    boots = fact(120.0, "server.up", "control1")
    assert not left(site, stands(50.0), events=(boots, DIES))
    gone = fact(250.0, "server.crashed", "control1", cause="power")
    assert left(site, stands(50.0), events=(DIES, gone)), "the other one was the last at work"
    assert not LastNode([DIES, gone, LATER], site, [stands(50.0)]).fell_by("ups1", 200.0, 400.0)
    assert left(site, stands(50.0, 300.0), events=(DIES, gone)), "it is down, and goes on no more"


def test_c7_the_last_one_may_stand_still_before_it_dies(site: Site) -> None:
    halted = fact(100.0, "server.halted", "control1")
    assert left(site, stands(150.0, of="control2"), events=(halted, DIES))
    still = LastNode([halted, LATER], site, [stands(150.0, 300.0, of="control2")])
    assert [still.gone_before("blade1", t) for t in (149.0, 299.0)] == [False, False], "it never booted"
    boots = fact(160.0, "server.booting", "blade1")
    nobody = LastNode([halted, boots, LATER], site, [stands(150.0, 300.0, of="control2")])
    assert [nobody.gone_before("blade1", t) for t in (200.0, 299.0, 300.0)] == [True, True, False]


def test_c7_a_fault_that_strikes_who_is_down_already_changes_nothing(site: Site) -> None:
    halted = fact(100.0, "server.halted", "control1")
    assert left(site, stands(250.0), stands(250.0, of="control2"), events=(halted, DIES))


def test_c7_c2_who_stands_still_or_is_down_has_not_been_at_work_meanwhile(site: Site) -> None:
    boots = fact(300.0, "server.up", "control2")
    alone = LastNode([DIES, boots, LATER], site, [stands(50.0, 500.0)])
    assert [alone.at_work_since_s(t) for t in (100.0, 250.0, 300.0, 600.0)] == [-inf, None, 300.0, 300.0]
    assert LastNode([DIES, boots, LATER], site).at_work_since_s(600.0) == -inf, "control1 is there"
    still = LastNode([DIES, LATER], site, [stands(50.0, 500.0)])
    assert [still.at_work_since_s(t) for t in (499.0, 500.0)] == [None, 500.0]


def test_c7_who_shuts_the_last_node_down_that_does_not_stand_still_leaves_nobody(site: Site) -> None:
    goes = fact(1120.0, "server.shutting_down", "control2"), fact(1180.0, "server.halted", "control2")
    deed = Managed(1000.0, Manager.SHUTDOWN, "control2")
    empty = Breach("S18", 2100.0, "ups4", "")
    assert list(unexcused([empty], [deed], site, goes)) == [empty], "control1 is there"
    assert list(unexcused([empty], [stands(500.0).by, deed], site, goes)) == []


def test_c7_p10_of_who_loses_his_power_meanwhile_more_is_asked(site: Site) -> None:
    """He has seen it come, perhaps."""
    halted = fact(100.0, "server.halted", "control1")
    assert LastNode([halted, FALLS, LATER], site).fell_by("ups2", 200.0, 400.0)
    assert not LastNode([FALLS, LATER], site, [stands(50.0)]).fell_by("ups2", 200.0, 400.0)


@pytest.mark.parametrize(
    ("idle", "of", "dies"),
    [("node_hangs", "control1", "control2"), ("service_stalls", "control2", "control1")],
)
def test_c7_c2_s1_l5_nobody_forces_who_hangs_when_one_node_stands_still_and_the_other_dies(
    idle: str, of: str, dies: str
) -> None:
    """Its OFF was told after the first had begun to, and before the other died."""
    hangs = fault("server_hangs", "blade1", 0.0)
    still, dead = fault(idle, of, 0.0, amount=20_000.0), fault("node_crashes", dies, 800.0)
    tale = play(out(600, 8 * 3600), hangs, still, dead, until_s=6 * 3600.0)
    faults = [named(name) for name in ("server_hangs", idle, "node_crashes")]
    assert unexcused_by_the_judge(tale, faults) == []
    assert any(said.startswith("S1 ") for said in unexcused_by_the_judge(tale, faults[:2]))
