"""That a node has left the command says nothing of a group that has come to it since (C5, S13)."""

from __future__ import annotations

import pytest

from sequencer.duty import duty
from sequencer.journal import Kind
from sequencer.ports import Os, PeerStatus, ServerStatus
from sequencer.site import Site
from tests.excused import holds
from tests.standing import NOBODY, Node, held_by
from tests.worlds import fault, out, play

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


def test_c5_c7_s13_nor_of_one_that_comes_to_us_since_we_have_left_it(site: Site) -> None:
    """It was nobody's then: control1 was on its way down. Back up and hung, it was waited for with proof that
    nobody could have, and each battery ran to its end (S18, L2, seed 194554)."""
    node = Node(site, "control2")
    node.room.cluster.show(held_by("control1"))
    node.peer.show(PeerStatus(commands=True))
    node.run.spawn(duty(node.run))
    node.room.until(10)
    node.room.journal.healthy = False
    node.run.spawn(node.run.commit(Kind.WATCHED, "reference"))
    node.room.cluster.show(NOBODY)
    node.room.until(20)
    assert node.run.heir == "control1"
    node.peer.fall_silent()
    node.room.servers["control1"].show(ServerStatus(Os.HALTED))
    node.run.ports.moved_s["control2"] = 25.0
    node.room.cluster.show(held_by("control2"))
    node.room.until(30)
    assert node.run.commands
    node.room.servers["control1"].show(ServerStatus(Os.UP))
    node.room.until(40)
    assert node.run.permit("rack1", "shutdown") is None, "control1 is up, and silent"


def test_c5_c7_s18_who_has_got_the_group_since_commands_though_the_other_hangs() -> None:
    tale = play(
        out(0, 1171, "ups1"),
        fault("journal_broken", "control2", 913, 5433, amount=1),
        fault("node_hangs", "control1", 3000),
        out(3100, 9000),
        until_s=7000.0,
    )
    holds(tale)
    assert ("S30", "control2") in tale.alarms(), "it has left the command to control1"
    tale.never("ups.exhausted *", "array.lost_data *")
