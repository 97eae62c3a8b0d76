"""Whom the cluster's service goes on naming as its holder, though he is down and its group elsewhere (C4)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sequencer.holder import nobody_else_may
from sequencer.ports import Os, PeerStatus, ServerStatus
from sequencer.site import Site
from sequencer.standing import cluster_holder
from tests.hands import HandRoom
from tests.standing import COMMANDS, IDLE, PEER_LIMIT_S, Node, alarms, held_by


def goes_down(node: Node) -> None:
    node.room.servers["control1"].show(ServerStatus(Os.HALTED))


@pytest.fixture
def named_still(control2: Node) -> Node:
    """control1 is down, its power off, and the cluster's service on control2 names it still."""
    control2.room.cluster.show(held_by("control1"))
    control2.peer.fall_silent()
    goes_down(control2)
    control2.room.upses["ups1"].show(output_on=False)
    control2.wants()
    control2.room.until(3 * PEER_LIMIT_S - 10)
    assert control2.since == [], "it may be about to move"
    return control2


def test_c4_s18_who_is_down_while_the_group_should_have_moved_is_followed(named_still: Node) -> None:
    """The batteries of everybody else run empty, and nobody tells them."""
    named_still.room.until(3 * PEER_LIMIT_S + 10)
    assert named_still.since
    assert alarms(named_still) == ["L5"]
    assert cluster_holder(named_still.run) is None


def test_c4_s13_not_who_has_only_just_gone_down(control2: Node) -> None:
    control2.room.cluster.show(held_by("control1"))
    control2.peer.fall_silent()
    control2.wants()
    control2.room.until(3 * PEER_LIMIT_S - 10)
    goes_down(control2)
    control2.room.until(3 * PEER_LIMIT_S + 10)
    assert control2.since == []
    control2.room.until(4 * PEER_LIMIT_S + 10)
    assert control2.since


def test_c4_s13_when_he_is_up_again_the_clusters_word_counts_and_his_next_end_is_a_new_one(
    named_still: Node,
) -> None:
    named_still.room.until(400)
    named_still.room.upses["ups1"].show(output_on=True)
    named_still.room.servers["control1"].show(ServerStatus(Os.UP))
    assert cluster_holder(named_still.run) == "control1"
    named_still.since.clear()
    named_still.wants()
    named_still.room.until(410)
    goes_down(named_still)
    named_still.room.until(420)
    assert cluster_holder(named_still.run) == "control1"
    assert named_still.since == []


@pytest.mark.parametrize(
    ("machine", "peer", "holder"),
    [
        (None, None, None),
        (Os.BOOTING, None, None),
        (Os.UP, None, "control1"),
        (None, IDLE, "control1"),
    ],
)
def test_c4_l5_power_that_is_on_again_is_not_he_and_no_system_commands_while_it_boots(
    named_still: Node, machine: Os | None, peer: PeerStatus | None, holder: str | None
) -> None:
    """The poll of its UPS may come before that of its machine; nobody would command until it is up."""
    room = named_still.room
    room.until(400)
    room.servers["control1"].fall_silent()
    room.upses["ups1"].show(output_on=True)
    if machine is not None:
        room.servers["control1"].show(ServerStatus(machine))
    if peer is not None:
        room.peers["control1"].show(peer)
    assert cluster_holder(named_still.run) == holder


def test_c4_s13_nor_one_who_has_commanded_in_between(named_still: Node) -> None:
    """Cut off from us for a while, whatever is seen of his power."""
    named_still.peer.show(COMMANDS)
    named_still.room.until(3 * PEER_LIMIT_S)
    named_still.peer.fall_silent()
    named_still.room.until(5 * PEER_LIMIT_S)
    assert named_still.since == []


def test_n1_s13_nor_where_nobody_is_heard_any_more(named_still: Node) -> None:
    """That his UPS was off is old: he has come up since, and the cluster began to run with him."""
    room = named_still.room
    for port in (*room.upses.values(), *room.servers.values(), *room.arrays.values()):
        port.fall_silent()
    room.until(6 * PEER_LIMIT_S)
    assert named_still.since == []
    room.upses["ups3"].show()
    room.until(9 * PEER_LIMIT_S)
    assert named_still.since, "a card is heard, and not his"


@pytest.mark.parametrize(("heard", "free"), [(IDLE, True), (COMMANDS, False), (None, False)])
def test_c4_s13_nor_where_a_third_node_may_have_got_it(
    site: Site, heard: PeerStatus | None, free: bool
) -> None:
    third = replace(site.servers["control2"], name="control3")
    nodes = replace(site.cluster, nodes=(*site.cluster.nodes, "control3"))
    three = replace(site, servers={**site.servers, "control3": third}, cluster=nodes)
    room = HandRoom(three, "control2")
    room.cluster.show(held_by("control1"))
    room.servers["control1"].show(ServerStatus(Os.HALTED))
    if heard is None:
        room.peers["control3"].fall_silent()
    else:
        room.peers["control3"].show(heard)
    assert nobody_else_may(room.run, "control1") is free
