"""Who was taken for dead, since nothing of him was heard, and is up when he is first seen (S13, N2, N3)."""

from __future__ import annotations

import pytest

from sequencer.claim import loses_command
from sequencer.ports import Os, ServerStatus
from sequencer.standing import heed_who_lets_us
from tests.standing import IDLE, NOBODY, Node, held_by, never_heard


@pytest.fixture
def alone(control2: Node) -> Node:
    """control2 commands, no cluster runs, and nothing is known of control1."""
    control2.room.cluster.show(NOBODY)
    never_heard(control2, "control1")
    control2.run.stand(commands=True)
    return control2


def test_n2_n3_s13_he_was_at_work_unheard_and_commands_by_his_rank(alone: Node) -> None:
    """On a network that loses most of what is asked."""
    heed_who_lets_us(alone.run)
    lost = alone.run.spawn(loses_command(alone.run))
    alone.room.until(50)
    assert not lost.over
    alone.room.servers["control1"].show(ServerStatus(Os.UP))
    alone.room.until(60)
    assert lost.over, "the command is left to him"
    assert alone.run.follower == "control1", "and taken anew only when he is proven to be down"


@pytest.mark.parametrize("why", ["was down", "is heard", "by word", "holds the group", "was up"])
def test_n2_s13_nobody_leaves_the_command_to_whom_he_follows_rightly(alone: Node, why: str) -> None:
    machine = alone.room.servers["control1"]
    if why == "was up":
        machine.show(ServerStatus(Os.UP))
    heed_who_lets_us(alone.run)
    alone.room.until(50)
    if why == "was down":
        machine.show(ServerStatus(Os.BOOTING))
        alone.room.until(60)
    if why == "is heard":
        alone.peer.show(IDLE)
    if why == "holds the group":
        alone.room.cluster.show(held_by("control2"))
    alone.run.by_word = why == "by word"
    machine.show(ServerStatus(Os.UP))
    alone.room.until(70)
    assert not alone.run.superseded


@pytest.mark.parametrize("os", [Os.HALTED, Os.BOOTING])
def test_s13_nor_to_one_that_is_proven_to_be_down_as_it_takes_the_command(alone: Node, os: Os) -> None:
    alone.room.servers["control1"].show(ServerStatus(os))
    heed_who_lets_us(alone.run)
    alone.room.until(50)
    alone.room.servers["control1"].show(ServerStatus(Os.UP))
    alone.room.until(60)
    assert not alone.run.superseded
