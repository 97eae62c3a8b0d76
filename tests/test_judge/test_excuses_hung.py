"""What was said to a node that hangs since then: who was down by that time cannot know it (C7)."""

from __future__ import annotations

import pytest

from sequencer.events import Event
from sequencer.site import Site
from sim.faults.catalogue import named
from sim.story import FaultChange
from teiden.judge.excuses import excused
from teiden.judge.invariants.invariant import Breach
from tests.excusing import STRUCK_S, fact, seen


@pytest.mark.parametrize("rule", ["S9", "S27", "S28", "S31"])
def test_c7_what_was_said_to_a_node_before_it_hung_is_unknown_to_who_has_only_come_up_since(
    site: Site, rule: str
) -> None:
    """It was told that somebody is held, and control1, down then, hears nothing of it (seed 121046)."""
    hold = seen(STRUCK_S - 30, "hold.set", "rack2", "control2")
    down = fact(STRUCK_S - 300, "server.crashed", "control1")
    deed = seen(STRUCK_S + 2000, "command.sent", "rack2", "control1", command="shutdown")
    hangs = FaultChange(STRUCK_S, named("node_hangs"), "control2")

    def left(*more: Event, up_s: float = STRUCK_S + 1500, works_s: float | None = None) -> int:
        up = fact(up_s, "server.up", "control1")
        works = () if works_s is None else (FaultChange(works_s, hangs.fault, "control2", present=False),)
        events = sorted([down, up, hold, *more, deed], key=lambda event: event.t)
        return len(
            excused([Breach(rule, deed.t, "rack2", "", (hold, deed))], (hangs, *works), site, events)[1]
        )

    assert left() == left(works_s=deed.t) == 0
    assert left(up_s=STRUCK_S - 100) == 1, "it was there when that was said"
    looks = seen(STRUCK_S - 5, "ups.on_battery", "ups1", "control2")
    assert left(looks) == 0
    assert left(looks, up_s=STRUCK_S - 10) == 1, "it was told before the other one hung"
    assert left(works_s=STRUCK_S + 1800) == 1, "it was told when the other one was at work again"
    assert left(seen(STRUCK_S + 1600, "hold.set", "rack2", "control1")) == 1, "it was told the same itself"


def test_c7_s27_nor_does_who_hung_himself_until_the_one_that_was_told_did(site: Site) -> None:
    """control1 hung when control2 was told that ups5 is held, and boots anew when control2 hangs for good
    (seed 201730)."""
    hold = seen(STRUCK_S + 10, "hold.set", "ups5", "control2")
    up = fact(STRUCK_S + 3000, "server.up", "control1")
    deed = seen(STRUCK_S + 7000, "command.sent", "ups5", "control1", command="on")

    def left(works_s: float, hangs_s: float = STRUCK_S + 1000) -> int:
        events = [hold, up, deed]
        hung = [
            FaultChange(at_s, named("node_hangs"), node, present=present)
            for at_s, node, present in ((STRUCK_S, "control1", True), (works_s, "control1", False))
        ]
        changes = sorted([*hung, FaultChange(hangs_s, named("node_hangs"), "control2")], key=lambda c: c.at_s)
        return len(excused([Breach("S27", deed.t, "ups5", "", (hold, deed))], changes, site, events)[1])

    assert left(STRUCK_S + 2000) == left(STRUCK_S + 1001) == 0
    assert left(STRUCK_S + 999) == left(STRUCK_S + 5) == 1, "both were at work then"
    assert left(STRUCK_S + 2000, STRUCK_S + 3001) == 1, "it was up when the other one hung"
