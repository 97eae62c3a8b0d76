"""The cluster goes while the linked side starts: no more of that is started until it is back (S6)."""

from __future__ import annotations

import pytest

from sequencer.journal import Kind, Row
from sequencer.ports import ClusterState, ClusterStatus, Os, ServerStatus
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
    run.spawn(start_server(run, blade1))
    room.until(5)
    room.cluster.show(STOPS)
    room.until(3 * room.site.start.server_limit_s)
    assert room.servers["blade1"].sent == []
    assert room.told("alarm.raised") == [], "it is the cluster that is not there"
    room.cluster.show(RUNS)
    room.until(3 * room.site.start.server_limit_s + 60)
    assert room.servers["blade1"].sent == ["wake"]
