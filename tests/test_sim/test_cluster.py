"""The pretend cluster: who holds its group, failover, stop, restart, and its dependence on the disk."""

from __future__ import annotations

from typing import Any

import pytest

from sequencer.ports import Accepted, ClusterState
from sim.story import Managed, Manager

STOP_S, START_S, FAILOVER_S, NODE_BOOT_S, NODE_HALT_S = 120.0, 90.0, 30.0, 240.0, 60.0


def cut_disk(room: Any) -> None:
    room.upses["ups3"]._set_output(False, "the test")


def feed_disk(room: Any) -> None:
    room.upses["ups3"]._set_output(True, "the test")


def test_the_lowest_numbered_node_holds_the_group_at_the_start(bare_room: Any) -> None:
    assert bare_room.cluster.status.holder == "control1"
    assert bare_room.cluster.status.state is ClusterState.RUNNING


@pytest.mark.parametrize("how", ["crash", "shut_down"])
def test_when_the_holder_goes_the_group_moves_after_a_while(bare_room: Any, how: str) -> None:
    getattr(bare_room.servers["control1"], how)()
    assert bare_room.cluster.holder is None
    bare_room.go(FAILOVER_S + 1)
    assert bare_room.cluster.holder == "control2"
    assert bare_room.told("cluster.failed_over", "ssccluster") == [FAILOVER_S]


def test_when_the_other_node_goes_nothing_moves(bare_room: Any) -> None:
    bare_room.servers["control2"].crash()
    bare_room.go(100)
    assert bare_room.cluster.holder == "control1"
    assert bare_room.told("cluster.failed_over", "ssccluster") == []


def test_the_last_node_takes_the_cluster_with_it(bare_room: Any) -> None:
    bare_room.servers["control2"].crash()
    bare_room.servers["control1"].crash()
    assert bare_room.cluster.state is ClusterState.STOPPED
    assert bare_room.told("cluster.stopped", "ssccluster") == [0]


def test_a_node_that_dies_during_the_failover_ends_it(bare_room: Any) -> None:
    bare_room.servers["control1"].crash()
    bare_room.go(10)
    bare_room.servers["control2"].crash()
    bare_room.go(100)
    assert bare_room.cluster.holder is None
    assert bare_room.told("cluster.failed_over", "ssccluster") == []


def test_a_stop_stops_it_on_all_nodes_and_fails_nothing_over(bare_room: Any) -> None:
    assert bare_room.cluster.stop().ok
    assert bare_room.cluster.stop().ok, "already stopping"
    bare_room.go(STOP_S + 1)
    assert bare_room.told("cluster.stopped", "ssccluster") == [STOP_S]
    assert bare_room.cluster.holder is None
    assert bare_room.told("cluster.failed_over", "ssccluster") == []
    assert bare_room.cluster.stop().accepted is Accepted.NO


def test_a_stopped_cluster_starts_again_without_a_boot(bare_room: Any) -> None:
    bare_room.cluster.stop()
    bare_room.go(200)
    assert bare_room.cluster.start().ok
    bare_room.go(200 + START_S + 1)
    assert bare_room.cluster.state is ClusterState.RUNNING
    assert bare_room.cluster.holder == "control1"


def test_c11_a_stop_that_hangs_ends_by_force(bare_room: Any) -> None:
    bare_room.cluster.stop_hangs = True
    bare_room.cluster.stop()
    bare_room.go(5000)
    assert bare_room.cluster.state is ClusterState.STOPPING
    assert bare_room.cluster.force().ok
    assert bare_room.cluster.state is ClusterState.STOPPED


def test_r9_23_without_its_disk_it_waits_and_only_a_restart_gives_it_its_disk(bare_room: Any) -> None:
    cut_disk(bare_room)
    assert bare_room.cluster.state is ClusterState.WAITING_FOR_DISK
    feed_disk(bare_room)
    bare_room.go(1000)
    assert bare_room.cluster.state is ClusterState.WAITING_FOR_DISK
    assert bare_room.cluster.start().accepted is Accepted.NO
    assert bare_room.cluster.restart().ok
    bare_room.go(1000 + NODE_HALT_S + NODE_BOOT_S + START_S + 1)
    assert bare_room.cluster.state is ClusterState.RUNNING
    assert bare_room.told("cluster.running", "ssccluster") == [1000 + NODE_HALT_S + NODE_BOOT_S + START_S]


def test_nodes_that_boot_without_the_disk_wait_for_it(bare_room: Any) -> None:
    for node in ("control1", "control2"):
        bare_room.servers[node].force()
    cut_disk(bare_room)
    for node in ("control1", "control2"):
        bare_room.servers[node].wake()
    bare_room.go(1000)
    assert bare_room.cluster.state is ClusterState.WAITING_FOR_DISK


def test_a_node_that_boots_later_joins_and_moves_nothing(bare_room: Any) -> None:
    bare_room.servers["control2"].crash()
    bare_room.servers["control2"].wake()
    bare_room.go(1000)
    assert bare_room.cluster.members == {"control1", "control2"}
    assert bare_room.cluster.holder == "control1"


def test_a_restart_of_a_running_cluster_stops_it_first(bare_room: Any) -> None:
    bare_room.cluster.restart()
    assert bare_room.cluster.state is ClusterState.STOPPING
    bare_room.go(STOP_S + NODE_HALT_S + NODE_BOOT_S + START_S + 1)
    assert bare_room.cluster.state is ClusterState.RUNNING


def test_a_forced_cluster_has_forgotten_the_restart_that_hung(bare_room: Any) -> None:
    bare_room.cluster.stop_hangs = True
    bare_room.cluster.restart()
    bare_room.cluster.force()
    bare_room.cluster.stop_hangs = False
    bare_room.cluster.start()
    bare_room.go(200)
    bare_room.cluster.stop()
    bare_room.go(2000)
    assert bare_room.told("server.booting", "control1") == []


# Nodes that shut down one by one (R9-01)


def one_by_one(room: Any) -> None:
    room.servers["control1"].shut_down()
    room.go(300)
    room.servers["control2"].shut_down()
    room.go(600)


def boot_all(room: Any) -> None:
    for node in ("control1", "control2"):
        room.servers[node].wake()
    room.go(float(room.env.now) + NODE_BOOT_S + START_S + 10)


def test_r9_01_nodes_that_shut_down_one_by_one_are_faults_and_the_group_moves(bare_room: Any) -> None:
    one_by_one(bare_room)
    assert bare_room.told("cluster.failed_over", "ssccluster") == [FAILOVER_S]
    assert bare_room.told("cluster.stopped", "ssccluster") == [300]
    assert "operator" in bare_room.details("cluster.stopped", "ssccluster")["cause"]


def test_r9_01_afterwards_no_boot_and_no_command_starts_it_but_the_operator(bare_room: Any) -> None:
    one_by_one(bare_room)
    boot_all(bare_room)
    cluster = bare_room.cluster
    assert cluster.state is ClusterState.STOPPED
    for receipt in (cluster.start(), cluster.restart()):
        assert receipt.accepted is Accepted.NO
        assert "operator" in receipt.reason
    assert all(bare_room.servers[n].running for n in ("control1", "control2"))
    assert cluster.start_by_hand().ok
    bare_room.go(float(bare_room.env.now) + START_S + 1)
    assert cluster.state is ClusterState.RUNNING


def test_r9_01_a_story_can_send_the_operator(bare_room: Any) -> None:
    one_by_one(bare_room)
    boot_all(bare_room)
    bare_room.happen([Managed(10.0, Manager.START, "ssccluster")])
    bare_room.go(float(bare_room.env.now) + START_S + 20)
    assert bare_room.cluster.state is ClusterState.RUNNING


def test_r9_01_without_its_disk_it_needs_the_operator_all_the_same(bare_room: Any) -> None:
    one_by_one(bare_room)
    cut_disk(bare_room)
    boot_all(bare_room)
    feed_disk(bare_room)
    bare_room.go(float(bare_room.env.now) + 300)
    assert bare_room.cluster.restart().accepted is Accepted.NO
    assert bare_room.cluster.state is not ClusterState.RUNNING


@pytest.mark.parametrize("how", ["crash", "stop"])
def test_r9_01_a_crash_of_all_or_a_stop_before_needs_nobody(bare_room: Any, how: str) -> None:
    if how == "crash":
        for node in ("control1", "control2"):
            bare_room.servers[node].crash()
    else:
        bare_room.cluster.stop()
        bare_room.go(STOP_S + 1)
        one_by_one(bare_room)
    bare_room.go(1000)
    boot_all(bare_room)
    bare_room.go(float(bare_room.env.now) + 200)
    assert bare_room.cluster.state is ClusterState.RUNNING
