"""A node that stopped alone is proven to be down to a later life that hears nothing of it (S13, L2, S18)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sequencer.facts import Facts
from sequencer.journal import Kind, Row
from sequencer.ports import Os, ServerStatus
from sequencer.standing import SWITCHES_OFF, is_down, nodes_down, not_proven
from sequencer.timing import CARD_REBOOT_S
from tests.standing import COMMANDS, IDLE, NOBODY, Node, never_heard

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


# Whom this life has heard by no way


@pytest.fixture
def dark(left: Node) -> Node:
    """No row tells of control1, and others on its feed have mains: that alone proves nothing."""
    left.run.facts.seen_down.clear()
    left.room.upses["ups6"].show(mains=True)
    left.room.until(left.run.born_s + CARD_REBOOT_S)
    return left


def refused(node: Node, command: str = "shutdown") -> bool:
    return not_proven(node.run, "blade1", command) is not None


def test_s13_s18_a_node_without_a_sign_is_down_when_a_card_that_reboots_would_be_back(left: Node) -> None:
    """Its service, its controller and the card of its UPS live on its power, and tell by three ways."""
    left.run.facts.seen_down.clear()
    left.room.upses["ups6"].show(mains=True)
    left.room.until(left.run.born_s + CARD_REBOOT_S - 1)
    assert refused(left)
    left.room.until(left.run.born_s + CARD_REBOOT_S)
    assert [refused(left, command) for command in SWITCHES_OFF] == [False] * len(SWITCHES_OFF)


def test_s13_nor_has_it_to_be_heard_of_a_ups_that_was_seen_off(dark: Node) -> None:
    dark.room.upses["ups1"].show(replace(dark.room.upses["ups2"].status, output_on=False))
    dark.room.upses["ups1"].fall_silent()
    assert not refused(dark)


def test_s13_a_ups_that_gave_power_when_it_was_heard_is_a_sign_of_its_node(dark: Node) -> None:
    dark.room.upses["ups1"].show(dark.room.upses["ups2"].status)
    dark.room.upses["ups1"].fall_silent()
    assert refused(dark)
    assert not refused(dark, "on"), "that harms nobody"


@pytest.mark.parametrize("os", [Os.UP, Os.SHUTTING_DOWN, Os.HALTED])
def test_s13_so_is_its_controller_once_it_was_heard(dark: Node, os: Os) -> None:
    """Its last word may be old: it was halted, and may have been booted since."""
    dark.room.servers["control1"].show(ServerStatus(os))
    dark.room.servers["control1"].fall_silent()
    assert refused(dark)


def test_s13_so_is_its_service(dark: Node) -> None:
    dark.peer.show(COMMANDS)
    dark.peer.fall_silent()
    assert refused(dark)


def test_n1_s13_whoever_hears_no_card_at_all_is_cut_off_himself(dark: Node) -> None:
    """Machines and arrays may be heard by another network."""
    for ups in dark.room.upses.values():
        ups.fall_silent()
    assert refused(dark)
    dark.room.upses["ups4"].show()
    assert not refused(dark)
