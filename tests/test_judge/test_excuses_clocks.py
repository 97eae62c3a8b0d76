"""Two words that two nodes were told apart, and a clock that is behind: which is the later one (N2, T1)."""

from __future__ import annotations

from sequencer.events import Event, Source
from sequencer.site import Site
from sim.faults.catalogue import named
from sim.story import FaultChange
from teiden.judge.excuses import excused
from teiden.judge.invariants.invariant import Breach
from tests.excusing import STRUCK_S, fact, seen

ENDED_S = STRUCK_S + 2000
ON = seen(STRUCK_S + 10, "request.accepted", "reference", "control1", id="r1")
OFF = seen(STRUCK_S + 900, "request.accepted", "reference", "control2", id="r2")
LOOKS = seen(ENDED_S + 50, "ups.on_line", "ups5", "control2")
DEED = seen(ENDED_S + 100, "command.sent", "ups6", "control1", command="on")


def stepped(node: str, by_s: float, at_s: float = STRUCK_S - 100) -> Event:
    return Event(at_s, "clock.stepped", node, "room", Source.FACT, {"by_s": by_s, "skew_s": by_s})


def counts(site: Site, *more: Event) -> bool:
    parted = FaultChange(STRUCK_S, named("peers_apart"), "control2")
    again = FaultChange(ENDED_S, parted.fault, "control2", present=False)
    events = sorted((ON, OFF, LOOKS, DEED, *more), key=lambda e: e.t)
    return bool(excused([Breach("S28", DEED.t, "ups6", "", (OFF, DEED))], [parted, again], site, events)[1])


def test_n2_t1_s28_what_counts_as_older_by_a_clock_that_is_behind_is_not_heeded_when_they_meet(
    site: Site,
) -> None:
    """control2 is asked to switch off what control1 was asked to switch on before that (seed 35652)."""
    assert not counts(site, stepped("control2", -7200.0))
    assert not counts(site, stepped("control1", 7200.0)), "or the other one's is ahead"
    assert counts(site), "the later word counts, and they have met"
    assert counts(site, stepped("control2", -600.0)), "it is the later one all the same"
    assert counts(site, stepped("control2", -7200.0, OFF.t + 1)), "it was right then"
    heard = seen(STRUCK_S + 500, "request.accepted", "reference", "control2", id="r1")
    assert counts(site, stepped("control2", -7200.0), heard), "it knew that, and its word came after"
    started = Event(0.0, "run.started", "reference", "room", Source.FACT, {"skew_s": {"control2": -7200.0}})
    assert not counts(site, started)
    assert not counts(site, stepped("control2", -7200.0), fact(ENDED_S + 20, "server.up", "control1"))
