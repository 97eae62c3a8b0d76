"""Who went while nobody heard him is started as if he had run: nobody knows better (S28, N5)."""

from __future__ import annotations

import pytest

from sequencer.events import Event
from sequencer.site import Site
from teiden.judge.invariants.invariant import Breach
from tests.excusing import STRUCK_S, fact, left, seen

WENT = fact(STRUCK_S + 50, "server.shutting_down", "blade1"), fact(STRUCK_S + 140, "server.halted", "blade1")
OPENED = seen(STRUCK_S + 250, "incident.opened", "reference")
WAKE = seen(STRUCK_S + 400, "command.sent", "blade1", command="wake")


@pytest.mark.parametrize("fault", ["management_down", "network_loses"])
def test_s28_n5_who_goes_unheard_before_an_outage_is_declared_ran_as_far_as_anybody_knows(
    site: Site, fault: str
) -> None:
    """blade1 is shut down by a hand while no controller answers, and is woken at its end (814385)."""

    def counts(*more: Event, run: tuple[Event, ...] = (*WENT, OPENED, WAKE)) -> bool:
        events = sorted((*run, *more), key=lambda e: e.t)
        return left(site, Breach("S28", WAKE.t, "blade1", "", (WAKE,)), fault, "network", *events)

    assert not counts()
    assert not counts(seen(OPENED.t + 30, "server.halted", "blade1")), "they hear it when it is too late"
    assert counts(seen(STRUCK_S + 60, "server.shutting_down", "blade1")), "they had heard it go"
    assert counts(run=(*WENT, WAKE)), "no outage was declared in which it ran"
    before = (
        fact(STRUCK_S - 40, "server.shutting_down", "blade1"),
        fact(STRUCK_S - 1, "server.halted", "blade1"),
    )
    assert counts(run=(*before, OPENED, WAKE)), "they could hear it then"
    up = fact(STRUCK_S + 200, "server.booting", "blade1")
    assert counts(up), "it runs again, and is woken for another reason"
    other = tuple(fact(e.t, e.name, "blade2") for e in WENT)
    assert counts(run=(*other, OPENED, WAKE)), "another one"
