"""What a fault excuses because nobody else was there: no node who follows, none who comes back."""

from __future__ import annotations

import pytest

from sequencer.events import Event, Source
from sequencer.site import Site
from sim.faults.catalogue import named
from sim.faults.fault import Excuse, Fault, Kind, Reach
from sim.story import FaultChange
from teiden.judge.excuses import excused
from teiden.judge.invariants.invariant import Breach


def breach(rule: str, subject: str, t: float) -> Breach:
    return Breach(rule, t, subject, "it broke")


FOLLOWED = Excuse("L5", Reach.SUBJECT, "who hangs follows nobody", alone=True)
HANGS = Fault(("C7",), "hangs", Kind.NODE, "it hangs", lambda *_: None, (FOLLOWED,))


@pytest.mark.parametrize(
    ("down_s", "back_s", "holds"),
    [(700.0, 2000.0, True), (700.0, 995.0, False), (900.0, 2000.0, False), (700.0, 1000.0, True)],
)
def test_l5_who_hangs_need_follow_nobody_where_the_other_has_been_down_all_that_time(
    site: Site, down_s: float, back_s: float, holds: bool
) -> None:
    events = [
        Event(down_s, "server.halted", "control1", "room", Source.FACT),
        Event(back_s, "server.up", "control1", "room", Source.FACT),
    ]
    hangs = FaultChange(500.0, HANGS, "control2", True)
    found, _ = excused([breach("L5", "control2", 1000.0)], [hangs], site, events)
    assert bool(found) is holds


def test_u2_l3_the_alarm_that_the_nodes_stay_up_counts_for_the_upses_that_it_names(site: Site) -> None:
    """And no other alarm of that rule."""
    stays = Excuse("S18", Reach.WAITING, "the nodes stay up", said="L3")
    dead = FaultChange(500.0, Fault(("U2",), "dead", Kind.UPS, "", lambda *_: None, (stays,)), "ups2", True)
    empty = [breach("S18", "ups3", 1000.0)]

    def told(subject: str, **details: str) -> bool:
        event = Event(600.0, "alarm.raised", subject, "control1", Source.SEEN, {"rule": "L3", **details})
        return bool(excused(empty, [dead], site, [event])[0])

    assert told("ssccluster", upses="ups1, ups2")
    assert not told("ssccluster", upses="ups1")
    assert not told("ups2")


def test_c10_who_ran_by_an_old_row_may_be_started_again(site: Site) -> None:
    broken = [breach("S28", "blade1", 701.0), breach("S28", "ups5", 701.0), breach("S27", "blade1", 701.0)]
    found, left = excused(broken, [FaultChange(700.0, named("C10"), "control1")], site)
    assert [e.breach for e in found] == broken[:2], "by the UPS of his, too"
    assert left == broken[2:]


@pytest.mark.parametrize("rule", ["S9", "S10", "S22", "S23", "S31", "L10"])
def test_c10_an_outage_that_is_written_down_counts_whatever_is_planned(site: Site, rule: str) -> None:
    broken = breach(rule, "linkeddisk", 701.0)
    assert excused([broken], [FaultChange(700.0, named("C10"), "control1")], site)[1] == []
