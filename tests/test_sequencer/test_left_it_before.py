"""That a node has left the command says nothing of a group that has come to it since (C5, S13)."""

from __future__ import annotations

import pytest

from sequencer.duty import duty
from sequencer.ports import PeerStatus
from sequencer.site import Site
from tests.standing import NOBODY, Node, held_by

BROKEN = PeerStatus(commands=False, keeps=False)


@pytest.fixture
def control1(site: Site) -> Node:
    """It commands; the journal of control2 is broken, as that said before it fell silent."""
    node = Node(site, "control1")
    node.room.cluster.show(held_by("control1"))
    node.peer.show(BROKEN)
    node.run.spawn(duty(node.run))
    node.room.until(10)
    node.peer.fall_silent()
    node.room.until(20)
    assert node.run.commands
    return node


def gets_the_group(node: Node) -> None:
    node.room.until(30)
    node.run.ports.moved_s["control2"] = 30.0
    node.room.cluster.show(held_by("control2"))
    node.room.until(40)


def test_n1_c5_s13_who_begins_anew_unheard_and_gets_the_group_commands(control1: Node) -> None:
    """control1 went on, and both did (two-feeds, crowded seed 31065)."""
    control1.room.cluster.show(NOBODY)
    gets_the_group(control1)
    assert not control1.run.commands


def test_c5_s13_who_says_so_since_then_has_left_it(control1: Node) -> None:
    control1.peer.show(BROKEN)
    gets_the_group(control1)
    assert control1.run.commands
    control1.room.until(50)
    control1.peer.show(BROKEN)
    control1.peer.fall_silent()
    control1.room.until(60)
    assert control1.run.commands, "his last word is of that time"
