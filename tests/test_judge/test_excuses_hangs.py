"""Who hangs where a network carries hardly anything: who is said to, and for how long (S1, S2, H1)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sequencer.events import Event
from sequencer.site import Site
from sequencer.timing import followed_s
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


@pytest.mark.parametrize(
    ("fault", "amount"), [("service_stalls", 9999.0), ("node_hangs", 0.0), ("node_crashes", 0.0)]
)
def test_c7_c2_h1_s1_nobody_forces_who_hangs_until_another_has_followed_who_was_to(
    site: Site, fault: str, amount: float
) -> None:
    """His power counted down when the service of who commanded stood still, or his machine died (seeds 71740,
    crowded, and 166514)."""
    leads = seen(0.0, "lease.taken", "reference")
    off = seen(STRUCK_S - 10, "command.sent", "ups6", command="off")

    def counts(after_s: float, *told: Event, of: str = "control1", lasts: float = amount) -> bool:
        falls = Breach(
            "S1", STRUCK_S + after_s, "rack1", "", (*told, fact(STRUCK_S + after_s, "ups.output_off", "ups6"))
        )
        return left(site, falls, fault, of, leads, *told, ends=False, amount=lasts)

    assert not counts(followed_s(site), off)
    assert counts(followed_s(site) + 1, off), "an alarm says so by then, if nobody may (L5)"
    assert counts(60.0, replace(off, t=STRUCK_S + 1)), "whoever told it since was there"
    assert counts(60.0, off, of="control2"), "it does not command"
    if fault == "service_stalls":
        assert not counts(60.0, off, lasts=60.0)
        assert counts(61.0, off, lasts=60.0), "it has gone on"


@pytest.mark.parametrize(("fault", "on"), [("low_flag_false", "ups3"), ("battery_collapses", "ups1")])
def test_s5_s1_nobody_forces_who_had_his_time_yet_when_the_nodes_went_for_their_own_battery(
    site: Site, fault: str, on: str
) -> None:
    """He hangs, and is cut off long after that (seed 73376, crowded)."""
    goes = seen(STRUCK_S + 100, "alarm.raised", "ssccluster", rule="S5", upses=on)
    begins = fact(STRUCK_S + 20, "server.shutting_down", "rack1")
    limit_s = site.servers["rack1"].stop_limit_s
    gone = [fact(STRUCK_S + 100, "server.halted", node) for node in site.cluster.nodes]

    def counts(*told: Event, after_s: float = 500.0, of: str = "rack1") -> bool:
        return left(site, Breach("S1", STRUCK_S + after_s, of, ""), fault, on, *told, ends=False)

    assert not counts(begins, goes, *gone)
    assert counts(begins, *gone), "they went for something else"
    assert counts(goes, *gone), "he was not on his way"
    assert counts(begins, goes, gone[0]), "one of them is there"
    assert counts(begins, goes, *gone, of="rack2")
    assert counts(begins, goes, *gone, after_s=19 + limit_s), "he has his time yet"
    late = [replace(e, t=STRUCK_S + 20 + limit_s) for e in gone]
    assert counts(begins, goes, *late), "it was over when they went"


def test_h1_s1_who_hangs_is_cut_off_where_the_last_node_was_on_its_way_down_before_his_mains_went(
    site: Site,
) -> None:
    """It has told him to stop as it went for its own disk, and was gone within his limit (seed 210415)."""
    goes_s, lost_s, told_s, halted_s = (STRUCK_S + s for s in (100.0, 120.0, 160.0, 170.0))
    broken = Breach("S1", told_s + 420.0, "rack2", "")

    def counts(*, lost_s: float = lost_s, halted_s: float = halted_s, node: str = "control2") -> bool:
        events = [
            fact(STRUCK_S + 1, "server.halted", "control1"),
            fact(goes_s, "server.shutting_down", node),
            fact(lost_s, "ups.on_battery", "ups6"),
            fact(told_s, "server.shutting_down", "rack2"),
            fact(halted_s, "server.halted", "control2"),
        ]
        return left(site, broken, "server_hangs", "rack2", *sorted(events, key=lambda e: e.t))

    assert not counts()
    assert counts(lost_s=goes_s), "it could have waited for him"
    assert counts(lost_s=broken.t + 1), "he had his mains"
    assert counts(halted_s=told_s + 181), "his limit was over, and somebody there"
    assert counts(halted_s=told_s - 1), "he was told by somebody else"
    assert counts(node="control1"), "it did not go, and crashed, say"
    other = replace(broken, subject="rack1")
    assert left(site, other, "server_hangs", "rack2", fact(STRUCK_S + 1, "server.halted", "control1"))
