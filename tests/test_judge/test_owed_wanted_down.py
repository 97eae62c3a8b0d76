"""A fault keeps one node down, and somebody wants the other one so: nobody is left who starts anybody."""

from __future__ import annotations

import pytest

from sim.story import FaultChange, Managed, Manager
from teiden.judge.excuses import judged
from teiden.judge.verdict import judge
from tests.worlds import fault, out, play, reference_site


@pytest.mark.parametrize("wanted_down", [True, False])
def test_l1_r2_09_nobody_is_owed_by_nodes_of_which_one_is_kept_down_and_the_other_wanted_so(
    wanted_down: bool,
) -> None:
    """As N2: who was shut down as wanted has never heard of what would wake him (seed 113206)."""
    site = reference_site()
    shut = [Managed(30.0, Manager.SHUTDOWN, "control2")] if wanted_down else []
    stuck = [fault("server_does_not_boot", node) for node in site.cluster.nodes]
    tale = play(out(0, 7200), shut, *stuck, until_s=12 * 3600.0)
    told = [h for h in tale.happenings if not (isinstance(h, FaultChange) and h.subject == "control2")]
    breaches = [b for r in judge(tale.events, site).invariants for b in r.breaches if b.id == "L1"]
    assert breaches
    left = judged(breaches, tale.events, told, site)[1]
    assert bool(left) is not wanted_down
    untold = [h for h in told if not isinstance(h, FaultChange)]
    assert judged(breaches, tale.events, untold, site)[1], "that first one is owed"
