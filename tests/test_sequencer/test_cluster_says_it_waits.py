"""A cluster that says that it waits for its disk, and runs: it is told to stop before its nodes go (C4, L3).

Nodes that go down one by one under one that runs leave it to its operator (R9-01).
"""

from __future__ import annotations

import pytest

from sequencer.control_stop import stop_control
from sequencer.ports import ClusterState, Service
from tests.excused import holds
from tests.hands import NO, HandRoom
from tests.worlds import HOUR_S, fault, out, play


@pytest.fixture
def waiting(by_hand: HandRoom) -> HandRoom:
    """The linked side is down; control1 commands, and is about to stop the control side."""
    by_hand.all_are_out(ClusterState.WAITING_FOR_DISK)
    return by_hand


@pytest.mark.parametrize(
    ("disk", "stops"),
    [("ready", True), ("silent", True), ("starting", False), ("off", False), ("gone dark", False)],
)
def test_c4_it_is_told_to_stop_where_nobody_says_that_its_disk_is_away(
    waiting: HandRoom, disk: str, stops: bool
) -> None:
    array, ups = waiting.arrays["controldisk"], waiting.upses["ups3"]
    if disk == "starting":
        array.show(service=Service.STARTING)
    elif disk != "ready":
        array.fall_silent()
    if disk in ("off", "gone dark"):
        ups.show(output_on=False)
    if disk == "gone dark":
        ups.fall_silent()
    waiting.run.spawn(stop_control(waiting.run))
    waiting.until(5)
    assert ("stop" in waiting.cluster.sent) is stops


def test_c4_one_that_waits_indeed_refuses_that_once_and_holds_up_nobody(waiting: HandRoom) -> None:
    waiting.cluster.replies = [NO]
    waiting.run.spawn(stop_control(waiting.run))
    waiting.until(30)
    assert waiting.cluster.sent.count("stop") == 1
    assert "shutdown" in waiting.servers["control1"].sent


def test_c4_l1_l3_it_runs_again_by_itself_when_the_mains_are_back() -> None:
    """Its service on control1 has said so for hours; then its disk has no mains, and all go (seed 71044)."""
    mistaken = fault("cluster_mistaken", "control1", 2400, 9370)
    silent = fault("mains_missing", "controldisk", 3690, 8210)
    short = *out(0, 1800), *out(2310, 3553.4, "ups2"), *out(3600, 5437.3, "ups2")
    tale = play(short, mistaken, silent, until_s=7.7 * HOUR_S)
    holds(tale, "cluster_mistaken", "mains_missing")
    assert tale.times("cluster.running ssccluster")[-1] > 9370
