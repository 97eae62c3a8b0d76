"""Who may have been down, unseen, when the cluster ceased to run by whose word another commands (S13, N5)."""

from __future__ import annotations

import pytest

from sequencer.claim import loses_command
from sequencer.ports import ClusterState, ClusterStatus, Os, ServerStatus
from sim.story import Managed, Manager
from tests.excused import unexcused_by_the_judge
from tests.standing import NOBODY, Node
from tests.worlds import fault, out, play


def runs_with(*members: str) -> ClusterStatus:
    return ClusterStatus(ClusterState.RUNNING, "control2", frozenset(members))


@pytest.fixture
def word(control2: Node) -> Node:
    """control2 holds the group and commands; neither control1's service nor its machine is heard."""
    control2.room.cluster.show(runs_with("control1", "control2"))
    control2.run.stand(commands=True)
    control2.run.spawn(loses_command(control2.run))
    control2.peer.fall_silent()
    control2.room.servers["control1"].fall_silent()
    control2.room.until(10)
    return control2


def refuses(word: Node) -> bool:
    """The cluster ceases to run, and later control1's machine is seen up, its service not heard. Whether
    control2 refuses to switch a UPS off then."""
    word.room.cluster.show(NOBODY)
    word.room.until(word.run.now + 20)
    word.room.servers["control1"].show(ServerStatus(Os.UP))
    word.room.until(word.run.now + 10)
    ups = word.room.upses["ups5"]
    word.run.spawn(word.run.command("ups5", "off", ups.switch_on, lambda: None))
    word.room.until(word.run.now + 1)
    return not ups.sent


def test_n5_s13_who_took_no_part_in_the_cluster_and_was_not_seen_may_have_missed_that_it_ceased_to_run(
    word: Node,
) -> None:
    """He booted then, by his manager's word, and nobody could see it: he commands by his rank."""
    word.room.cluster.show(runs_with("control2"))
    word.room.until(20)
    assert refuses(word)


def test_s13_s18_nobody_has_missed_it_who_took_part_or_whom_the_manager_does_not_tell_of(word: Node) -> None:
    assert not refuses(word)


def test_n5_s18_nor_who_has_come_back_into_it_before_that(word: Node) -> None:
    word.room.cluster.show(runs_with("control2"))
    word.room.until(20)
    word.room.cluster.show(runs_with("control1", "control2"))
    word.room.until(30)
    assert not refuses(word)


def test_c7_s18_nor_who_was_seen_up_and_was_declared_out_because_he_hung(word: Node) -> None:
    word.room.servers["control1"].show(ServerStatus(Os.UP))
    word.room.cluster.show(runs_with("control2"))
    word.room.until(20)
    assert not refuses(word)


def test_n2_n5_s13_a_node_that_booted_unseen_as_the_disk_failed_is_left_the_command_when_it_is_seen() -> None:
    """Its manager reboots control1; the nodes are parted, the management network is down, and the control
    disk fails before control1 is up again (five-control-disks, seed 90)."""
    tale = play(
        fault("management_down", "network", -600.0, 1350.0),
        fault("nodes_parted", "control2", -600.0, 3100.0),
        Managed(0.0, Manager.REBOOT, "control1"),
        fault("ups_bypassed", "ups3", 240.0, 3570.0),
        out(-600, 1622, "ups3"),
        until_s=4000,
    )
    assert unexcused_by_the_judge(tale, ()) == []
    tale.once("command.refused ssccluster command=restart", "command.sent ssccluster command=restart")
    assert [e.by for e in tale.all("command.sent *")] == ["control1"]


def test_n2_s13_nor_has_he_heard_it_whom_the_cluster_named_while_he_was_down(control2: Node) -> None:
    """Its group stays with control1, which boots, while it stops: so control2 commands, without its word."""
    control2.room.servers["control1"].show(ServerStatus(Os.BOOTING))
    control2.room.cluster.show(ClusterStatus(ClusterState.STOPPING, "control1"))
    control2.peer.fall_silent()
    control2.run.stand(commands=True)
    control2.run.spawn(loses_command(control2.run))
    control2.room.until(10)
    assert refuses(control2)


def test_n2_s13_a_node_that_is_rebooted_amid_the_stop_of_its_cluster_is_left_the_command_when_it_is_up() -> (
    None
):
    """Its manager reboots control1, and the nodes are parted; when it is up the mains blink (seed 21471)."""
    tale = play(
        out(0, 1080),
        fault("nodes_parted", "control2", 600.0, 1851.0),
        Managed(960.0, Manager.REBOOT, "control1"),
        out(1140, 1144),
        out(1170, 1214),
        out(1260, 1320),
        until_s=1400,
        seed=21471,
    )
    assert unexcused_by_the_judge(tale, ()) == []
    tale.never("command.sent control1 command=shutdown")
