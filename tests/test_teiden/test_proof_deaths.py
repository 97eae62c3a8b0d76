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
            "control1:0:after:never+control2:10:before:1",
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
