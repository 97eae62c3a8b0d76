"""A cluster that says that it stops, and was not told so by us: it may, or its service says what it said last
(C4). It is told before it is forced, and its nodes do not restart without end (S26, L10)."""

from __future__ import annotations

import pytest

from sequencer.cluster_start import start_cluster
from sequencer.control_stop import stop_cluster
from sequencer.journal import Kind, Row
from sequencer.ports import ClusterState, ClusterStatus
from sequencer.scope import Scope
from sequencer.timing import late_looks_s, stop_off_s
from sim.story import Managed, Manager
from tests.excused import holds
from tests.hands import HandRoom
from tests.worlds import HOUR_S, fault, out, play


@pytest.fixture
def stopping(by_hand: HandRoom) -> HandRoom:
    """Since before we began."""
    by_hand.cluster.show(ClusterStatus(ClusterState.STOPPING, None))
    return by_hand


def test_c4_s26_at_its_limit_it_is_told_and_only_a_whole_limit_after_that_forced(stopping: HandRoom) -> None:
    limit_s = stopping.site.cluster.shutdown_limit_s
    stopping.run.spawn(stop_cluster(stopping.run))
    stopping.until(limit_s - 1)
    assert stopping.cluster.sent == []
    stopping.until(2 * limit_s - 1)
    assert stopping.cluster.sent == ["stop"]
    stopping.until(2 * limit_s + 2)
    assert stopping.cluster.sent == ["stop", "force"]


def test_c4_one_that_stops_by_that_is_not_forced(stopping: HandRoom) -> None:
    limit_s = stopping.site.cluster.shutdown_limit_s
    page = stopping.run.spawn(stop_cluster(stopping.run))
    stopping.until(limit_s + 100)
    stopping.cluster.show(ClusterStatus(ClusterState.STOPPED, None))
    stopping.until(limit_s + 101)
    assert page.over
    assert stopping.cluster.sent == ["stop"]


def test_s18_a_battery_that_lasts_for_its_off_only_waits_for_no_second_limit(stopping: HandRoom) -> None:
    site, run = stopping.site, stopping.run
    for ups in site.control_upses:
        stopping.upses[ups.name].lose_mains()
    runtime_s = stop_off_s(site, site.upses["ups3"]) + late_looks_s(site) + 50.0
    stopping.upses["ups3"].show(runtime_s=runtime_s)
    run.scope = Scope(control=True)
    page = run.spawn(stop_cluster(run))
    stopping.until(52)
    assert page.over
    assert stopping.cluster.sent == []


@pytest.mark.parametrize("restarted", [False, True])
def test_c4_l10_nodes_that_have_booted_with_a_restart_give_it_the_time_of_its_start_before_another_one(
    stopping: HandRoom, restarted: bool
) -> None:
    """They restarted every twelve minutes, and nobody was told that it does not run (seed 233045)."""
    start, name = stopping.site.start, stopping.site.cluster.name
    stopping.run.hear(Row(Kind.DECLARED, "reference", 1, "control1/1", 0.0, {"was_running": []}))
    if restarted:
        stopping.run.hear(Row(Kind.CLUSTER_RESTART_ASKED, name, 1, "control1/1", 0.0))
    for array in stopping.site.control_arrays:
        stopping.run.ready_since[array.name] = -HOUR_S
    stopping.run.spawn(start_cluster(stopping.run))
    stopping.until(stopping.site.cluster.shutdown_limit_s + 60)
    assert stopping.cluster.sent == ([] if restarted else ["restart"])
    stopping.until(start.cluster_limit_s + 60)
    assert stopping.cluster.sent == ["restart"]
    told = [alarm["rule"] for alarm in stopping.told("alarm.raised", name)]
    assert told == (["L8"] if restarted else [])


def test_c4_s26_l1_a_node_on_which_it_says_for_ever_that_it_stops_tells_it_to_before_it_forces_it() -> None:
    """Its manager had rebooted it, and on control1 it said so to the end (seed 233045)."""
    reboots = fault("cluster_mistaken", "control1", -200.0)
    tale = play(Managed(-280.0, Manager.REBOOT, "ssccluster"), reboots, out(0.0, 1800.0, "ups3"))
    holds(tale, "cluster_mistaken")
    tale.before(
        "command.sent ssccluster command=stop", "cluster.stopped ssccluster", "cluster.forced ssccluster"
    )
    assert len(tale.all("command.sent ssccluster command=restart")) < 9
