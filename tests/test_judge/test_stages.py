"""How long each stage of the way up may take, from the site's own limits: B1 and B3 of L1 and L3."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sequencer.site import Start
from teiden.judge.invariants.stages import stages
from teiden.judge.wiring import Wiring
from tests.told_well import CALM

START = Start(
    mains_stable_s=1.0, ready_hold_s=10.0, gap_s=100.0, first_look_limit_s=1e3, peer_limit_s=1e4,
    switch_on_limit_s=1e5, array_limit_s=1e6, cluster_limit_s=1e7, server_limit_s=1e8, wake_after_s=1e9,
)  # fmt: skip
"""Each limit has a digit of its own."""


def test_every_stage_is_the_sum_of_what_it_waits_for(tell: Any) -> None:
    """One disk on each side, two servers' UPSes; a node's UPS returns after 60 s."""
    site = tell(CALM).at_site(start=START).site
    found = stages(site, Wiring(site))
    assert found.nodes_s == 60 + 1 + 1e9 + 1e8
    assert found.control_arrays_s == 1e3 + 1e4 + 1 + 1e5 + 1e6
    assert found.cluster_s == 1e4 + 300 + 1e8 + 1e7
    assert found.linked_arrays_s == 1 + 1e5 + 1e6
    assert found.servers_s == 10 + 2 * (1e5 + 100) + 1e9 + 1e8
    assert found.all_s == (
        found.nodes_s + found.control_arrays_s + found.cluster_s + found.linked_arrays_s + found.servers_s
    )


def test_each_further_ups_has_its_own_time_to_come_on(tell: Any) -> None:
    site = tell(CALM).at_site(start=START).site
    more = {name: replace(site.upses["ups4"], name=name) for name in ("ups7", "ups8")}
    arrays = {
        "linkeddisk": replace(site.arrays["linkeddisk"], enclosures=("ups7",)),
        "controldisk": replace(site.arrays["controldisk"], enclosures=("ups8",)),
    }
    wide = replace(site, upses={**site.upses, **more}, arrays=arrays)
    before, after = stages(site, Wiring(site)), stages(wide, Wiring(wide))
    assert after.linked_arrays_s - before.linked_arrays_s == 1e5
    assert after.control_arrays_s - before.control_arrays_s == 1e5


def test_the_slowest_return_of_a_nodes_ups_counts_and_none_is_none(tell: Any) -> None:
    site = tell(CALM).at_site(start=START).site
    slow = replace(site.upses["ups2"], return_delay_s=200.0)
    late = replace(site, upses={**site.upses, "ups2": slow})
    assert stages(late, Wiring(late)).nodes_s == 200 + 1 + 1e9 + 1e8
    nodes = {n: replace(s, upses=()) if n.startswith("control") else s for n, s in site.servers.items()}
    unfed = replace(site, servers=nodes)
    assert stages(unfed, Wiring(unfed)).nodes_s == 1 + 1e9 + 1e8
