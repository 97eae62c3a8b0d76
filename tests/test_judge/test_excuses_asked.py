"""Faults that excused more than they bring about: each asks whether it was so (A10, C7, N3, N6)."""

from __future__ import annotations

from dataclasses import replace
from inspect import getsource
from typing import Any

import pytest

from sequencer.events import Event
from sequencer.site import Site
from sequencer.standing import not_proven
from teiden.judge import said
from teiden.judge.alone import whole_stop_s
from teiden.judge.invariants.invariant import Breach
from teiden.judge.invariants.stages import stages
from teiden.judge.wiring import Wiring
from tests.excusing import ENDED_S, STRUCK_S, fact, left, seen

LATE_S = STRUCK_S + 300.0


@pytest.mark.parametrize(("fault", "most"), [("network_loses", 75.0), ("network_slow", 4 / 3)])
def test_n3_who_stays_down_is_excused_by_a_network_only_that_lets_hardly_anything_through(
    site: Site, fault: str, most: float
) -> None:
    """One that lets more through makes it late, and no more: see `test_owed_slow.py`."""
    run = fact(LATE_S, "run.ended", "reference")
    down, late = Breach("L1", LATE_S, "ups5", ""), Breach("L3", LATE_S, "ups5", "")
    assert left(site, down, fault, "network", run, ends=False, amount=most)
    assert not left(site, down, fault, "network", run, ends=False, amount=most * 1.01)
    assert not left(site, late, fault, "network", run, ends=False, amount=most)


@pytest.mark.parametrize("rule", ["L1", "L3", "L8"])
@pytest.mark.parametrize(
    ("told", "counts"),
    [
        ([], True),
        ([seen(STRUCK_S, "alarm.raised", "control2", "control2", rule="S30")], False),
        ([seen(STRUCK_S - 1.0, "alarm.raised", "control2", "control2", rule="S30")], True),
        ([seen(LATE_S + 1.0, "alarm.raised", "control2", "control2", rule="S30")], True),
        ([seen(STRUCK_S, "alarm.raised", "control2", "control2", rule="H1")], True),
        ([seen(STRUCK_S, "alarm.raised", "ups5", "control2", rule="S30")], True),
    ],
)
def test_a10_s30_nothing_is_started_without_a_journal_only_where_a_node_says_that_its_own_is_broken(
    site: Site, rule: str, told: list[Event], counts: bool
) -> None:
    broken = Breach(rule, LATE_S, "rack1", "")
    assert left(site, broken, "journal_on_array", "linkeddisk", *told, ends=False) is counts


@pytest.mark.parametrize(
    ("fault", "on", "rule"),
    [
        ("journal_on_array", "linkeddisk", "S30"),
        ("journal_full", "control2", "C5"),
        ("journal_broken", "control2", "C5"),
    ],
)
def test_c5_a10_a_journal_is_broken_until_that_service_begins_anew_and_somebody_has_had_the_whole_way_up(
    site: Site, fault: str, on: str, rule: str
) -> None:
    """He read what there was, wrote again, and started nobody: that was excused for good."""
    said = seen(STRUCK_S, "alarm.raised", "control2", "control2", rule=rule)
    all_s = stages(site, Wiring(site)).all_s
    gone = [fact(LATE_S, "server.halted", node) for node in site.cluster.nodes]
    back = fact(LATE_S + 50.0, "server.up", "control2")
    late_s = LATE_S + 50.0 + all_s

    def counts(*events: Event, at_s: float = late_s + 1.0) -> bool:
        return left(site, Breach("L1", at_s, "rack1", ""), fault, on, said, *events, ends=False)

    assert counts(*gone, back)
    assert not counts(*gone, back, at_s=late_s), "just so"
    assert not counts(), "it lives yet"
    assert not counts(*gone), "nobody has been up since"
    again = seen(LATE_S + 60.0, "alarm.raised", "control2", "control2", rule=rule)
    assert not counts(*gone, back, again), "it is broken in this life too"


def test_c7_l4_a_service_that_stands_still_excuses_its_own_steps_alone(site: Site) -> None:
    step = seen(STRUCK_S, "step.started", "rack1", "control1", step="stop")
    broken = Breach("L4", LATE_S, "rack1", "", (step,))
    assert not left(site, broken, "service_stalls", "control1", ends=False, amount=3600.0)
    assert left(site, broken, "service_stalls", "control2", ends=False, amount=3600.0)
    nobody = seen(STRUCK_S, "alarm.raised", "control2", "control1", rule="L5")
    for fault in ("service_stalls", "node_hangs"):
        assert left(site, broken, fault, "control2", nobody, ends=False, amount=3600.0), "he is at work"
    own = replace(step, by="control2")
    assert not left(site, replace(broken, events=(own,)), "node_hangs", "control2", nobody, ends=False)


UNPROVED = {"command": "off", "rule": "S13", "reason": "nothing proves that control1 is down"}
REFUSED = seen(LATE_S - 50.0, "command.refused", "ups3", "control2", **UNPROVED)
FOR_OTHERS = replace(REFUSED, details={**UNPROVED, "rule": "S5", "reason": "ups5 is not off yet"})
NO_LEASE = replace(REFUSED, details={**UNPROVED, "reason": "this node does not command"})
NO_ON = replace(REFUSED, details={**UNPROVED, "command": "on"})
SENT = seen(LATE_S - 40.0, "command.sent", "ups3", "control2", command="off")
ON_SENT = replace(SENT, details={"command": "on"})


@pytest.mark.parametrize(
    ("fault", "on", "told", "counts"),
    [
        ("loads_mixed_up", "ups6", [REFUSED], False),
        ("loads_mixed_up", "ups6", [replace(REFUSED, subject="ups2")], True),
        ("loads_mixed_up", "ups6", [FOR_OTHERS], True),
        ("loads_mixed_up", "ups6", [NO_LEASE], True),
        ("loads_mixed_up", "ups6", [NO_ON], True),
        ("loads_mixed_up", "ups6", [replace(SENT, details=REFUSED.details)], True),
        ("loads_mixed_up", "ups6", [replace(REFUSED, t=STRUCK_S - 1.0)], True),
        ("loads_mixed_up", "ups6", [REFUSED, SENT], True),
        ("loads_mixed_up", "ups6", [REFUSED, ON_SENT], False),
        ("loads_mixed_up", "ups6", [REFUSED, replace(SENT, t=LATE_S + 1.0)], False),
        ("site_file_differs", "control1", [REFUSED], True),  # its own alarm tells that it follows nobody
    ],
)
def test_s18_s13_whose_off_was_refused_since_nothing_proves_that_another_is_down_is_told_by_nobody(
    site: Site, fault: str, on: str, told: list[Event], counts: bool
) -> None:
    """Wrong wires took him; without a cluster the other one commands, and switches nobody off (43005)."""
    broken = Breach("S18", LATE_S, "ups3", "")
    assert left(site, broken, fault, on, *told, ends=False) is counts
    assert said.UNPROVED in getsource(not_proven), "so it is said"


@pytest.mark.parametrize(
    ("flush", "counts"),
    [
        ({}, False),
        ({"subject": "controldisk"}, True),
        ({"details": {**UNPROVED, "command": "wake"}}, True),
        ({"details": {**UNPROVED, "command": "flush", "rule": "S3", "reason": "ups6 not seen off"}}, True),
    ],
)
def test_s18_s13_nor_is_a_disks_whose_flush_was_refused_for_that_before_there_is_an_off(
    site: Site, flush: dict[str, Any], counts: bool
) -> None:
    """(185287)"""
    refused = replace(REFUSED, subject="linkeddisk", details={**UNPROVED, "command": "flush"})
    broken = Breach("S18", LATE_S, "ups4", "")
    assert left(site, broken, "loads_mixed_up", "ups6", replace(refused, **flush), ends=False) is counts


@pytest.mark.parametrize(
    ("lost_s", "on", "counts"),
    [(ENDED_S, "ups3", False), (ENDED_S - 1.0, "ups3", True), (ENDED_S, "ups5", True)],
)
def test_u19_l2_a_disk_that_is_plugged_right_again_onto_a_ups_that_is_off_loses_what_it_holds(
    site: Site, lost_s: float, on: str, counts: bool
) -> None:
    """That one had been empty for long, and nobody had told it anything (94372, 118802)."""
    out = fact(STRUCK_S - 5000.0, "ups.on_battery", "ups4")
    lost = fact(lost_s, "array.lost_data", "linkeddisk")
    broken = Breach("L2", lost_s, "linkeddisk", "", (lost,))
    assert left(site, broken, "loads_mixed_up", on, out, lost) is counts


@pytest.mark.parametrize(("fell", "counts"), [("ups3", False), ("ups2", True)])
def test_l2_s13_nor_is_what_the_end_of_that_one_took_lost_by_anybody(
    site: Site, fell: str, counts: bool
) -> None:
    end = fact(LATE_S, "ups.output_off", fell)
    broken = Breach("L2", LATE_S, "controldisk", "", (end,))
    assert left(site, broken, "loads_mixed_up", "ups6", REFUSED, ends=False) is counts


@pytest.mark.parametrize(
    ("taken_s", "by", "counts"),
    [(0.0, "control1", True), (-51.0, "control1", False), (0.1, "control1", False), (0.0, "control2", False)],
)
def test_s18_s13_not_where_another_has_had_the_command_for_a_whole_stop_since_that_was_refused(
    site: Site, taken_s: float, by: str, counts: bool
) -> None:
    taken = seen(LATE_S + taken_s, "lease.taken", "reference", by)
    broken = Breach("S18", LATE_S + whole_stop_s(site), "ups3", "")
    assert left(site, broken, "loads_mixed_up", "ups6", REFUSED, taken, ends=False) is counts


def test_n6_s17_nobody_has_waited_for_a_silent_card_who_does_not_say_so(site: Site) -> None:
    on = seen(LATE_S, "command.sent", "ups5", command="on")
    broken = Breach("S17", LATE_S, "ups5", "", (on,))
    said = seen(LATE_S, "alarm.raised", "ups5", rule="S17")
    assert not left(site, broken, "cards_swizzled", "network", said, ends=False)
    assert left(site, broken, "cards_swizzled", "network", ends=False)
    assert left(site, broken, "cards_swizzled", "network", replace(said, t=LATE_S + 1.0), ends=False)
    assert left(site, broken, "cards_swizzled", "network", replace(said, subject="ups6"), ends=False)
    for woken, counts in (("blade1", False), ("rack1", True)):
        wake = Breach("S17", LATE_S, woken, "", (replace(on, subject=woken),))
        assert left(site, wake, "cards_swizzled", "network", said, ends=False) is counts


@pytest.mark.parametrize(
    ("fault", "amount", "counts"),
    [("network_loses", 95.1, False), ("network_loses", 95.0, True), ("network_slow", 1.82, False)],
)
def test_n3_s17_nor_does_anybody_wait_for_ever_for_a_card_that_is_hardly_ever_heard(
    site: Site, fault: str, amount: float, counts: bool
) -> None:
    """Where less is lost it is heard within the time for which it is waited (45488)."""
    broken = Breach(
        "S17", LATE_S, "control1", "", (seen(LATE_S, "command.sent", "control1", command="wake"),)
    )
    said = seen(LATE_S, "alarm.raised", "ups1", rule="S17")
    assert left(site, broken, fault, "network", said, ends=False, amount=amount) is counts
    assert left(site, broken, fault, "network", ends=False, amount=amount), "nobody says so"


@pytest.mark.parametrize(
    ("silent", "feed", "counts"),
    [(["ups5"], "utility", True), (["ups5", "ups6"], "utility", False), (["ups5", "ups6"], "other", True)],
)
def test_n6_s12_a_neighbour_on_its_feed_has_fallen_silent_too(
    site: Site, silent: list[str], feed: str, counts: bool
) -> None:
    """Nobody else could tell of the outage of ups5; ups6 may hang on another feed."""
    upses = {**site.upses, "ups6": replace(site.upses["ups6"], feed=feed)}
    site = replace(site, upses=upses)
    heard = [seen(ENDED_S - 200.0, "card.answering", ups) for ups in site.upses]
    gone = [seen(ENDED_S - 100.0, "card.silent", ups) for ups in silent]
    counted = seen(LATE_S, "outage.confirmed", "ups5")
    broken = Breach("S12", LATE_S, "ups5", "", (counted,))
    assert left(site, broken, "cards_swizzled", "network", *heard, *gone, ends=False) is counts
