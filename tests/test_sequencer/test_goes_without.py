"""Whom the control side goes without, and flushes as it goes; for whom it waits yet (S5, L2)."""

from __future__ import annotations

import pytest

from sequencer.array_off import flush_and_cut
from sequencer.control_stop import stop_control
from sequencer.goes_last import waits_for
from sequencer.held_ups import is_in_other_hands
from sequencer.journal import Kind, Row
from sequencer.outage import outage
from sequencer.ports import ClusterState, ClusterStatus, Os
from sequencer.scope import Scope, scope
from sequencer.site import Job, Site
from sequencer.timing import ASKED_S, control_floor_s, nodes_floors_s, systems_floors_s
from tests.hands import NO, HandRoom
from tests.worlds import LINKED, with_settings

NODE_S = 420.0 + 1.0 + ASKED_S + 2 * 2.0
"""Of a node's UPS when the cluster has stopped: its OFF, a look that times out, an answer, two late looks."""


@pytest.fixture
def out_of_mains(by_hand: HandRoom) -> HandRoom:
    """Everybody is out, and the cluster has stopped; control1 commands, and the linked disk is on yet."""
    run = by_hand.run
    for ups in by_hand.upses.values():
        ups.lose_mains()
    by_hand.cluster.show(ClusterStatus(ClusterState.STOPPED, None))
    run.hear(Row(Kind.DECLARED, "reference", 1, "control1/1", 0.0, {"was_running": []}))
    run.hear(*(Row(Kind.CONFIRMED, name, 1, "control1/1", 0.0) for name in by_hand.site.upses))
    run.scope = Scope(arrays=frozenset({"linkeddisk"}), control=True)
    return by_hand


def test_s5_a_disk_is_waited_for_no_longer_than_our_battery_holds(
    out_of_mains: HandRoom,
) -> None:
    site, run = out_of_mains.site, out_of_mains.run
    known, run.scope = run.scope, Scope(control=True)
    out_of_mains.servers["control2"].replies = [NO]
    run.spawn(stop_control(run))
    out_of_mains.until(60)
    run.scope = known
    out_of_mains.until(600)
    assert out_of_mains.servers["control1"].sent == []
    out_of_mains.upses["ups1"].show(runtime_s=systems_floors_s(site, site.node_upses)["ups1"])
    out_of_mains.until(600 + 2 * ASKED_S)
    assert out_of_mains.servers["control1"].sent == [], "it is flushed"
    out_of_mains.upses["ups1"].show(runtime_s=NODE_S)
    out_of_mains.until(600 + 4 * ASKED_S)
    assert out_of_mains.servers["control1"].sent == ["shutdown"]
    alarm = next(e for e in out_of_mains.told("alarm.raised") if e["rule"] == "S5")
    assert "linkeddisk" in alarm["text"]
    assert alarm["upses"] == "ups1"


def test_l2_s5_a_disk_that_we_go_without_is_flushed_as_we_go_though_its_servers_upses_count_down(
    out_of_mains: HandRoom,
) -> None:
    """Nobody is left to ask for it when they are off."""
    room, run, site = out_of_mains, out_of_mains.run, out_of_mains.site
    disk, ups1 = room.arrays["linkeddisk"], room.upses["ups1"]
    for name in LINKED:
        room.servers[name].show(os=Os.HALTED)
    in_s = {"falls_in_s": 420.0}
    run.hear(*(Row(Kind.OFF_ARMED, ups, 1, run.life, 0.0, in_s) for ups in ("ups5", "ups6")))
    run.spawn(flush_and_cut(run, site.arrays["linkeddisk"]))
    run.spawn(stop_control(run))
    room.until(60)
    assert disk.sent == []
    ups1.show(runtime_s=systems_floors_s(site, site.node_upses)["ups1"])
    room.until(61)
    assert disk.sent == ["flush"]
    assert [e["rule"] for e in room.told("alarm.raised", "linkeddisk")] == ["S18"]
    ups1.show(runtime_s=NODE_S + 1)
    room.until(200)
    assert room.servers["control1"].sent == [], "what is left is for the flush, and for the cut"
    ups1.show(runtime_s=NODE_S)
    room.until(230)
    assert room.servers["control1"].sent == ["shutdown"]


@pytest.mark.parametrize("held", ["bladepool", "ups5", "blade1"])
def test_l2_s27_a_hold_calls_no_off_back_so_the_disk_below_it_is_waited_for_whoever_is_held_there(
    out_of_mains: HandRoom, held: str
) -> None:
    """ups5 was told to go off before the hold: it falls, and then the disk is flushed. The control disk's
    battery, which lasts no longer by its word, takes no node with it before."""
    room, run = out_of_mains, out_of_mains.run
    for name in LINKED:
        room.servers[name].show(os=Os.HALTED)
    run.settled.add("ups6")
    run.hear(Row(Kind.OFF_ARMED, "ups5", 1, run.life, 0.0, {"falls_in_s": 420.0}))
    run.hear(Row(Kind.HELD, held, 1, run.life, 0.0, {"held": True, "cause": "r", "wall_s": 0.0}))
    room.upses["ups5"].show(off_armed=True)
    room.upses["ups3"].show(runtime_s=1.0)
    assert not is_in_other_hands(run, "linkeddisk")
    run.spawn(stop_control(run))
    room.until(300)
    assert room.servers["control1"].sent == []
    room.upses["ups5"].show(off_armed=False)
    assert is_in_other_hands(run, "linkeddisk")


def test_l2_s3_with_the_control_disk_the_nodes_go_too_and_the_linked_disk_is_flushed_as_they_go(
    out_of_mains: HandRoom,
) -> None:
    """It waits for ups6, which somebody holds, so nobody stays up for it; and for ups5, which counts down."""
    room, run, site = out_of_mains, out_of_mains.run, out_of_mains.site
    for name in LINKED:
        room.servers[name].show(os=Os.HALTED)
    run.hear(Row(Kind.OFF_ARMED, "ups5", 1, run.life, 0.0, {"falls_in_s": 420.0}))
    run.hear(Row(Kind.HELD, "ups6", 1, run.life, 0.0, {"held": True, "cause": "r", "wall_s": 0.0}))
    room.upses["ups5"].show(off_armed=True)
    run.spawn(flush_and_cut(run, site.arrays["linkeddisk"]))
    run.spawn(stop_control(run))
    room.until(60)
    assert room.arrays["linkeddisk"].sent == room.servers["control1"].sent == []
    room.upses["ups3"].show(runtime_s=1.0)
    room.until(61)
    assert room.arrays["linkeddisk"].sent == ["flush"]
    room.until(120)
    assert room.servers["control2"].sent == ["shutdown"]


def test_r2_07_what_a_node_needs_when_its_cluster_has_stopped_are_its_jobs_and_its_off(site: Site) -> None:
    assert nodes_floors_s(site) == {"ups1": NODE_S, "ups2": NODE_S}
    jobs = {"control2__stop_jobs": (Job("dump", ("dump",), 30.0), Job("log", ("log",), 5.0))}
    assert nodes_floors_s(with_settings(site, **jobs))["ups1"] == NODE_S + 35.0


@pytest.mark.parametrize(("ups", "names"), [("ups2", {"linkeddisk"}), ("ups3", set())])
def test_s3_for_their_own_disks_battery_only_the_cluster_stops_and_the_nodes_stay_for_it(
    out_of_mains: HandRoom, ups: str, names: set[str]
) -> None:
    room, run, site = out_of_mains, out_of_mains.run, out_of_mains.site
    room.cluster.show(ClusterStatus(ClusterState.RUNNING, "control1"))
    run.spawn(stop_control(run))
    room.until(60)
    room.upses[ups].show(runtime_s=control_floor_s(site, site.upses[ups]))
    room.until(61)
    assert room.cluster.sent == ["stop"]
    assert run.cluster.goes_without == names


def test_h1_s18_only_the_last_node_stays_for_its_flush_and_the_other_is_told_in_time_to_be_forced(
    out_of_mains: HandRoom,
) -> None:
    room, run, ups1 = out_of_mains, out_of_mains.run, out_of_mains.upses["ups1"]
    room.cluster.show(ClusterStatus(ClusterState.RUNNING, "control1"))
    run.spawn(stop_control(run))
    room.until(60)
    ups1.show(runtime_s=control_floor_s(room.site, room.site.upses["ups1"]))
    room.until(61)
    room.cluster.show(ClusterStatus(ClusterState.STOPPED, None))
    ups1.show(runtime_s=NODE_S + 100)
    room.until(62)
    room.servers["control2"].show(os=Os.HALTED)
    room.until(100)
    assert (room.servers["control2"].sent, room.servers["control1"].sent) == (["shutdown"], [])


def test_s3_in_the_next_outage_nobody_has_gone_without_it_yet(out_of_mains: HandRoom) -> None:
    run = out_of_mains.run
    run.cluster.goes_without.add("linkeddisk")
    run.spawn(outage(run))
    out_of_mains.until(1)
    assert run.cluster.goes_without == set()


def test_s5_c4_an_outage_that_a_peer_has_confirmed_and_we_have_not_yet_is_waited_for(
    by_hand: HandRoom,
) -> None:
    """Our service has just begun anew: what the linked disk's UPS takes with it is not in our scope yet."""
    run, its = by_hand.run, "is on its battery, and its outage is not confirmed yet"
    run.hear(Row(Kind.DECLARED, "reference", 1, "control1/1", 0.0, {"was_running": []}))
    run.scope = Scope(control=True)
    by_hand.upses["ups4"].lose_mains()
    run.hear(Row(Kind.CONFIRMED, "ups4", 1, "control2/1", 0.0))
    assert waits_for(run) == {"ups4": its}
    by_hand.upses["ups5"].lose_mains()
    assert waits_for(run) == {"ups5": its}, "whom nobody has confirmed is told of"
    run.hear(Row(Kind.CONFIRMED, "ups5", 1, run.life, 0.0))
    run.mains["ups4"].confirmed = True
    assert waits_for(run) == {}
    run.mains["ups4"].confirmed = False
    run.scope |= scope(run.site, {"ups4"})
    assert "ups4" not in waits_for(run), "what it takes is in scope"
