"""What is begun comes to an end: L4."""

# ruff: noqa: N802 - the ids of the invariants keep their capitals in the names of the tests.

from __future__ import annotations

from typing import Any

import pytest

STEP = """
-600 room run.started reference
-590 control1 lease.taken reference
0 control1 step.started blade1 step=halted limit_s=180
2000 room run.ended reference
"""


@pytest.mark.parametrize("end", ["step.done blade1 step=halted", "step.timed_out blade1 step=halted"])
def test_L4_a_step_that_ends_in_time_holds(tell: Any, end: str) -> None:
    result = tell(STEP).plus(f"180 control1 {end}").result("L4")

    assert result.ok
    assert result.put_to_test == 1


def test_L4_a_step_that_never_ends_is_reported(tell: Any) -> None:
    assert tell(STEP).breach("L4") == (
        "control1 began at 600 s to wait for blade1: halted, at most 180 s; 2000 s later it had not ended"
    )


def test_L4_a_limit_may_begin_twice_and_not_three_times(tell: Any) -> None:
    assert tell(STEP).plus("389 control1 step.timed_out blade1 step=halted").result("L4").ok
    assert tell(STEP).plus("540 control1 step.timed_out blade1 step=halted").result("L4").breaches


@pytest.mark.parametrize(
    "other",
    [
        "control2 step.done blade1 step=halted",
        "control1 step.done blade2 step=halted",
        "control1 step.done blade1 step=up",
        "control2 lease.lost reference",
        "control1 lease.taken reference",
        "room server.crashed control2",
        "control1 journal.committed blade1 kind=reached",
        "control2 journal.committed reference kind=planned",
    ],
)
def test_L4_another_step_and_another_node_end_nothing(tell: Any, other: str) -> None:
    assert tell(STEP).plus(f"180 {other}").result("L4").breaches


@pytest.mark.parametrize(
    "overtaken",
    [
        "room server.crashed control1 cause=fault",
        "control1 lease.lost reference",
        "control2 lease.taken reference",
        "control1 journal.committed reference kind=turned",
        "control1 journal.committed nightly/off kind=wanted",
        "control2 journal.committed request-1 kind=wanted",
    ],
)
def test_L4_a_step_that_is_overtaken_has_ended(tell: Any, overtaken: str) -> None:
    assert tell(STEP).plus(f"180 {overtaken}").result("L4").ok
    assert tell(STEP).plus(f"900 {overtaken}").result("L4").breaches  # it was too late by then


def test_L4_a_step_is_overtaken_when_somebody_holds_its_device_and_no_other_is(tell: Any) -> None:
    assert not tell(STEP).plus("180 control1 hold.set blade1 asked_by=me").result("L4").breaches
    assert tell(STEP).plus("180 control1 hold.set blade2 asked_by=me").result("L4").breaches
    assert tell(STEP).plus("180 control2 hold.set blade1 asked_by=me").result("L4").breaches


def test_L4_a_flush_is_overtaken_when_its_array_is_used_again_and_no_other_step_is(tell: Any) -> None:
    used = tell(STEP).plus("180 control1 journal.committed blade1 kind=used_again")
    assert used.result("L4").ok
    assert tell(STEP).plus("180 control1 journal.committed blade2 kind=used_again").result("L4").breaches
    assert tell(STEP).plus("180 control2 journal.committed blade1 kind=used_again").result("L4").breaches


def test_L4_the_end_of_a_run_cuts_a_step_short(tell: Any) -> None:
    result = tell(STEP).until(300).result("L4")

    assert result.ok
    assert result.put_to_test == 0


def test_L4_s30_with_a_journal_that_keeps_nothing_the_word_alone_overtakes(tell: Any) -> None:
    """Else the row does that is written down for it: until then the node waits on."""
    broken = "10 control1 alarm.raised control1 rule=S30"
    for word in (
        "request.accepted reference wish=power_off",
        "schedule.fired reference id=n/1/off goal=down",
    ):
        heard = f"180 control1 {word}"
        assert tell(STEP).plus(broken, heard).result("L4").ok
        assert tell(STEP).plus(heard).result("L4").breaches
        assert tell(STEP).plus(broken, heard.replace("control1", "control2")).result("L4").breaches
        assert tell(STEP).plus(broken.replace("control1", "control2"), heard).result("L4").breaches
        well = "20 control1 journal.committed blade1 kind=reached"
        assert tell(STEP).plus(broken, well, heard).result("L4").breaches, "it keeps what it is told again"
        assert tell(STEP).plus(heard.replace("control1", "ssccluster")).result("L4").breaches, "no node"
