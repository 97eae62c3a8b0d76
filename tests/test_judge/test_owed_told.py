"""A UPS that is off, and of which no journal tells, is switched on by whom an alarm tells so (P13, P14)."""

from __future__ import annotations

import pytest

from sequencer.events import Event, Source
from teiden.judge.owed import beyond
from teiden.judge.struck import struck
from tests.worlds import fault, reference_site


@pytest.mark.parametrize(
    ("rule", "subject", "kept"), [("L1", "ups5", True), ("L3", "ups5", False), ("L1", "ups6", False)]
)
def test_p13_a_ups_that_is_repaired_and_off_is_switched_on_by_whoever_is_told_so(
    rule: str, subject: str, kept: bool
) -> None:
    """No journal knows why it is off; an alarm asks for it."""
    site, fails = reference_site(), fault("ups_fails", "ups5", 100.0, 900.0)
    events = [Event(2000.0, "alarm.raised", subject, "control1", Source.SEEN, {"rule": rule})]
    left = beyond("L1", struck(fails, site, events), site, events) or frozenset()
    assert ("blade1" in left) is kept
    assert "rack1" not in left


@pytest.mark.parametrize(
    ("subject", "opened_s", "cleared_s", "kept"),
    [
        ("control2", None, None, True),
        ("control1", None, None, False),  # he hangs on another
        ("control2", 1500.0, None, False),  # in an incident the node is started by us
        ("control2", None, 2100.0, False),  # it came up since
        ("control2", None, 1900.0, True),
    ],
)
def test_p14_l1_a_nodes_ups_that_is_off_in_no_incident_is_switched_on_by_whoever_is_told_of_the_node(
    subject: str, opened_s: float | None, cleared_s: float | None, kept: bool
) -> None:
    """It trips over him as somebody switches it on again, say (hard seed 43004)."""
    site, fails = reference_site(), fault("ups_fails", "ups2", 100.0, 900.0)
    told = [
        (opened_s, "incident.opened", "reference"),
        (2000.0, "alarm.raised", subject),
        (cleared_s, "alarm.cleared", subject),
        (2500.0, "server.up", "rack1"),
    ]
    events = [
        Event(t, name, of, "control1", Source.SEEN, {"rule": "L1", "epoch": 1}) for t, name, of in told if t
    ]
    left = beyond("L3", struck(fails, site, events), site, sorted(events, key=lambda e: e.t)) or frozenset()
    assert ("control2" in left) is kept


@pytest.mark.parametrize(
    ("by", "heard", "kept"),
    [("control1", None, True), ("control1", 1, True), ("control1", 2, False), ("control2", None, False)],
)
def test_p14_c2_l3_so_it_is_in_an_incident_of_which_whoever_says_so_has_heard_nothing(
    by: str, heard: int | None, kept: bool
) -> None:
    """Who had opened it has died, and the other one was down all the while (separate-enclosures, 64132)."""
    site, fails = reference_site(), fault("ups_fails", "ups2", 100.0, 900.0)
    events = [
        Event(1500.0, "incident.opened", "reference", "control2", Source.SEEN, {"epoch": 2}),
        *([Event(1600.0, "journal.heard", "reference", by, Source.SEEN, {"epoch": heard})] if heard else []),
        Event(2000.0, "alarm.raised", "control2", by, Source.SEEN, {"rule": "L1"}),
    ]
    left = beyond("L3", struck(fails, site, events), site, events) or frozenset()
    assert ("control2" in left) is kept


@pytest.mark.parametrize(
    ("named", "then", "kept"),
    [
        ("ups4, ups5, ups6", [], True),
        ("ups4, ups6", [], False),
        ("ups4, ups5, ups6", [("alarm.cleared", "ups4"), ("server.up", "rack1")], False),
        ("ups4, ups5, ups6", [("alarm.cleared", "ups6"), ("server.up", "rack1")], True),  # another one
        ("ups4, ups5, ups6", [("ups.output_on", "ups5"), ("server.up", "rack1")], False),
        ("ups4, ups5, ups6", [("ups.output_on", "ups6"), ("server.up", "rack1")], True),
    ],
)
def test_p13_p14_l1_an_alarm_tells_of_each_ups_that_it_names_until_that_is_seen_on(
    named: str, then: list[tuple[str, str]], kept: bool
) -> None:
    """The disk's comes first, and its servers' are named beside it (seeds 132366, 240223)."""
    site, fails = reference_site(), fault("ups_fails", "ups5", 100.0, 900.0)
    told = Event(2000.0, "alarm.raised", "ups4", "control1", Source.SEEN, {"rule": "L1", "upses": named})
    later = [
        Event(3000.0 + n, name, of, "control1", Source.SEEN, {"rule": "L1"})
        for n, (name, of) in enumerate(then)
    ]
    left = beyond("L1", struck(fails, site, [told]), site, [told, *later]) or frozenset()
    assert ("blade1" in left) is kept
