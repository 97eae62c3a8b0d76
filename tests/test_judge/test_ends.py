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


BROKEN = "{at} control1 alarm.raised control1 rule=S30"
CONFIRMED = "180 control1 outage.confirmed ups4"


def test_L4_s30_an_outage_that_no_row_declares_overtakes_what_went_before(tell: Any) -> None:
    """It says that its journal is broken before that, or with the row that is to declare it."""
    assert tell(STEP).plus(CONFIRMED).result("L4").breaches, "the row does"
    for at in (10, 180, 181):
        assert tell(STEP).plus(BROKEN.format(at=at), CONFIRMED).result("L4").ok, at
    assert tell(STEP).plus(CONFIRMED, BROKEN.format(at=181.1)).result("L4").breaches, "another row"
    assert tell(STEP).plus(BROKEN.format(at=180)).result("L4").breaches
    other = CONFIRMED.replace("control1", "control2")
    assert tell(STEP).plus(BROKEN.format(at=180), other).result("L4").breaches
    for alarm in ("control1 alarm.raised control1 rule=C5", "control1 alarm.raised control2 rule=S30"):
        assert tell(STEP).plus(CONFIRMED, f"180 {alarm}").result("L4").breaches, alarm


def test_L4_s30_that_nothing_is_started_for_it_says_that_it_has_turned_round(tell: Any) -> None:
    """No row tells of that (seed 911056)."""
    waits = "180 control1 step.waiting ups3 rule=S30"
    assert tell(STEP).plus(BROKEN.format(at=10), waits).result("L4").ok
    assert tell(STEP).plus(waits).result("L4").breaches, "its journal is well"
    assert tell(STEP).plus(BROKEN.format(at=10), waits.replace("S30", "S7")).result("L4").breaches
    other = waits.replace("control1", "control2")
    assert tell(STEP).plus(BROKEN.format(at=10), other).result("L4").breaches


def test_L4_s30_an_incident_that_no_row_declares_overtakes_what_went_before(tell: Any) -> None:
    opened = "180 control1 incident.opened reference cause=ssccluster"
    assert tell(STEP).plus(BROKEN.format(at=10), opened).result("L4").ok
    assert tell(STEP).plus(opened).result("L4").breaches


def test_L4_a_later_incident_that_is_heard_of_overtakes_what_went_before(tell: Any) -> None:
    assert tell(STEP).plus("180 control1 journal.heard reference epoch=2").result("L4").ok
    assert tell(STEP).plus("180 control2 journal.heard reference epoch=2").result("L4").breaches


ALONE = (
    "-500 room server.halted control1",
    "-450 control2 request.accepted blade2 wish=power_on id=r1 of=blade2",
    "-400 room server.halted control2",
    "-300 room server.up control1",
)
"""control1 was down when somebody asked for blade2, and has not met control2 since."""


def test_L4_t7_what_a_node_that_comes_up_tells_of_what_is_wanted_overtakes_the_others_steps(
    tell: Any,
) -> None:
    alone, back = tell(STEP).plus(*ALONE), "180 room server.up control2"
    assert alone.plus(back).result("L4").ok
    assert alone.result("L4").breaches
    assert alone.plus(back.replace("180", "900")).result("L4").breaches, "it was too late by then"
    assert alone.plus(back.replace("control2", "blade2")).result("L4").breaches, "no node"
    assert alone.plus(back.replace("control2", "control1")).result("L4").breaches, "it knows what it knew"
    assert alone.without("request.accepted").plus(back).result("L4").breaches, "nothing to tell"
    met = alone.plus("-290 room server.up control2", "-200 room server.halted control2")
    assert met.plus(back).result("L4").breaches, "told before"
    later = alone.without("request.accepted").plus(ALONE[1].replace("-450 control2", "200 control1"))
    assert later.plus(back).result("L4").breaches, "not yet said"
    with_it = alone.without("request.accepted").plus(ALONE[1].replace("-450", "180"))
    assert with_it.plus(back).result("L4").breaches, "that is told by its row"
