"""What a hold excuses of who comes back, and of who boots: only what the hold has brought about (O2)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sequencer.events import Event, Source
from sequencer.requests import Wish
from sequencer.site import Site
from sequencer.timing import control_floor_s, followed_s, late_looks_s
from sim.story import Asked, Managed, Manager
from teiden.explore.people import unexcused
from teiden.judge.invariants.invariant import Breach
from tests.excusing import left
from tests.worlds import reference_site

HELD = [Asked(1000.0, Wish.HOLD, ("ups6",), "me"), Asked(2000.0, Wish.RELEASE, ("ups6",), "me")]


def fact(t: float, name: str, subject: str = "rack1") -> Event:
    return Event(t, name, subject, "room", Source.FACT, {})


def words(released_s: float) -> list[Event]:
    seen = Event(1000.0, "hold.set", "ups6", "control1", Source.SEEN, {})
    return [seen, replace(seen, name="hold.released", t=released_s)]


@pytest.mark.parametrize("name", ["server.shutting_down", "server.halted", "server.crashed"])
def test_l3_who_was_not_held_when_he_went_down_is_owed_his_return(name: str) -> None:
    """A hold of ten seconds excused whoever hung on that UPS for the rest of the run."""
    site, breach = reference_site(), Breach("L3", 9000.0, "rack1", "")

    def counts(*run: Event, of: Breach = breach) -> bool:
        told = sorted([*words(2000.0), *run], key=lambda e: e.t)
        return list(unexcused([of], HELD, site, told)) == [of]

    assert not counts(fact(1500.0, name)), "whoever goes down meanwhile is not told to come back"
    assert not counts(fact(2000.0, name))
    assert counts(fact(2001.0, name)), "he had been released"
    assert counts(fact(900.0, name)), "he was down before"
    assert counts(), "he did not go down"
    assert counts(fact(1500.0, name), fact(3000.0, "server.up"), fact(4000.0, name)), "he has been up since"
    assert not counts(fact(1500.0, name), fact(1600.0, "server.up"), fact(1700.0, name))
    assert counts(fact(1500.0, name, "blade1"))
    assert counts(replace(fact(1500.0, name), source=Source.SEEN)), "the room tells of none"
    assert counts(fact(1500.0, name, "blade1"), of=replace(breach, subject="blade1")), "he hangs on another"


@pytest.mark.parametrize(("last", "excused"), [("server.booting", True), ("command.sent", False)])
def test_s8_a_hold_excuses_no_start_of_ours(site: Site, last: str, excused: bool) -> None:
    """Its UPS stays on until its battery ends, and boots them when it comes back; nobody else need do so."""
    breach = Breach("S8", 1800.0, "rack1", "", (fact(1800.0, last),))
    run = [*words(2000.0)]
    assert (list(unexcused([breach], HELD, reference_site(), run)) == []) is excused
    assert left(site, breach, "ups_in_maintenance", "ups6", ends=False) is not excused


@pytest.mark.parametrize(("rule", "subject"), [("S18", "ups4"), ("L2", "linkeddisk")])
def test_s18_l2_who_shuts_the_last_node_down_makes_up_for_no_neglect_before_that(
    rule: str, subject: str
) -> None:
    """The outage of ups4 had counted for as long as another node needs to see that, and nobody was told."""
    site, lost_s = reference_site(), 100.0
    due_s = lost_s + site.upses["ups4"].confirm_s + late_looks_s(site) + followed_s(site)

    def counts(shut_s: float, *more: Event) -> bool:
        deed, breach = Managed(shut_s, Manager.SHUTDOWN, "ssccluster"), Breach(rule, 3000.0, subject, "")
        went = [(shut_s + 120.0, "server.shutting_down"), (shut_s + 180.0, "server.halted")]
        nodes = [fact(t, name, node) for t, name in went for node in site.cluster.nodes]
        run = sorted([fact(lost_s, "ups.on_battery", "ups4"), *nodes, *more], key=lambda e: e.t)
        return list(unexcused([breach], [deed], site, run)) == [breach]

    told = Event(due_s, "command.sent", "rack1", "control1", Source.SEEN, {"command": "shutdown"})
    assert not counts(due_s)
    assert counts(due_s + 1.0)
    assert not counts(due_s + 1.0, told)
    assert counts(due_s + 1.0, replace(told, t=due_s + 2.0)), "too late"
    assert not counts(due_s + 1.0, fact(2000.0, "ups.on_line", "ups4")), "it has mains"


@pytest.mark.parametrize(("rule", "subject"), [("S18", "ups3"), ("L2", "controldisk")])
def test_s18_l2_nor_for_a_control_side_that_was_to_go_long_before_for_its_own_battery(
    rule: str, subject: str
) -> None:
    """It waits for the linked side to what its own stop needs, and no longer (S5)."""
    site, lost_s, runtime_s = reference_site(), 100.0, 2500.0
    due_s = lost_s + runtime_s - control_floor_s(site, site.upses["ups3"]) + followed_s(site)
    holds = {"charge_pct": 90.0, "runtime_s": runtime_s}
    charge = Event(lost_s, "ups.charge", "ups3", "room", Source.FACT, holds)

    def counts(shut_s: float, *more: Event, tells: Event = charge) -> bool:
        deed, breach = Managed(shut_s, Manager.SHUTDOWN, "ssccluster"), Breach(rule, 2600.0, subject, "")
        went = [(shut_s + 20.0, "server.shutting_down"), (shut_s + 30.0, "server.halted")]
        nodes = [fact(t, name, node) for t, name in went for node in site.cluster.nodes]
        run = sorted([fact(lost_s, "ups.on_battery", "ups3"), tells, *nodes, *more], key=lambda e: e.t)
        return list(unexcused([breach], [deed], site, run)) == [breach]

    assert not counts(due_s)
    assert counts(due_s + 1.0)
    told = Event(due_s, "command.sent", "ssccluster", "control1", Source.SEEN, {"command": "stop"})
    assert not counts(due_s + 1.0, told)
    assert counts(due_s + 1.0, replace(told, t=lost_s - 1.0)), "for another outage"
    assert not counts(due_s + 1.0, tells=replace(charge, details={"charge_pct": 90.0})), "nobody knows"
    assert not counts(due_s + 1.0, tells=replace(charge, subject="ups1"))
    down = [fact(lost_s + 1, "server.halted", node) for node in site.cluster.nodes]
    up = [fact(due_s - followed_s(site) + 2.0, "server.up", node) for node in site.cluster.nodes]
    assert not counts(due_s + 1.0, *down, *up), "nobody was there to see that"
