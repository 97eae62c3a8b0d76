"""Who hangs where a network carries hardly anything: who is said to, and for how long (S1, S2, H1)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sequencer.events import Event
from sequencer.site import Site
from teiden.judge.invariants.invariant import Breach
from tests.excusing import STRUCK_S, fact, left, seen


@pytest.mark.parametrize(("fault", "most"), [("network_loses", 75.0), ("network_slow", 4 / 3)])
@pytest.mark.parametrize(("rule", "subject"), [("S1", "control1"), ("S1", "rack1"), ("S2", "controldisk")])
def test_n3_h1_where_hardly_a_request_is_answered_who_hangs_is_hardly_forced(
    site: Site, fault: str, most: float, rule: str, subject: str
) -> None:
    hangs = "control1" if subject == "controldisk" else subject
    said = seen(STRUCK_S + 200, "alarm.raised", hangs, rule="H1")
    others_down = fact(STRUCK_S + 1, "server.halted", "control2"), said
    broken = Breach(rule, STRUCK_S + 300, subject, "")
    assert not left(site, broken, fault, "network", *others_down, amount=most + 0.1)
    assert left(site, broken, fault, "network", *others_down, amount=most)
    assert left(site, broken, fault, "network", amount=93.0), "nobody has been waited for"
    other = seen(STRUCK_S + 200, "alarm.raised", "rack2", rule="H1")
    assert left(site, broken, fault, "network", other, amount=93.0), "this one has not"


def test_n3_h1_s1_who_hung_in_an_outage_before_and_has_booted_since_does_not_hang_for_that(
    site: Site,
) -> None:
    """The alarm of the first outage excused whoever was cut off, running, in each later one."""
    said = seen(STRUCK_S + 100, "alarm.raised", "rack1", rule="H1")
    broken = Breach("S1", STRUCK_S + 250, "rack1", "")

    def counts(boots_s: float, of: str = "rack1") -> bool:
        return left(site, broken, "network_slow", "network", said, fact(boots_s, "server.booting", of))

    assert counts(STRUCK_S + 200)
    assert counts(STRUCK_S + 250)
    assert not counts(STRUCK_S + 99), "it hangs since"
    assert not counts(STRUCK_S + 251), "later"
    assert not counts(STRUCK_S + 200, "rack2"), "another"


def test_n3_h1_s2_one_user_of_a_disk_that_hangs_makes_up_for_no_other_that_nobody_has_stopped(
    site: Site,
) -> None:
    told = seen(STRUCK_S + 150, "command.sent", "ups4", command="off")
    broken = Breach("S2", STRUCK_S + 250, "linkeddisk", "", (told,))
    down = [fact(STRUCK_S + 90, "server.halted", name) for name in ("blade1", "blade2")]

    def counts(*more: Event) -> bool:
        hangs = seen(STRUCK_S + 100, "alarm.raised", "rack1", rule="H1")
        events = sorted((*down, hangs, *more), key=lambda e: e.t)
        return left(site, broken, "network_slow", "network", *events)

    assert counts(), "rack2 runs on"
    assert not counts(fact(STRUCK_S + 90, "server.halted", "rack2"))
    assert not counts(seen(STRUCK_S + 101, "alarm.raised", "rack2", rule="H1"))
    again = fact(STRUCK_S + 90, "server.halted", "rack2"), fact(STRUCK_S + 149, "server.booting", "rack2")
    assert counts(*again)
    assert not counts(again[0], replace(again[1], t=STRUCK_S + 151)), "nobody could call that OFF back"
