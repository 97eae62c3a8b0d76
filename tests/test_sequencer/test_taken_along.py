"""The cluster's manager shuts it down while the control side waits for the linked side yet (R2-08, L3)."""

from __future__ import annotations

from sequencer.control_stop import stop_control
from sequencer.journal import Kind, Row
from sequencer.ports import ClusterState, ClusterStatus, Os
from sequencer.scope import Scope
from tests.hands import HandRoom


def test_l3_r2_08_who_waits_to_stop_the_cluster_waits_no_longer_when_its_manager_takes_the_nodes_along(
    by_hand: HandRoom,
) -> None:
    """Halted with their power on they would not come back."""
    room = by_hand
    for ups in room.upses.values():
        ups.lose_mains()
    rows = [Row(Kind.DECLARED, "reference", 1, "control1/1", 0.0, {"was_running": []})]
    room.run.hear(*rows, *(Row(Kind.CONFIRMED, name, 1, "control1/1", 0.0) for name in room.site.upses))
    room.run.scope = Scope(arrays=frozenset({"linkeddisk"}), control=True)
    room.run.spawn(stop_control(room.run))
    room.until(10)
    for node in ("control1", "control2"):
        room.servers[node].show(os=Os.SHUTTING_DOWN)
    room.until(20)
    assert room.upses["ups1"].sent == [], "the cluster runs yet, and is to be stopped first"
    room.cluster.show(ClusterStatus(ClusterState.STOPPED, None))
    room.run.announce()
    room.until(30)
    assert all(room.upses[ups].sent for ups in ("ups1", "ups2"))
