"""A return that hangs on a faulty device is excused only once that device has got its power (L1, L3)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sequencer.events import Event, Source
from sequencer.site import Site
from teiden.judge.invariants.invariant import Breach
from teiden.judge.invariants.stages import stages
from teiden.judge.wiring import Wiring
from tests.excusing import STRUCK_S, fact, left

LATE_S = STRUCK_S + 9000.0


@pytest.mark.parametrize("fault", ["ready_late", "array_unreachable"])
@pytest.mark.parametrize(("rule", "subject"), [("L1", "rack1"), ("L3", "linkeddisk")])
def test_a3_a8_an_array_that_nobody_has_switched_on_keeps_nobody_down(
    site: Site, fault: str, rule: str, subject: str
) -> None:
    """However late it is ready, or whether it answers: it got no power, and its fault excused that."""
    off = fact(LATE_S - 8000.0, "array.off", "linkeddisk")
    starts = replace(off, name="array.starting", t=LATE_S - 4000.0)

    def counts(*run: Event) -> bool:
        return left(site, Breach(rule, LATE_S, subject, ""), fault, "linkeddisk", *run, ends=False)

    ready = (fault, rule) == ("ready_late", "L1")
    assert counts() is ready, "it has had its power all the time"
    assert counts(off)
    assert not counts(off, starts)
    assert not counts(off, starts, replace(starts, name="array.ready", t=LATE_S - 1.0)), "it came at last"
    assert counts(off, starts, replace(off, t=LATE_S - 1.0)), "that was before"
    assert counts(off, replace(starts, t=LATE_S + 1.0)), "too late"
    assert counts(off, replace(starts, subject="controldisk"))
    assert counts(off, replace(starts, source=Source.SEEN))
    assert counts(replace(off, subject="controldisk")) is ready


def test_a8_an_array_that_has_been_ready_for_a_whole_way_up_keeps_nobody_down_any_more(
    site: Site,
) -> None:
    """It was late once, and that excused for good whoever uses it."""
    way_up_s = stages(site, Wiring(site)).all_s
    late_s = STRUCK_S + 9000.0 + way_up_s

    def counts(ready_s: float, *more: Event, name: str = "array.ready", amount: float = 7200.0) -> bool:
        starts = fact(STRUCK_S + 10, "array.starting", "linkeddisk")
        told = (starts, fact(ready_s, name, "linkeddisk"), *more)
        broken = Breach("L1", late_s, "rack1", "")
        return left(site, broken, "ready_late", "linkeddisk", *told, ends=False, amount=amount)

    assert counts(STRUCK_S + 9000.0)
    assert not counts(STRUCK_S + 9000.1)
    assert not counts(STRUCK_S + 8000.0, name="array.flushed"), "it has never been"
    assert not counts(STRUCK_S + 8000.0, fact(STRUCK_S + 8500.0, "array.starting", "linkeddisk")), "again"
    assert counts(STRUCK_S + 8000.0, fact(late_s + 1, "array.starting", "linkeddisk")), "later"
    assert counts(STRUCK_S + 9000.1, amount=site.start.array_limit_s), "the way up holds that"
    own, limit_s = Breach("L3", STRUCK_S + 9000.0, "linkeddisk", ""), site.start.array_limit_s
    assert left(site, own, "ready_late", "linkeddisk", ends=False, amount=limit_s)
    assert not left(site, own, "ready_late", "linkeddisk", ends=False, amount=limit_s + 0.1)


@pytest.mark.parametrize("rule", ["L1", "L3"])
def test_p14_a_ups_that_has_not_tripped_is_to_be_switched_on(site: Site, rule: str) -> None:
    """Somebody's OFF had taken it, and nobody tried to bring it back."""
    falls = fact(LATE_S - 4000.0, "ups.output_off", "ups5")
    tripped = replace(falls, details={"cause": "fault"})

    def counts(*run: Event, fault: str = "inrush_trips") -> bool:
        return left(site, Breach(rule, LATE_S, "blade1", ""), fault, "ups5", *run, ends=False)

    assert not counts(tripped)
    assert counts()
    assert counts(replace(falls, details={"cause": "command"}))
    assert counts(tripped, replace(falls, t=LATE_S - 1.0, details={"cause": "command"}))
    assert not counts(tripped, replace(falls, t=LATE_S + 1.0, details={"cause": "command"})), "later"
    assert counts(replace(tripped, t=LATE_S + 1.0))
    assert counts(replace(tripped, subject="ups6"))
    assert not counts(fault="ups_fails"), "of one that is broken nobody need try"
