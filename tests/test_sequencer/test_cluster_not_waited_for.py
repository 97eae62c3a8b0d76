"""The stop of the cluster was begun late, and no battery waits for its end (S18, L2)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sequencer.control_stop import stop_cluster
from sequencer.jobs import stop_jobs
from sequencer.ports import ClusterState
from sequencer.requests import Wish
from sequencer.scope import Scope
from sequencer.site import Job, Site
from sequencer.task import Task
from sequencer.timing import late_looks_s, stop_off_s
from sim.story import Asked, Managed, Manager
from tests.excused import holds
from tests.hands import HandRoom
from tests.worlds import fault, out, play

ALL_GO = Scope(control=True)


@pytest.fixture
def room(site: Site) -> HandRoom:
    """The control side has lost its mains, and each battery holds an hour."""
    room = HandRoom(site)
    for ups in site.control_upses:
        room.upses[ups.name].show(mains=False, on_battery=True, runtime_s=3600.0)
    room.run.scope = ALL_GO
    return room


def stops(room: HandRoom) -> Task:
    page = room.run.spawn(stop_cluster(room.run))
    room.until(room.run.now + 0.5)
    room.cluster.show(state=ClusterState.STOPPING)
    return page


def lasts_for_its_off(room: HandRoom, ups: str, and_s: float) -> None:
    site = room.site
    room.upses[ups].show(runtime_s=stop_off_s(site, site.upses[ups]) + late_looks_s(site) + and_s)


def rules(room: HandRoom) -> list[str]:
    return [e["rule"] for e in room.told("alarm.raised")]


def test_s18_who_reboots_the_cluster_late_in_an_outage_leaves_no_time_for_its_stop() -> None:
    """It waited for who was held. The nodes were back with four minutes left, and gave two to the cluster."""
    tale = play(
        Asked(-50.0, Wish.HOLD, ("ups5",), by="explore"),
        out(0, 6000),
        Managed(2030.0, Manager.REBOOT, "ssccluster"),
        until_s=2900.0,
    )
    holds(tale)
    tale.once("alarm.raised ssccluster rule=S18")
    tale.once("ups.output_off ups3 cause=command")
    tale.never("cluster.forced ssccluster")


@pytest.mark.parametrize("ups", ["ups1", "ups2", "ups3"])
def test_s18_s26_the_cluster_is_waited_for_until_a_battery_lasts_for_its_off_only(
    room: HandRoom, ups: str
) -> None:
    lasts_for_its_off(room, ups, and_s=50.0)
    page = stops(room)
    room.until(49)
    assert not page.over
    room.until(51)
    assert page.over
    assert (room.cluster.sent, rules(room)) == (["stop"], ["S18"])
    assert [alarm["upses"] for alarm in room.told("alarm.raised")] == [ups], "it says for which"


@pytest.mark.parametrize(("ups", "over"), [("ups3", True), ("ups1", False)])
def test_s18_it_is_asked_all_the_same_and_not_waited_for_where_the_disks_cache_can_be_saved(
    room: HandRoom, ups: str, over: bool
) -> None:
    """For a node's battery that is lost anyway the others do not go in disorder."""
    lasts_for_its_off(room, ups, and_s=-30.0)
    page = stops(room)
    room.until(5)
    assert (room.cluster.sent, page.over) == (["stop"], over)


@pytest.mark.parametrize(("ups", "over"), [("ups1", True), ("ups2", False), ("ups3", False)])
def test_s18_with_who_goes_alone_only_his_own_battery_counts(room: HandRoom, ups: str, over: bool) -> None:
    room.run.scope = Scope(nodes=frozenset({"control1"}))
    lasts_for_its_off(room, ups, and_s=50.0)
    page = stops(room)
    room.until(51)
    assert page.over is over


@pytest.mark.parametrize(
    ("state", "scope", "runs"),
    [
        (ClusterState.STOPPING, ALL_GO, False),
        (ClusterState.STOPPED, ALL_GO, True),
        (ClusterState.STOPPING, Scope(), True),
    ],
    ids=["stopping", "stopped", "of one alone"],
)
def test_r2_07_then_there_is_no_time_for_a_nodes_jobs_either(
    room: HandRoom, state: ClusterState, scope: Scope, runs: bool
) -> None:
    room.run.commands, room.run.scope = True, scope
    room.cluster.show(state=state)
    node = replace(room.site.servers["control1"], stop_jobs=(Job("save", ("save",), 60.0),))
    room.run.spawn(stop_jobs(room.run, node))
    room.until(10)
    assert bool(room.told("job.started")) is runs


def test_s26_s27_of_one_that_is_held_its_limit_and_what_a_battery_told_count_from_its_release() -> None:
    """The mains have come back meanwhile, and no battery ends (seed 39828)."""
    cluster = ("ssccluster",)
    tale = play(
        Asked(-200, Wish.HOLD, cluster),
        out(0, 1360),
        Asked(545, Wish.POWER_OFF),
        Asked(2453, Wish.RELEASE, cluster),
        until_s=7200,
    )
    holds(tale)
    assert not tale.times("cluster.forced ssccluster")
    assert len(tale.times("cluster.stopped ssccluster")) == 1


def test_c11_l2_nodes_do_not_stay_while_a_cluster_that_hangs_writes_to_a_disk_whose_battery_ends() -> None:
    """Blinks had used up its battery, and three minutes were left of it. The linked disk is flushed as they
    go, for its servers are halted already: nothing is lost (seed 83862)."""
    blinks = [*out(0, 880, "ups3"), *out(1000, 1880, "ups3"), *out(2000, 2370, "ups3")]
    hangs = fault("cluster_stop_hangs", "ssccluster", 2400.0)
    tale = play(*blinks, out(2500, 6000), hangs, until_s=4500.0)
    holds(tale)
    assert ("S18", "ssccluster") in tale.alarms()
    tale.once("ups.output_off ups3 cause=command")
    tale.once("array.flushed linkeddisk")
    tale.never("array.lost_data *")
