"""An incident is closed when the cluster runs, unless somebody else has stopped it (L8, O1)."""

from __future__ import annotations

import pytest

from sequencer.journal import Kind, Row
from sequencer.ports import ClusterState, ClusterStatus, Service
from sequencer.site import Site
from sequencer.standstill import comes_to_run, note_disks
from tests.hands import HandRoom
from tests.worlds import with_settings

RUNS = ClusterStatus(ClusterState.RUNNING, "control1")
WAITS = ClusterStatus(ClusterState.WAITING_FOR_DISK, None)
STOPPED = ClusterStatus(ClusterState.STOPPED, None)
STARTS = ClusterStatus(ClusterState.STARTING, None)


def is_waited_for(site: Site, before: ClusterStatus, now: ClusterStatus, *, disk_went: bool) -> bool:
    """Whether an incident that would be closed waits until the cluster runs."""
    room = HandRoom(site, "control1")
    room.run.cluster.disk_went = disk_went
    room.arrays["controldisk"].show(service=Service.READY)
    room.cluster.show(before)
    task = room.run.spawn(comes_to_run(room.run))
    room.until(100)
    if before is not now:
        assert not task.over
        room.cluster.show(now)
        room.until(200)
    if waits := not task.over:
        room.cluster.show(RUNS)
        room.until(300)
    assert task.over
    return waits


@pytest.mark.parametrize(
    ("before", "now", "disk_went", "waits"),
    [
        (RUNS, RUNS, True, False),
        (WAITS, WAITS, True, True),
        (WAITS, STARTS, True, True),
        (STARTS, STARTS, False, True),
        (STARTS, WAITS, True, True),
        (STARTS, STOPPED, False, False),
        (STOPPED, STOPPED, True, False),
        (WAITS, WAITS, False, False),
    ],
)
def test_l8_an_incident_is_closed_when_the_cluster_runs_that_has_lost_its_disk_or_starts(
    site: Site, before: ClusterStatus, now: ClusterStatus, disk_went: bool, waits: bool
) -> None:
    """One that somebody else has stopped holds up nobody."""
    assert is_waited_for(site, before, now, disk_went=disk_went) is waits


def test_l8_one_that_is_started_by_hand_or_wanted_down_holds_up_nobody(site: Site) -> None:
    assert not is_waited_for(with_settings(site, start__auto=False), WAITS, WAITS, disk_went=True)


@pytest.mark.parametrize(("service", "waits"), [(Service.READY, False), (Service.STARTING, True)])
def test_l8_a_disk_that_has_gone_with_it_a_moment_ago_is_seen_by_a_fresh_look(
    site: Site, service: Service, waits: bool
) -> None:
    """The cluster tells at once that its disk is gone; the next poll of that comes seconds later."""
    room = HandRoom(site, "control1")
    room.cluster.show(WAITS)
    room.arrays["controldisk"].show(service=service)
    task = room.run.spawn(comes_to_run(room.run))
    room.until(10)
    assert task.over is not waits


@pytest.mark.parametrize(("output_on", "waits"), [(False, True), (True, False)])
def test_l8_c4_one_that_said_that_it_ran_without_its_disk_has_gone_with_it_however_it_looks_now(
    site: Site, output_on: bool, waits: bool
) -> None:
    room = HandRoom(site, "control1")
    room.cluster.show(RUNS)
    room.upses["ups3"].show(output_on=output_on)
    note_disks(room.run)
    room.cluster.show(STOPPED)
    task = room.run.spawn(comes_to_run(room.run))
    room.until(10)
    assert task.over is not waits


def test_l8_its_managers_reboot_is_waited_for_however_it_looks_meanwhile(site: Site) -> None:
    room = HandRoom(site, "control1")
    room.run.rebooting.add("control2")
    room.cluster.show(STOPPED)
    task = room.run.spawn(comes_to_run(room.run))
    for state in (STARTS, STOPPED, STARTS):
        room.until(room.run.now + 100)
        assert not task.over
        room.cluster.show(state)
    room.cluster.show(RUNS)
    room.until(room.run.now + 10)
    assert task.over


def test_l1_that_it_is_closed_is_said_also_when_somebody_is_wanted_otherwise_while_it_is_written(
    by_hand: HandRoom,
) -> None:
    """The page that closes it is left then; what has gone to the journal stands there."""
    run = by_hand.run
    run.hear(Row(Kind.DECLARED, "reference", 1, "control1/1", 0.0, {"was_running": []}))
    run.spawn(run.race(run.commit(Kind.CLOSED, "reference"), run.pause(0.001)))
    by_hand.until(1)
    assert not run.facts.open
    assert len(by_hand.told("incident.closed")) == 1
