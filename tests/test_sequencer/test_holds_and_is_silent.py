"""Whoever holds the group of the cluster and does not command is told of, and not followed (C4, C7, L5)."""

from __future__ import annotations

import pytest

from sequencer.duty import duty
from sequencer.journal import Kind, Row
from sequencer.ports import Os, ServerStatus
from tests.standing import COMMANDS, IDLE, NOBODY, PEER_LIMIT_S, Node, alarms, held_by


def test_l5_whoever_holds_the_group_and_is_silent_is_told_of_and_not_followed(control2: Node) -> None:
    control2.room.cluster.show(held_by("control1"))
    control2.peer.show(COMMANDS)
    control2.wants()
    control2.room.until(1000)
    assert alarms(control2) == []
    control2.peer.fall_silent()
    control2.room.until(1000 + control2.room.site.start.peer_limit_s - 5)
    assert alarms(control2) == []
    control2.room.until(1200)
    assert [(e["subject"], e["rule"]) for e in control2.room.told("alarm.raised")] == [("control1", "L5")]
    control2.room.until(9000)
    assert control2.since == []
    assert alarms(control2) == ["L5"]
    control2.room.cluster.show(held_by("control2"))
    control2.room.until(9010)
    assert control2.since


def test_l5_of_each_time_that_it_falls_silent_somebody_is_told(control2: Node) -> None:
    """Its service was begun anew, commanded, and died again."""
    control2.room.cluster.show(held_by("control1"))
    control2.peer.fall_silent()
    control2.wants()
    control2.room.until(1000)
    assert alarms(control2) == ["L5"], "once, however long it lasts"
    control2.peer.show(IDLE)
    control2.room.until(1000 + PEER_LIMIT_S - 5)
    assert alarms(control2) == ["L5"], "it is there, and commands nobody yet"
    control2.peer.show(COMMANDS)
    control2.room.until(1200)
    control2.peer.fall_silent()
    control2.room.until(1200 + PEER_LIMIT_S - 5)
    assert alarms(control2) == ["L5"]
    control2.room.until(1200 + PEER_LIMIT_S + 5)
    assert alarms(control2) == ["L5", "L5"]


def test_l5_and_where_the_group_has_moved_to_us_and_back_to_one_who_does_not_command(control2: Node) -> None:
    """By its own cluster we hold it yet, say: nobody commanded, and nobody was told (C4; seed 920236)."""
    control2.room.cluster.show(held_by("control1"))
    control2.peer.fall_silent()
    control2.wants()
    control2.room.until(1000)
    assert alarms(control2) == ["L5"]
    control2.room.cluster.show(held_by("control2"))
    control2.room.until(1100)
    assert [e["subject"] for e in control2.room.told("alarm.cleared")] == ["control1"]
    control2.room.cluster.show(held_by("control1"))
    control2.peer.show(IDLE)
    control2.wants()
    control2.room.until(2000)
    assert alarms(control2) == ["L5", "L5"]


def test_l5_and_of_each_time_without_a_cluster_too(control2: Node) -> None:
    control2.room.cluster.show(NOBODY)
    control2.room.servers["control1"].show(ServerStatus(Os.UP))
    control2.peer.fall_silent()
    control2.wants()
    control2.room.until(1000)
    assert alarms(control2) == ["L5"]
    control2.room.servers["control1"].show(ServerStatus(Os.SHUTTING_DOWN))
    control2.room.servers["control1"].show(ServerStatus(Os.UP))
    control2.room.until(2000)
    assert alarms(control2) == ["L5"], "not heard since: it is the same silence"
    control2.peer.show(COMMANDS)
    control2.room.until(2010)
    control2.peer.fall_silent()
    control2.room.until(3000)
    assert alarms(control2) == ["L5", "L5"]


def test_s13_a_node_that_is_none_of_ours_is_not_followed_either(control2: Node) -> None:
    """A cluster of more nodes than the site names, or one that was renamed."""
    control2.room.cluster.show(held_by("control3"))
    control2.wants()
    control2.room.until(9000)
    assert control2.since == []
    control2.room.cluster.show(held_by("control2"))
    control2.room.until(9010)
    assert control2.since == [9000]


def test_c4_l5_so_is_one_whose_own_cluster_tells_it_otherwise(control2: Node) -> None:
    control2.room.cluster.show(held_by("control1"))
    control2.peer.show(IDLE)
    control2.wants()
    control2.room.until(100)
    control2.peer.show(COMMANDS)
    control2.room.until(200)
    assert alarms(control2) == [], "it was only slow"
    control2.peer.show(IDLE)
    control2.room.until(200 + 2 * PEER_LIMIT_S - 5)
    assert alarms(control2) == ["L5"]
    assert control2.since == []


def test_c4_l2_who_says_for_so_long_that_he_commands_nobody_is_followed(control2: Node) -> None:
    """Else nobody commands, and the disks lose what they hold when the batteries are empty (seed 35560)."""
    control2.room.cluster.show(held_by("control1"))
    control2.peer.show(IDLE)
    control2.wants()
    control2.room.until(2 * PEER_LIMIT_S + 5)
    assert control2.since
    assert [e["subject"] for e in control2.room.told("alarm.cleared")] == ["control1"]


@pytest.mark.parametrize("at_s", [PEER_LIMIT_S - 10, PEER_LIMIT_S + 10, 2 * PEER_LIMIT_S - 1])
def test_c4_s13_not_who_has_fallen_silent_since_and_may_have_begun(control2: Node, at_s: float) -> None:
    control2.room.cluster.show(held_by("control1"))
    control2.peer.show(IDLE)
    control2.wants()
    control2.room.until(at_s)
    control2.peer.fall_silent()
    control2.room.until(9000)
    assert control2.since == []


@pytest.mark.parametrize("begins", ["silent", "commands", "moves"])
def test_c4_s13_whoever_follows_so_lets_go_as_soon_as_he_may_have_begun(control2: Node, begins: str) -> None:
    control2.room.cluster.show(held_by("control1"))
    control2.peer.show(IDLE)
    control2.run.spawn(duty(control2.run))
    control2.room.until(1000)
    assert control2.run.commands
    match begins:
        case "silent":
            control2.peer.fall_silent()
        case "commands":
            control2.peer.show(COMMANDS)
        case _:
            control2.room.cluster.show(held_by("control3"))
    control2.room.until(1000 + PEER_LIMIT_S)
    assert not control2.run.commands


def test_n3_s13_whose_lease_reached_us_though_nothing_else_does_may_be_at_work(control1: Node) -> None:
    """A slow network: rows arrive a minute late, answers never. Two nodes took the command in turn."""
    control1.room.cluster.show(NOBODY)
    control1.run.stand(commands=True)
    control1.run.hear(Row(Kind.LEASE, "control2", 0, "control2/1", 0.0))
    assert control1.run.superseded
    control1.run.stand()
    control1.peer.fall_silent()
    control1.wants()
    control1.room.until(10_000)
    assert control1.since == []
    assert alarms(control1) == ["L5"]
    control1.peer.show(IDLE)
    control1.room.until(10_010)
    assert control1.since, "it says that it does not command"
