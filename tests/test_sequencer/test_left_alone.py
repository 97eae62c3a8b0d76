"""A node on its own: nobody commands, it refuses its shutdown, or it is the last one (S13, S5, S1)."""

from __future__ import annotations

import pytest

from sequencer.alone import NOT_YET_S, stop_when_left_alone
from sequencer.control_stop import stop_node
from sequencer.journal import Kind, Row
from sequencer.ports import ClusterState, ClusterStatus, Os
from sequencer.scope import Scope
from sequencer.site import Site
from tests.hands import LATENCY_S, NO, TIMEOUT_S, YES, HandRoom
from tests.worlds import HOUR_S, fault, out, play


def declared(room: HandRoom, *confirmed: str) -> None:
    rows = [Row(Kind.DECLARED, "reference", 1, "control1/1", 0.0, {"was_running": []})]
    room.run.hear(*rows, *(Row(Kind.CONFIRMED, name, 1, "control1/1", 0.0) for name in confirmed))
    for name in confirmed:
        room.upses[name].lose_mains()


def test_s13_s1_a_node_that_refuses_its_own_shutdown_tells_its_ups_only_when_it_has_accepted_one(
    site: Site,
) -> None:
    """Told at once, its UPS would go off under a system that runs on."""
    room = HandRoom(site, "control2")
    room.run.commands = False
    room.peers["control1"].fall_silent()
    declared(room, "ups2")
    room.upses["ups2"].show(low_battery=True)
    room.servers["control2"].replies = [NO, YES]
    room.run.spawn(stop_when_left_alone(room.run))
    room.until(NOT_YET_S - 1)
    assert room.servers["control2"].sent == ["shutdown"]
    assert room.upses["ups2"].sent == []
    room.until(NOT_YET_S + 2 * TIMEOUT_S + 1)
    assert room.servers["control2"].sent == ["shutdown", "shutdown"]
    assert room.upses["ups2"].sent == ["off until_mains"]


def test_s13_a_node_whose_battery_ends_stays_up_while_it_hears_somebody_who_commands(site: Site) -> None:
    """He stops it in its turn. When he is silent it is on its own."""
    room = HandRoom(site, "control2")
    room.run.commands = False
    room.peers["control1"].show(commands=True)
    declared(room, "ups2")
    room.upses["ups2"].show(low_battery=True)
    room.run.spawn(stop_when_left_alone(room.run))
    room.until(100)
    assert room.servers["control2"].sent == []
    room.peers["control1"].fall_silent()
    room.until(100 + NOT_YET_S + TIMEOUT_S + 1)
    assert room.servers["control2"].sent == ["shutdown"]


def test_s15_s13_nor_does_it_stop_itself_when_somebody_has_just_taken_the_command(site: Site) -> None:
    """Both have just booted, its battery ends, and no poll has told yet: each would tell its UPS to go."""
    room = HandRoom(site, "control2")
    room.run.commands = False
    declared(room, "ups2")
    room.upses["ups2"].show(low_battery=True)
    room.peers["control1"].after(LATENCY_S / 2, lambda: room.peers["control1"].show(commands=True))
    room.run.spawn(stop_when_left_alone(room.run))
    room.until(100)
    assert room.servers["control2"].sent == room.upses["ups2"].sent == []


def test_s18_nor_while_it_is_about_to_command_itself(site: Site) -> None:
    """Who commands tells its disks to go off; gone in that moment, it left that to one who came later."""
    room = HandRoom(site)
    room.run.stand(claims=True)
    declared(room, "ups1")
    room.upses["ups1"].show(low_battery=True)
    room.run.spawn(stop_when_left_alone(room.run))
    room.until(100)
    assert room.servers["control1"].sent == []
    room.run.stand()
    room.until(100 + NOT_YET_S + TIMEOUT_S + 1)
    assert room.servers["control1"].sent == ["shutdown"]


def the_last_node_stops(room: HandRoom) -> None:
    """The outage of its UPS is declared, its peer is halted, and it has just begun."""
    declared(room, "ups1")
    room.servers["control2"].show(os=Os.HALTED)
    room.run.scope = Scope(nodes=frozenset({"control1"}))
    room.run.spawn(stop_node(room.run, room.site.servers["control1"]))
    room.until(50)


def test_s26_the_last_node_stops_the_cluster_before_itself(by_hand: HandRoom) -> None:
    """Its peer is halted; shut down alone, it would leave the cluster to crash, and nobody restarts it."""
    the_last_node_stops(by_hand)
    assert by_hand.cluster.sent == ["stop"]
    assert by_hand.servers["control1"].sent == []
    by_hand.cluster.show(ClusterStatus(ClusterState.STOPPED, None))
    by_hand.until(51)
    assert by_hand.servers["control1"].sent == ["shutdown"]
    assert by_hand.upses["ups1"].sent == ["off until_mains"]


def test_s26_a_peer_without_power_whose_controller_died_with_it_carries_nothing_on(site: Site) -> None:
    """H4: it cannot say that it is down. The cluster would need its operator, if the last one just went."""
    room = HandRoom(site, "control1")
    for port in (room.peers["control2"], room.servers["control2"], room.upses["ups2"]):
        port.fall_silent()
    declared(room, "ups1")
    room.run.scope = Scope(nodes=frozenset({"control1"}))
    room.run.spawn(stop_node(room.run, site.servers["control1"]))
    room.until(50)
    assert room.cluster.sent == ["stop"]


@pytest.mark.parametrize("heard", ["its service", "its UPS"])
def test_s26_a_peer_whose_controller_is_silent_carries_the_cluster_on_while_anything_tells_of_it(
    site: Site, heard: str
) -> None:
    room = HandRoom(site, "control1")
    silent = {"its service": room.upses["ups2"], "its UPS": room.peers["control2"]}
    for port in (room.servers["control2"], silent[heard]):
        port.fall_silent()
    declared(room, "ups1")
    room.run.scope = Scope(nodes=frozenset({"control1"}))
    room.run.spawn(stop_node(room.run, site.servers["control1"]))
    room.until(50)
    assert room.cluster.sent == []
    assert room.servers["control1"].sent == ["shutdown"]


def test_s9_mains_that_come_back_while_the_last_node_stops_the_cluster_keep_it_up(by_hand: HandRoom) -> None:
    the_last_node_stops(by_hand)
    by_hand.upses["ups1"].regain_mains()
    by_hand.cluster.show(ClusterStatus(ClusterState.STOPPED, None))
    by_hand.until(100)
    assert by_hand.servers["control1"].sent == by_hand.upses["ups1"].sent == []


def test_s26_o1_whose_peer_somebody_has_shut_down_stops_the_cluster_and_starts_it_again() -> None:
    tale = play(fault("server_pressed", "control2", 0), out(300, 5000, "ups1"), until_s=3 * HOUR_S)
    tale.before("server.halted control2", "cluster.stopped ssccluster", "server.halted control1")
    tale.before("ups.output_on ups1", "server.up control1", "cluster.running ssccluster")


def test_s13_n5_a_node_that_has_heard_of_no_incident_stops_itself_for_its_own_outage() -> None:
    """Neither hears the other; its own UPS alone lost the mains, and who commands may not tell that to go."""
    deaf = [fault(what, "network", -100.0) for what in ("production_down", "broadcast_blocked")]
    tale = play(*deaf, fault("journal_broken", "control1", 500.0), out(0, 6000, "ups2"), until_s=2 * HOUR_S)
    tale.before(
        "outage.confirmed ups2", "server.halted control2", "ups.output_off ups2", "server.up control2"
    )
    tale.never("ups.exhausted ups2", "server.crashed control2", "server.shutting_down control1")


@pytest.mark.parametrize(
    ("confirmed", "unled", "stops"), [(True, True, True), (True, False, False), (False, True, False)]
)
def test_s13_s9_it_does_so_for_no_other_outage_and_not_while_it_may_have_the_command_yet(
    site: Site, confirmed: bool, unled: bool, stops: bool
) -> None:
    room = HandRoom(site, "control2")
    room.run.commands, room.run.cluster.unled = False, unled
    room.peers["control1"].fall_silent()
    room.upses["ups2"].lose_mains()
    room.upses["ups2"].show(low_battery=True)
    room.run.mains["ups2"].confirmed = confirmed
    room.run.mains["ups1"].confirmed = True
    room.run.spawn(stop_when_left_alone(room.run))
    room.until(60)
    assert room.servers["control2"].sent == ["shutdown"] * stops
