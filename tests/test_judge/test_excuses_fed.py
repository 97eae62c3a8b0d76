"""A return that hangs on a faulty device is excused only once that device has got its power (L1, L3)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sequencer.events import Event, Source
from sequencer.site import Site
from teiden.judge.invariants.invariant import Breach
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

    assert not counts(), "it has had its power all the time"
    assert counts(off)
    assert not counts(off, starts)
    assert not counts(off, starts, replace(starts, name="array.ready", t=LATE_S - 1.0)), "it came at last"
    assert counts(off, starts, replace(off, t=LATE_S - 1.0)), "that was before"
    assert counts(off, replace(starts, t=LATE_S + 1.0)), "too late"
    assert counts(off, replace(starts, subject="controldisk"))
    assert counts(off, replace(starts, source=Source.SEEN))
    assert not counts(replace(off, subject="controldisk"))


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
