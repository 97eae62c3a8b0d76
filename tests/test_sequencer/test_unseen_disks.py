"""A cluster that waits for a disk which nobody saw go is brought back (L3, N5)."""

from __future__ import annotations

import pytest

from sequencer.ports import ClusterState, ClusterStatus, Service
from sequencer.site import Site
from sequencer.standstill import bring_back
from tests.hands import HandRoom

LIMIT_S = 1200.0
"""`start.cluster_limit`: as long as its start may take."""


@pytest.mark.parametrize("heard", [False, True])
def test_l3_n5_one_whose_disk_is_silent_from_the_first_has_lost_it_when_it_waits_for_it(
    site: Site, heard: bool
) -> None:
    """Nobody saw it go; one that is heard to be ready before that was stopped by somebody (O1)."""
    room = HandRoom(site, "control1")
    room.cluster.show(ClusterStatus(ClusterState.RUNNING, "control1"))
    room.arrays["controldisk"].fall_silent()
    room.run.spawn(bring_back(room.run))
    room.until(50)
    if heard:
        room.arrays["controldisk"].show(service=Service.READY)
    room.until(100)
    room.cluster.show(ClusterStatus(ClusterState.WAITING_FOR_DISK, None))
    room.until(100 + LIMIT_S - 1)
    assert not room.run.facts.open
    room.until(100 + LIMIT_S + 10)
    assert room.run.facts.open is not heard
