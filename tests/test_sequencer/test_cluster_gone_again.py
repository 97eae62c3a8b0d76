"""The cluster goes while the linked side starts: no more of that is started until it is back (S6)."""

from __future__ import annotations

import pytest

from sequencer.array_start import start_array
from sequencer.cluster_start import keep_cluster, start_cluster
from sequencer.journal import Kind, Row
from sequencer.ports import ClusterState, ClusterStatus, Os, ServerStatus, Service
from sequencer.power_on import AGAIN_S
from sequencer.restart import Turns, start_server, start_servers_ups
from sequencer.run import TURNS
from tests.hands import HandRoom

RUNS = ClusterStatus(ClusterState.RUNNING, "control1")
STOPS = ClusterStatus(ClusterState.STOPPING, "control1")


@pytest.fixture
def room(by_hand: HandRoom) -> HandRoom:
    """blade1 and its UPS are off since an outage that is over; the disk has been ready for long."""
    run = by_hand.run
    ran = {"was_running": ["blade1"]}
    run.learn(Row(Kind.DECLARED, "reference", 1, "control1/1", 0.0, ran))
    run.learn(Row(Kind.TURNED, "reference", 1, "control1/1", 0.0, {}))
    run.ready_since["linkeddisk"] = -1000.0
    for view in run.mains.values():
        view.on_line_since_s = -1000.0
    by_hand.servers["blade1"].show(ServerStatus(Os.HALTED))
    return by_hand


def test_s6_a_ups_whose_turn_comes_when_the_cluster_has_gone_is_not_switched_on(room: HandRoom) -> None:
    run, ups5 = room.run, room.site.upses["ups5"]
    room.upses["ups5"].show(output_on=False)
    turns = Turns(run, [room.site.upses["ups6"], ups5])
    run.spawn(start_servers_ups(run, ups5, turns))
    room.until(50)
    room.cluster.show(STOPS)
    run.powered.add("ups6")
    run.announce(TURNS)
    room.until(100)
    assert room.upses["ups5"].sent == []
    assert {(e["command"], e["rule"]) for e in room.told("command.refused", "ups5")} == {("on", "S6")}
    room.cluster.show(RUNS)
    room.until(110)
    assert room.upses["ups5"].sent == ["on"]


def test_s6_a_server_is_woken_however_long_the_cluster_was_away_and_once(room: HandRoom) -> None:
    run, blade1 = room.run, room.site.servers["blade1"]
    run.powered.add("ups5")
    run.spawn(start_server(run, blade1, Turns(run, [])))
    room.until(5)
    room.cluster.show(STOPS)
    room.until(3 * room.site.start.server_limit_s)
    assert room.servers["blade1"].sent == []
    assert room.told("alarm.raised") == [], "it is the cluster that is not there"
    room.cluster.show(RUNS)
    room.until(3 * room.site.start.server_limit_s + 60)
    assert room.servers["blade1"].sent == ["wake"]


def starts(room: HandRoom, array: str) -> None:
    """Its UPS is off, and has its mains."""
    ups = {"linkeddisk": "ups4", "controldisk": "ups3"}[array]
    room.upses[ups].show(output_on=False)
    room.arrays[array].show(service=Service.STARTING)
    room.run.spawn(start_array(room.run, room.site.arrays[array]))


def test_s6_a_linked_array_is_not_switched_on_while_the_cluster_is_away(room: HandRoom) -> None:
    """Its manager has restarted it since, or it has lost its disks (R2-08)."""
    room.cluster.show(STOPS)
    starts(room, "linkeddisk")
    room.until(3 * room.site.start.switch_on_limit_s)
    assert room.upses["ups4"].sent == []
    assert [(e["rule"], e["reason"]) for e in room.told("step.waiting", "ups4")] == [
        ("S6", "the cluster is stopping")
    ]
    assert room.told("alarm.raised") == [], "it is the cluster that is not there"
    room.cluster.show(RUNS)
    room.until(3 * room.site.start.switch_on_limit_s + 1)
    assert room.upses["ups4"].sent == ["on"]


def test_s6_one_that_somebody_switches_on_meanwhile_is_waited_for_no_longer(room: HandRoom) -> None:
    room.cluster.show(STOPS)
    starts(room, "linkeddisk")
    room.until(50)
    room.upses["ups4"].show(output_on=True)
    room.arrays["linkeddisk"].show(service=Service.READY)
    room.until(60)
    assert "linkeddisk" in room.run.ready_since
    assert room.upses["ups4"].sent == []


def test_s6_one_that_went_off_again_waits_for_the_cluster_too(room: HandRoom) -> None:
    room.run.ready_since.clear()
    room.arrays["linkeddisk"].show(service=Service.STARTING)
    room.run.spawn(start_array(room.run, room.site.arrays["linkeddisk"]))
    room.until(10)
    room.cluster.show(STOPS)
    room.upses["ups4"].show(output_on=False)
    room.until(3 * AGAIN_S)
    assert room.upses["ups4"].sent == []
    room.cluster.show(RUNS)
    room.until(3 * AGAIN_S + 1)
    assert room.upses["ups4"].sent == ["on"]


def test_s6_the_disk_of_the_cluster_does_not_wait_for_the_cluster(room: HandRoom) -> None:
    room.cluster.show(STOPS)
    starts(room, "controldisk")
    room.until(10)
    assert room.upses["ups3"].sent == ["on"]
    assert room.cluster.looks == 0


def test_s6_the_cluster_is_looked_at_before_anything_of_the_linked_side_is_switched_on(
    room: HandRoom,
) -> None:
    """What its manager began a moment ago no poll has told."""
    starts(room, "linkeddisk")
    room.until(10)
    assert (room.upses["ups4"].sent, room.cluster.looks) == (["on"], 1)


WAITS = ClusterStatus(ClusterState.WAITING_FOR_DISK, None)


def test_l3_a_cluster_that_loses_its_disk_on_the_way_up_is_restarted_when_it_has_stood_for_its_limit(
    room: HandRoom,
) -> None:
    """Nobody else does while the incident is open, and the linked side waits for it (S6)."""
    limit_s = room.site.start.cluster_limit_s
    room.run.spawn(keep_cluster(room.run))
    room.until(50)
    room.cluster.show(WAITS)
    room.arrays["controldisk"].show(service=Service.STARTING)
    room.upses["ups3"].show(output_on=False)
    room.until(50 + limit_s - 1)
    assert (room.upses["ups3"].sent, room.cluster.sent) == ([], [])
    room.until(50 + limit_s + 10)
    assert (room.upses["ups3"].sent, room.cluster.sent) == (["on"], [])
    assert [e["rule"] for e in room.told("alarm.raised", "ssccluster")] == ["L3"]
    room.upses["ups3"].show(output_on=True)
    room.arrays["controldisk"].show(service=Service.READY)
    room.until(50 + limit_s + 100)
    assert room.cluster.sent == ["restart"]
    room.cluster.show(RUNS)
    room.until(4000)
    room.cluster.show(WAITS)
    room.arrays["controldisk"].fall_silent()
    room.arrays["controldisk"].show(service=Service.READY)
    room.until(4000 + limit_s + 100)
    assert room.cluster.sent == ["restart", "restart"], "it goes once more"


def test_o1_one_that_somebody_stops_on_the_way_up_is_left_to_him(room: HandRoom) -> None:
    room.run.spawn(keep_cluster(room.run))
    room.until(50)
    room.cluster.show(ClusterStatus(ClusterState.STOPPED, None))
    room.until(50 + 3 * room.site.start.cluster_limit_s)
    assert room.cluster.sent == []
    assert len(room.told("alarm.raised", "ssccluster")) == 1


def test_l3_a_control_disk_that_goes_off_again_before_the_restart_is_switched_on_again(
    room: HandRoom,
) -> None:
    """It was ready, and its page is closed; the other node is waited for still (R9-23)."""
    limit_s = room.site.start.peer_limit_s
    room.cluster.show(ClusterStatus(ClusterState.WAITING_FOR_DISK, None))
    room.servers["control2"].show(ServerStatus(Os.HALTED))
    room.run.spawn(start_cluster(room.run))
    room.until(limit_s / 2)
    room.upses["ups3"].show(output_on=False)
    room.arrays["controldisk"].show(service=Service.STARTING)
    room.until(3 * limit_s + AGAIN_S)
    assert (room.upses["ups3"].sent, room.cluster.sent) == (["on"], [])
    room.upses["ups3"].show(output_on=True)
    room.arrays["controldisk"].show(service=Service.READY)
    room.until(4 * limit_s + AGAIN_S)
    assert (room.upses["ups3"].sent, room.cluster.sent) == (["on"], ["restart"])


def test_l3_a_node_that_dies_with_the_cluster_that_starts_on_it_alone_is_woken_at_once(
    room: HandRoom,
) -> None:
    """C2: whoever waited for that start to come about did so until its limit (179089)."""
    room.cluster.show(ClusterStatus(ClusterState.STARTING, "control2"))
    start = room.run.spawn(start_cluster(room.run))
    room.until(30)
    room.servers["control2"].show(ServerStatus(Os.HALTED))
    room.cluster.show(ClusterStatus(ClusterState.STOPPED, None))
    room.until(30 + room.site.start.wake_after_s + 5)
    assert (room.servers["control2"].sent, room.cluster.sent) == (["wake"], [])
    room.servers["control2"].show(ServerStatus(Os.UP))
    room.until(60 + room.site.start.wake_after_s)
    assert room.cluster.sent == ["start"]
    room.cluster.show(RUNS)
    room.until(70 + room.site.start.wake_after_s)
    assert start.over
    assert not room.told("alarm.raised", "ssccluster")
