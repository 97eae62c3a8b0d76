"""A battery of which nobody is told what it holds, and that could not wait for its confirm time (U18, P4)."""

from __future__ import annotations

import pytest

from sequencer.events import Event, Source
from sequencer.site import Site
from sequencer.timing import battery_need_s
from sim.faults.catalogue import named
from sim.story import FaultChange
from teiden.judge.excuses import excused
from teiden.judge.invariants.invariant import Breach

LOST_S = 700.0
EMPTY_S = 1500.0


def lost(
    left_s: float | None, t: float = LOST_S, ups: str = "ups3", source: Source = Source.FACT
) -> list[Event]:
    return [
        Event(t, "ups.on_battery", ups, "", source),
        Event(t, "ups.charge", ups, "", source, {"charge_pct": 30.0, "runtime_s": left_s}),
    ]


@pytest.mark.parametrize("rule", ["S18", "L2"])
def test_u18_p4_only_where_its_outage_began_with_less_than_its_confirm_time_and_its_stop_need(
    site: Site, rule: str
) -> None:
    need_s = battery_need_s(site, site.upses["ups3"])
    subject = "ups3" if rule == "S18" else "controldisk"
    broken = [Breach(rule, EMPTY_S, subject, "it was empty", ())]

    def left(*events: Event, fault: str = "battery_not_told", of: str = "ups3") -> list[Breach]:
        return excused(broken, [FaultChange(0.0, named(fault), of)], site, events)[1]

    short, enough = lost(need_s - 1), lost(need_s)
    assert left(*short) == []
    assert left(*enough) == broken
    assert left() == broken
    assert left(*lost(need_s - 1, t=EMPTY_S)) == [], "at once"
    assert left(*lost(None)) == broken
    assert left(*enough, *lost(need_s - 1, t=EMPTY_S + 1)) == broken, "later"
    assert left(*short, *lost(need_s, t=LOST_S + 1)) == broken, "it had been charged since"
    assert left(*enough, *lost(need_s - 1, t=LOST_S + 1)) == []
    assert left(*enough, *lost(need_s - 1, t=LOST_S + 60)[1:]) == broken, "by then, of course"
    assert left(*lost(need_s - 1, ups="ups2")) == broken
    assert left(*lost(need_s - 1, source=Source.SEEN)) == broken
    assert left(*short, of="ups2") == broken
    assert left(*short, fault="low_flag_missing") == broken
