"""A node that stopped alone is proven to be down to a later life that hears nothing of it (S13, L2, S18)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sequencer.journal import Facts, Kind, Row
from sequencer.ports import Os, ServerStatus
from sequencer.standing import is_down, nodes_down
from tests.standing import IDLE, NOBODY, Node, never_heard

SEEN_DOWN = Row(Kind.SEEN_DOWN, "control1", 1, "control2/1", 0.0)


@pytest.fixture
def left(control2: Node) -> Node:
    """control2 in its next life: control1 was seen halted, and the mains of all who answer are away."""
    never_heard(control2, "control1")
    control2.room.cluster.show(NOBODY)
    control2.room.upses["ups1"].fall_silent()
    control2.room.upses["ups1"].status = None
    for name in ("ups2", "ups3", "ups4", "ups5", "ups6"):
        control2.room.upses[name].show(mains=False)
    control2.run.hear(Row(Kind.DECLARED, "reference", 1, "control1/1", 0.0, {"was_running": []}), SEEN_DOWN)
    return control2


def test_s13_a_node_that_was_seen_down_is_down_while_nothing_of_it_is_heard(left: Node) -> None:
    assert is_down(left.run, "control1")
    assert nodes_down(left.run) == ["control1"]


def test_s13_without_that_row_nothing_proves_it(left: Node) -> None:
    left.run.facts.seen_down.clear()
    assert not is_down(left.run, "control1")


def test_s13_whoever_saw_it_go_down_says_so_in_the_next_incident_while_its_ups_is_off(left: Node) -> None:
    """Of this life: it has heard the node, and seen its UPS off since."""
    ups1 = left.room.upses["ups1"]
    left.room.servers["control1"].show(ServerStatus(Os.HALTED))
    left.room.servers["control1"].fall_silent()
    ups1.show(replace(left.room.upses["ups2"].status, output_on=False))
    ups1.fall_silent()
    assert nodes_down(left.run) == ["control1"]
    left.run.facts.seen_down.clear()
    assert nodes_down(left.run) == [], "nobody has"
    left.run.facts.seen_down.add("control1")
    ups1.show(output_on=True)
    assert nodes_down(left.run) == [], "it may be up again"


def test_s13_it_is_no_proof_once_its_machine_was_heard(left: Node) -> None:
    left.room.servers["control1"].show(ServerStatus(Os.UP))
    left.room.servers["control1"].fall_silent()
    assert not is_down(left.run, "control1")


def test_s13_nor_once_its_service_was_heard(left: Node) -> None:
    left.peer.show(IDLE)
    left.peer.fall_silent()
    assert not is_down(left.run, "control1")


def test_s13_nor_once_its_ups_was_heard_and_gave_power(left: Node) -> None:
    left.room.upses["ups1"].show(left.room.upses["ups2"].status)
    left.room.upses["ups1"].fall_silent()
    assert not is_down(left.run, "control1")


def test_s13_nor_while_anybody_on_its_feed_has_mains(left: Node) -> None:
    """Then its UPS may have come back with them, and it is up behind a card that is still dark."""
    left.room.upses["ups6"].show(mains=True)
    assert not is_down(left.run, "control1")


def test_s11_nor_when_nobody_on_its_feed_answers(left: Node) -> None:
    for port in left.room.upses.values():
        port.fall_silent()
    assert not is_down(left.run, "control1")


def test_s13_a_lease_of_its_own_ends_the_proof(left: Node) -> None:
    left.run.hear(Row(Kind.LEASE, "control2", 1, "control2/1", 0.0))
    assert is_down(left.run, "control1")
    left.run.hear(Row(Kind.LEASE, "control1", 1, "control1/2", 0.0))
    assert not is_down(left.run, "control1")


def test_s13_a_later_incident_ends_the_proof() -> None:
    facts = Facts()
    facts.learn([Row(Kind.DECLARED, "reference", 1, "a", 0.0, {"was_running": []}), SEEN_DOWN], 0.0)
    assert facts.seen_down == {"control1"}
    facts.learn([Row(Kind.DECLARED, "reference", 2, "a", 0.0, {"was_running": []})], 0.0)
    assert facts.seen_down == set()
