"""What a silent card does not tell: what became of an OFF whose time is over (S3)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from sequencer.events import Event, Source
from sequencer.site import Site
from sim.faults.catalogue import named
from sim.story import FaultChange
from teiden.judge.excuses import excused
from teiden.judge.invariants.invariant import Breach

STRUCK_S = 700.0


def said_to(t: float, name: str, by: str, subject: str = "reference", **details: str) -> Event:
    return Event(t, name, subject, by, Source.SEEN, details)


@pytest.mark.parametrize(
    "fault", ["off_dropped_on_mains", "returns_unasked", "ups_fails", "ups_bypassed", "inrush_trips"]
)
def test_s3_u7_u15_p13_what_became_of_an_off_that_was_over_is_told_by_no_silent_card(
    site: Site, fault: str
) -> None:
    """It forgot it, its delay over and its loads halted; or it was seen off, and is back with its mains."""
    over_s = STRUCK_S + 400

    def room(t: float, name: str, **details: Any) -> Event:
        return Event(t, name, "ups5", "room", Source.FACT, details)

    counts = room(STRUCK_S + 5, "ups.off_armed", falls_at=over_s)
    silent = said_to(STRUCK_S + 50, "card.silent", "control1", "ups5")
    deed = said_to(STRUCK_S + 600, "command.sent", "control1", "linkeddisk", command="flush")
    again = said_to(deed.t - 1, "card.answering", "control1", "ups5")

    def left(*events: Event, ups: str = "ups5", deed: Event = deed, began: Event = counts) -> list[Breach]:
        broken = [Breach("S3", deed.t, "linkeddisk", "ups5 still gave power", (deed,))]
        story = [FaultChange(STRUCK_S, named(fault), ups)]
        return excused(broken, story, site, sorted([began, *events, deed], key=lambda e: e.t))[1]

    assert left(silent) == []
    assert left(), "it is heard"
    assert left(silent, again), "again, too"
    assert left(silent, deed=replace(deed, by="control2")), "by another"
    assert left(silent, ups="ups6"), "that one is heard"
    late = room(STRUCK_S + 5, "ups.off_armed", falls_at=deed.t + 1)
    assert left(silent, began=late), "it counts down yet"
    assert left(silent, began=replace(late, name="ups.charge")), "it was never told to go off"
    off, back = (
        room(over_s, "ups.output_off", cause="command"),
        room(over_s + 60, "ups.output_on", cause="return"),
    )
    assert left(silent, off), "it is off: another still gives power"
    assert left(silent, off, back) == []
    assert left(silent, off, replace(back, details={"cause": "command"})), "one of ours has switched it on"
    for name, of, t, told in (
        ("server.up", "blade1", back.t + 1, True),
        ("ups.on_line", "ups5", deed.t, True),
        ("server.up", "blade1", back.t, False),
        ("server.up", "rack1", back.t + 1, False),
        ("array.ready", "linkeddisk", back.t + 1, False),
    ):
        assert bool(left(silent, off, back, said_to(t, name, "control1", of))) is told
        assert not left(silent, off, back, said_to(t, name, "control2", of)), "not to him"
