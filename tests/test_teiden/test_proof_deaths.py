"""Services that die twice: what comes to its end all the same, and what nobody can bring there (C1, C2)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from teiden.proof import programme
from teiden.proof.crashes import Crash
from teiden.proof.stories import outage
from tests.thinned import thinned

SITE = "site-outage"


@pytest.mark.parametrize(
    "cuts",
    thinned(
        [
            "control1:0:before:300+control1:3:after:300",
            "control1:1:after:300+control1:4:before:300",
            "control1:30:after:1+control2:2:after:300",
            "control1:30:after:20+control2:0:before:300",
            "control1:14:before:300+control1:53:before:20",
            "control1:20:before:300+control1:30:before:300",
            "control1:20:before:never+control2:1:after:1",
        ],
        3,
    ),
)
def test_l3_l5_s18_a_service_that_dies_twice_leaves_nobody_behind_and_nothing_untold(cuts: str) -> None:
    outcome = programme.case(f"crash {SITE} - {cuts}").played()
    assert (outcome.wrong, outcome.excused["L5"]) == ([], 0)


DISK = "crash control-disk-outage - "


@pytest.mark.parametrize(
    "cuts",
    thinned(
        [
            "control1:1:after:300+control1:2:before:never",
            "control1:0:after:never+control2:11:before:1",
            "control1:0:before:never+control2:9:after:never",
        ],
        1,
    ),
)
def test_r10_02_what_nobody_knows_who_lives_nobody_brings_to_its_end(cuts: str) -> None:
    case = programme.case(DISK + cuts)
    assert isinstance(case, Crash)
    history = case.history()
    assert case.judged(history).wrong == []
    heard = replace(history, open_at=frozenset(outage("control-disk-outage", None).site.cluster.nodes))
    assert "end" in case.judged(heard).broken, "somebody who lives knows of it, and is to close it"


LATE = "crash site-outage - control1:1:before:never+control2:29:after:300"
"""control2 dies when it has told itself to go; control1, which comes up first, never heard of the outage."""
DARK = "crash site-outage 1060 control1:1:before:never+control2:29:after:300"
"""And here the control disk has kept its power: the cluster runs, and nobody wakes control2."""


def test_l3_a_node_that_is_woken_when_its_cluster_has_stood_still_is_not_late() -> None:
    """Whoever wakes it knows of no reason until then (ADR 0031)."""
    case = programme.case(LATE)
    assert isinstance(case, Crash)
    outcome = case.judged(case.history())
    assert (outcome.wrong, outcome.excused["L3"]) == ([], 0)


def test_s28_what_nobody_knows_of_stays_dark_if_an_alarm_says_whose_journal_is_to_be_asked() -> None:
    case = programme.case(DARK)
    assert isinstance(case, Crash)
    history = case.history()
    assert history.end["blade1"] == "off"
    assert case.judged(history).wrong == []
    silent = replace(history, events=[e for e in history.events if e.name != "alarm.raised"])
    assert "end" in case.judged(silent).broken
    asked = [e for e in history.events if e.name == "alarm.raised" and "upses" in e.details]
    (alarm,) = [e for e in asked if e.subject == "control2"]
    named = replace(alarm, details={**alarm.details, "upses": "ups4, ups5"})
    fewer = replace(history, events=[named if e is alarm else e for e in history.events])
    (words,) = case.judged(fewer).wrong
    assert "rack1 off" in words, "of whom no alarm has spoken nobody is left dark"
    assert "blade1" not in words
