"""A word that brings the cluster down, and is taken back before its stop is sent (S9, T7)."""

from __future__ import annotations

import pytest

from sequencer import guards
from sequencer.control_stop import stop_cluster
from sequencer.guards import Refusal
from sequencer.journal import Kind, Row
from sequencer.ports import ArrayStatus, Flush, Seen, Service
from tests.hands import HandRoom


@pytest.mark.parametrize(
    ("goals", "out", "stop", "sent"),
    [
        (("down", "down"), (), "r1", ["stop"]),
        (("up", "up"), (), "r1", []),
        (("down", "up"), (), "r1", []),
        (("up", "up"), ("ups5",), "r1", []),
        (("up", "up"), ("ups3",), "r1", ["stop"]),
        (("up", "up"), ("ups1",), "r1", ["stop"]),
        (("up", "up"), ("ups5",), "", ["stop"]),
    ],
)
def test_s9_a_word_that_is_taken_back_while_the_stop_is_written_down_stops_no_cluster(
    by_hand: HandRoom, goals: tuple[str, str], out: tuple[str, ...], stop: str, sent: list[str]
) -> None:
    """What a node tells that has just booted, or an instant that was slept over. An outage goes on."""
    run = by_hand.run
    rows = [Row(Kind.DECLARED, "reference", 1, "control1/1", 0.0, {"was_running": [], "stop": stop})]
    rows += [Row(Kind.CONFIRMED, ups, 1, "control1/1", 0.0) for ups in out]
    for ups in out:
        by_hand.upses[ups].lose_mains()
    for at, node in enumerate(("control1", "control2")):
        wanted = {"servers": [node], "goal": goals[at], "wall_s": 1.0 + at}
        rows.append(Row(Kind.WANTED, f"r{at}", 1, "control1/1", 0.0, wanted))
    run.hear(*rows)
    run.spawn(stop_cluster(run))
    by_hand.until(5)
    assert by_hand.cluster.sent == sent


def test_s9_its_guard_says_so() -> None:
    refusal = guards.stop_cluster({}, at_floor="", hold=True, mains_back=False, called_off=True)
    assert refusal == Refusal("S9", "nobody wants it down any more")


def test_s6_nor_is_it_restarted_for_a_word_without_its_disks() -> None:
    """`restart_cluster` is asked in an incident; this one where it is only to restart."""
    ready, starting = (
        Seen(ArrayStatus(state, Flush.NOT_ASKED), 0.0, fresh=True)
        for state in (Service.READY, Service.STARTING)
    )
    refusal = guards.restart_nodes({"controldisk": starting, "second": ready, "third": starting})
    assert refusal == Refusal("S6", "controldisk, third not ready")
    assert guards.restart_nodes({"controldisk": ready}) is None
    falling = guards.restart_nodes({"controldisk": ready}, ["ups1"])
    assert falling == Refusal("S16", "ups1 is still to go off")
