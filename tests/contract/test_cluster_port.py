"""What a cluster port promises: the node knows its own cluster at once, and asks it without the LAN."""

from __future__ import annotations

import pytest

from sequencer.ports import Accepted, ClusterPort, ClusterState, ClusterStatus, Condition, Os, ServerStatus
from sim.faults.cluster import CLUSTER_STOP_HANGS
from sim.faults.nodes import NODE_CRASHES
from tests.contract.rooms import PretendRoom

SETTLES_S = 300.0
"""A stop or a start of the reference cluster is over by then."""


def is_state(state: ClusterState) -> Condition[ClusterStatus]:
    return Condition(state.value, lambda s: s.state is state)


STOPPED = is_state(ClusterState.STOPPED)


@pytest.fixture
def cluster(room: PretendRoom) -> ClusterPort:
    return room.ports.cluster


def state(room: PretendRoom) -> ClusterState:
    told = room.value(room.ports.cluster.look(), within_s=room.local_s)
    assert isinstance(told, ClusterStatus)
    return told.state


# Looking


def test_it_is_known_from_the_first_moment_of_a_life(room: PretendRoom, cluster: ClusterPort) -> None:
    seen = cluster.seen()
    assert seen.fresh
    assert seen.status == ClusterStatus(ClusterState.RUNNING, "control1", frozenset(("control1", "control2")))


def test_it_is_known_without_the_lan_and_never_turns_stale(room: PretendRoom, cluster: ClusterPort) -> None:
    room.cut_lan()
    room.wait(room.long_s)
    assert cluster.seen().fresh
    assert state(room) is ClusterState.RUNNING


def test_until_answers_at_once_what_holds(room: PretendRoom, cluster: ClusterPort) -> None:
    assert cluster.until(is_state(ClusterState.RUNNING)).triggered


def test_until_answers_when_it_changes(room: PretendRoom, cluster: ClusterPort) -> None:
    answer = cluster.until(STOPPED)
    assert not room.comes(answer, within_s=60.0)
    room.value(cluster.stop(), within_s=room.local_s)
    seen = room.value(answer, within_s=SETTLES_S)
    assert seen.status == ClusterStatus(ClusterState.STOPPED, None)


def test_who_withdraws_is_forgotten(room: PretendRoom, cluster: ClusterPort) -> None:
    answer = cluster.until(STOPPED)
    answer.withdraw()
    cluster.force()
    assert not room.comes(answer, within_s=SETTLES_S)


def test_a_failover_shows_the_new_holder(room: PretendRoom, cluster: ClusterPort) -> None:
    moved = cluster.until(Condition("on control2", lambda s: s.holder == "control2"))
    room.fault(NODE_CRASHES, "control1")
    seen = room.value(moved, within_s=60.0)
    assert seen.status == ClusterStatus(ClusterState.RUNNING, "control2", frozenset(("control2",)))


def test_a_node_that_is_up_again_is_a_member_again(room: PretendRoom, cluster: ClusterPort) -> None:
    room.fault(NODE_CRASHES, "control2")
    alone = Condition[ClusterStatus]("alone", lambda s: s.members == {"control1"})
    room.value(cluster.until(alone), within_s=60.0)
    both = Condition[ClusterStatus]("both", lambda s: s.members == {"control1", "control2"})
    room.value(room.ports.servers["control2"].wake(), within_s=60.0)
    room.value(cluster.until(both), within_s=600.0)


def test_of_a_cluster_that_does_not_run_no_members_are_told(room: PretendRoom, cluster: ClusterPort) -> None:
    room.value(cluster.stop(), within_s=room.local_s)
    status = room.value(cluster.look(), within_s=room.local_s)
    assert isinstance(status, ClusterStatus)
    assert status.members is None


def test_a_life_that_ended_hears_nothing_more(room: PretendRoom, cluster: ClusterPort) -> None:
    answer = cluster.until(STOPPED)
    room.end_life()
    room.new_life().cluster.force()
    assert not room.comes(answer, within_s=SETTLES_S)


# Commands


@pytest.mark.quick
def test_a_stop_is_accepted_then_stopping_then_stopped(room: PretendRoom, cluster: ClusterPort) -> None:
    assert room.value(cluster.stop(), within_s=room.local_s).ok
    assert state(room) is ClusterState.STOPPING
    room.value(cluster.until(STOPPED), within_s=SETTLES_S)
    assert room.server("control1").running, "the systems of its nodes stay up"


def test_a_stop_asked_twice_is_accepted_and_takes_no_longer(room: PretendRoom, cluster: ClusterPort) -> None:
    room.value(cluster.stop(), within_s=room.local_s)
    room.wait(100.0)
    assert room.value(cluster.stop(), within_s=room.local_s).ok
    room.value(cluster.until(STOPPED), within_s=21.0)  # 120 s in all


def test_a_stop_of_a_stopped_cluster_is_refused_with_its_reason(
    room: PretendRoom, cluster: ClusterPort
) -> None:
    room.value(cluster.force(), within_s=room.local_s)
    receipt = room.value(cluster.stop(), within_s=room.local_s)
    assert receipt.accepted is Accepted.NO
    assert "stopped" in receipt.reason


def test_a_stopped_cluster_starts_again(room: PretendRoom, cluster: ClusterPort) -> None:
    room.value(cluster.force(), within_s=room.local_s)
    assert room.value(cluster.start(), within_s=room.local_s).ok
    assert state(room) is ClusterState.STARTING
    room.value(cluster.until(is_state(ClusterState.RUNNING)), within_s=SETTLES_S)


def test_a_start_without_its_disk_is_refused_with_its_reason(room: PretendRoom, cluster: ClusterPort) -> None:
    room.cut("ups3")
    receipt = room.value(cluster.start(), within_s=room.local_s)
    assert receipt.accepted is Accepted.NO
    assert receipt.reason
    assert state(room) is ClusterState.WAITING_FOR_DISK


def test_a_start_of_a_running_cluster_is_refused(room: PretendRoom, cluster: ClusterPort) -> None:
    assert room.value(cluster.start(), within_s=room.local_s).accepted is Accepted.NO
    assert state(room) is ClusterState.RUNNING


def test_a_restart_stops_it_and_boots_its_nodes(room: PretendRoom, cluster: ClusterPort) -> None:
    node = room.ports.servers["control2"]
    assert room.value(cluster.restart(), within_s=room.local_s).ok
    assert state(room) is ClusterState.STOPPING
    room.value(cluster.until(STOPPED), within_s=SETTLES_S)
    booting = Condition[ServerStatus]("booting", lambda s: s.os is Os.BOOTING)
    assert room.value(node.until(booting), within_s=SETTLES_S).status == ServerStatus(Os.BOOTING)


def test_c11_force_lets_go_of_a_cluster_that_will_not_stop(room: PretendRoom, cluster: ClusterPort) -> None:
    room.fault(CLUSTER_STOP_HANGS, "ssccluster")
    room.value(cluster.stop(), within_s=room.local_s)
    assert not room.comes(cluster.until(STOPPED), within_s=room.long_s)
    assert room.value(cluster.force(), within_s=room.local_s).ok
    assert state(room) is ClusterState.STOPPED


@pytest.mark.parametrize("command", ["stop", "start", "restart", "force"])
def test_a_life_that_ended_sends_nothing(room: PretendRoom, cluster: ClusterPort, command: str) -> None:
    room.end_life()
    with pytest.raises(AssertionError, match="ended"):
        getattr(cluster, command)()
    room.wait(10.0)
    room.ports = room.new_life()
    assert state(room) is ClusterState.RUNNING
