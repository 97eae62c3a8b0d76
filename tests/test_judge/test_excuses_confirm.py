"""An outage that counts late, for who commands stands still: how late, and whom that excuses (L7, C7, B5)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sequencer.events import Event
from sequencer.site import Site
from sequencer.timing import followed_s
from teiden.judge.alone import whole_stop_s
from teiden.judge.invariants.invariant import Breach
from teiden.judge.invariants.watchful import confirmed_s
from tests.excusing import ENDED_S, STRUCK_S, fact, left, seen


@pytest.mark.parametrize("fault", ["service_stalls", "node_hangs"])
def test_c7_l7_an_outage_may_count_as_late_as_a_take_over_ends(site: Site, fault: str) -> None:
    """Later only where an alarm says that nobody may follow, or nobody is there to say it."""
    late_s = STRUCK_S + followed_s(site)
    said = seen(STRUCK_S + 150, "alarm.raised", "control1", "control2", rule="L5")
    gone = fact(STRUCK_S - 50, "server.halted", "control2")

    def counts(t: float, *events: Event) -> bool:
        breach = Breach("L7", t, "ups5", "")
        return left(site, breach, fault, "control1", *events, ends=False, amount=9e4)

    assert not counts(late_s)
    assert counts(late_s + 0.1)
    assert not counts(late_s + 0.1, said)
    assert not counts(late_s + 0.1, gone)
    commands = seen(STRUCK_S - 60, "lease.taken", "reference", "control1")
    assert not counts(late_s, commands)
    assert not counts(late_s + 0.1, commands, said)
    another = seen(STRUCK_S - 60, "lease.taken", "reference", "control2")
    assert counts(late_s, another), "who commands does not stand still"
    assert counts(late_s, another, said)


def test_c7_l7_the_next_outage_is_confirmed_like_the_first_when_he_stands_still_no_more(site: Site) -> None:
    said = seen(STRUCK_S + 150, "alarm.raised", "control1", "control2", rule="L5")
    late_s = ENDED_S + whole_stop_s(site)
    assert not left(site, Breach("L7", late_s, "ups5", ""), "node_hangs", "control1", said)
    assert left(site, Breach("L7", late_s + 0.1, "ups5", ""), "node_hangs", "control1", said)


@pytest.mark.parametrize("times", [2.0, 10.0])
def test_c9_l7_an_outage_may_count_as_late_as_the_file_of_who_commands_says_and_no_later(
    site: Site, times: float
) -> None:
    lost_s = STRUCK_S + 100.0
    theirs = replace(site, upses={"ups5": replace(site.upses["ups5"], confirm_s=60.0 * times)})
    last_s = lost_s + confirmed_s(theirs, "ups5")

    def counts(t: float, by: str = "control1") -> bool:
        told = [
            fact(0.0, "run.started", "reference"),
            seen(10.0, "lease.taken", "reference", by),
            seen(lost_s, "ups.on_battery", "ups5", by),
            seen(t, "outage.confirmed", "ups5", by),
        ]
        breach = Breach("L7", t, "ups5", "", (told[-1],))
        return left(site, breach, "site_file_differs", "control1", *told, ends=False, amount=times)

    assert not counts(last_s)
    assert counts(last_s + 1.0)
    assert counts(last_s, "control2"), "who commands goes by the true one"
