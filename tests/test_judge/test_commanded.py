"""Whose fault it is that nobody came back, or that something went too often: of a node that goes by what its
cluster's service says wrongly, only where it commands, or nobody does (C4, L1, L3, L10)."""

from __future__ import annotations

from dataclasses import replace
from math import inf

import pytest

from sequencer.events import Event
from sequencer.site import Site
from sim.faults.catalogue import named
from sim.story import FaultChange
from teiden.judge.commanded import commanded
from teiden.judge.excuses import excused
from teiden.judge.invariants.invariant import Breach
from teiden.judge.owed import beyond
from teiden.judge.struck import Struck
from tests.excusing import STRUCK_S, fact, seen
from tests.owing import is_delayed

BROKE_S = STRUCK_S + 900.0
FIRST, SECOND = (seen(STRUCK_S - 100.0, "lease.taken", "reference", by=f"control{n}") for n in (1, 2))
"""control1 is mistaken, control2 is not."""


def its(*events: Event, t_s: float = BROKE_S) -> bool:
    return commanded(sorted(events, key=lambda e: e.t), "control1", STRUCK_S, t_s)


def test_c4_who_commands_is_who_took_the_lease_last_and_has_not_gone() -> None:
    assert its(FIRST)
    assert its(), "nobody does"
    assert not its(SECOND)
    assert not its(replace(FIRST, t=STRUCK_S - 200.0), SECOND), "it did before"
    assert not its(replace(FIRST, t=STRUCK_S - 200.0), replace(SECOND, t=STRUCK_S))
    assert its(FIRST, replace(SECOND, t=STRUCK_S + 1.0)), "it did when it was struck"
    assert its(SECOND, replace(FIRST, t=STRUCK_S + 10.0), replace(SECOND, t=STRUCK_S + 20.0))
    assert not its(SECOND, replace(FIRST, t=BROKE_S + 10.0)), "later"


def test_c4_nobody_commands_when_the_other_has_let_go_or_has_gone() -> None:
    assert its(SECOND, seen(STRUCK_S + 10.0, "lease.lost", "reference", by="control2"))
    assert not its(SECOND, seen(STRUCK_S + 10.0, "lease.lost", "reference", by="control1"))
    for name in ("server.halted", "server.crashed", "server.forced", "service.died"):
        assert its(SECOND, fact(STRUCK_S + 10.0, name, "control2"))
        assert not its(SECOND, fact(STRUCK_S + 10.0, name, "control1"))
    assert not its(SECOND, fact(STRUCK_S + 10.0, "server.up", "control2"))
    assert not its(SECOND, seen(STRUCK_S + 10.0, "server.halted", "control2"))


def test_c4_who_tells_others_something_without_the_lease_commands_too() -> None:
    def sent(t: float, of: str, by: str = "control1") -> Event:
        return seen(t, "command.sent", of, by=by, command="on")

    assert its(SECOND, sent(STRUCK_S + 10.0, "ups5"))
    assert not its(SECOND, sent(STRUCK_S - 10.0, "ups5")), "before"
    assert not its(SECOND, sent(STRUCK_S + 10.0, "control1")), "a node may always stop itself"
    assert not its(SECOND, sent(STRUCK_S + 10.0, "ups5", by="control2"))


@pytest.mark.parametrize("rule", ["L1", "L3", "L10"])
def test_c4_a_return_by_the_other_whose_cluster_tells_it_the_truth_is_owed(site: Site, rule: str) -> None:
    """control2 has commanded all the time; it left blade1 down, or took it down twice."""
    change = FaultChange(STRUCK_S, named("cluster_mistaken"), "control1")
    broken = [Breach(rule, BROKE_S, "blade1", "it broke", (seen(BROKE_S, "command.sent", "blade1"),))]
    assert excused(broken, [change], site, [FIRST])[1] == []
    assert excused(broken, [change], site, [SECOND])[1] == broken


@pytest.mark.parametrize("lasts", [True, False])
def test_c4_l1_l3_so_it_is_at_the_end_of_the_run(site: Site, lasts: bool) -> None:
    change = FaultChange(STRUCK_S, named("cluster_mistaken"), "control1")
    fault = Struck(change, inf if lasts else BROKE_S - 100.0)
    down, begun_s = Breach("L3", BROKE_S, "blade1", "it is down", ()), BROKE_S - 300.0
    for lease, is_its in ((FIRST, True), (SECOND, False)):
        run = [lease, fact(BROKE_S, "run.ended", "reference")]
        assert (beyond("L3", [fault], site, run) is None) is (is_its and lasts)
        assert is_delayed(down, begun_s, [fault], site, run) is (is_its and not lasts)
    after = [SECOND, replace(FIRST, t=BROKE_S - 50.0)]
    if not lasts:
        assert not is_delayed(down, begun_s, [fault], site, after), "it was over by then"


def test_c4_l8_only_an_incident_that_the_mistaken_node_has_closed_ends_without_its_cluster(
    site: Site,
) -> None:
    change = FaultChange(STRUCK_S, named("cluster_mistaken"), "control1")

    def left(by: str, *ended: FaultChange) -> bool:
        closed = seen(BROKE_S, "incident.closed", "reference", by=by)
        broken = [Breach("L8", BROKE_S, "reference", "the cluster was stopped", (closed,))]
        return bool(excused(broken, [change, *ended], site, [closed])[1])

    over = replace(change, at_s=BROKE_S - 1.0, present=False)
    assert not left("control1")
    assert not left("control1", over)
    assert left("control2")
    assert left("control2", over)


def test_c4_s13_only_the_mistaken_node_commands_beside_another_or_takes_the_command_from_it(
    site: Site,
) -> None:
    change = FaultChange(STRUCK_S, named("cluster_mistaken"), "control1")

    def left(rule: str, *events: Event) -> bool:
        broken = [Breach(rule, BROKE_S, "control1", "two command", events)]
        return bool(excused(broken, [change], site, events)[1])

    by_first, by_second = (seen(BROKE_S, "command.sent", "ups5", by=f"control{n}") for n in (1, 2))
    taken = replace(FIRST, t=STRUCK_S)
    assert not left("S13", SECOND, by_first)
    assert not left("S13", taken, by_second)
    assert left("S13", SECOND, by_second)
    assert left("S13", FIRST, by_second), "it had taken the command before"
    assert left("S13", by_second)
    assert left("S6", taken, by_second)
