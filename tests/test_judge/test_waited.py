"""Who may force a cluster that has begun anew: who has told it to stop, and waited its limit (C4, S26)."""

from __future__ import annotations

import pytest

from sequencer.events import Event, Source
from sequencer.site import Site
from sim.faults.catalogue import named
from sim.story import FaultChange
from teiden.judge.excuses import excused
from teiden.judge.invariants.invariant import LATENCY_S, Breach

STRUCK_S = 700.0
FORCED_S = 2000.0


def told(t: float, command: str, of: str, by: str = "control1", name: str = "command.sent") -> Event:
    return Event(t, name, of, by, Source.SEEN, {"command": command})


def is_excused(site: Site, *stops: Event) -> bool:
    name = site.cluster.name
    force = told(FORCED_S, "force", name)
    broken = [Breach("S26", FORCED_S, name, "it was forced", (force,))]
    faults = [FaultChange(STRUCK_S, named("cluster_mistaken"), "control1")]
    return not excused(broken, faults, site, [*stops, force])[1]


@pytest.mark.parametrize("command", ["stop", "restart"])
def test_c4_s26_a_whole_limit_counts_from_the_last_word_that_it_was_told(site: Site, command: str) -> None:
    name, limit_s = site.cluster.name, site.cluster.shutdown_limit_s
    in_time, late = FORCED_S - limit_s + LATENCY_S, FORCED_S - limit_s + LATENCY_S + 0.1
    assert is_excused(site, told(in_time, command, name))
    assert not is_excused(site, told(late, command, name))
    assert not is_excused(site, told(in_time, command, name), told(late, command, name))
    assert not is_excused(site), "it was told nothing"


def test_c4_s26_and_from_his_own_word_to_the_cluster(site: Site) -> None:
    name, early_s = site.cluster.name, FORCED_S - site.cluster.shutdown_limit_s
    assert not is_excused(site, told(early_s, "stop", name, by="control2"))
    assert not is_excused(site, told(early_s, "stop", "blade1"))
    assert not is_excused(site, told(early_s, "start", name))
    assert not is_excused(site, told(early_s, "stop", name, name="command.refused"))
    assert not is_excused(site, told(FORCED_S + 1.0, "stop", name))
    assert is_excused(site, told(early_s, "stop", name), told(FORCED_S + 1.0, "stop", name))


@pytest.mark.parametrize(
    ("rule", "command", "of"),
    [
        ("S6", "on", "ups5"),
        ("S9", "restart", "ssccluster"),
        ("S31", "restart", "ssccluster"),
        ("S26", "force", "ssccluster"),
    ],
)
def test_c4_only_the_node_that_is_mistaken_goes_by_what_it_hears(
    site: Site, rule: str, command: str, of: str
) -> None:
    def excuses(by: str) -> bool:
        stop = told(FORCED_S - site.cluster.shutdown_limit_s, "stop", site.cluster.name, by=by)
        deed = told(FORCED_S, command, of, by=by)
        broken = [Breach(rule, FORCED_S, of, "", (deed,))]
        faults = [FaultChange(STRUCK_S, named("cluster_mistaken"), "control1")]
        return not excused(broken, faults, site, [stop, deed])[1]

    assert excuses("control1")
    assert not excuses("control2"), "its own service tells it the truth"
