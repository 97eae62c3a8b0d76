"""A cluster that hangs in a restart that was planned after an incident had been closed (L3, R10-41)."""

from __future__ import annotations

from sequencer.journal import Kind, Row
from sequencer.ports import ClusterState, ClusterStatus
from sequencer.site import Site
from sequencer.standstill import bring_back
from tests.hands import HandRoom


def test_l3_a_restart_that_was_planned_after_an_incident_was_closed_is_ours(site: Site) -> None:
    """It hangs on its way down: nobody else has stopped it."""
    room = HandRoom(site, "control1")
    for kind, details in ((Kind.DECLARED, {"was_running": []}), (Kind.CLOSED, {})):
        room.run.learn(Row(kind, site.name, 1, "control1/1", 0.0, details))
    room.run.learn(Row(Kind.CLUSTER_RESTART_ASKED, "ssccluster", 1, "control1/1", 0.0, {}))
    room.cluster.show(ClusterStatus(ClusterState.STOPPING, None))
    room.run.spawn(bring_back(room.run))
    room.until(site.start.cluster_limit_s + 1)
    assert room.run.facts.open
