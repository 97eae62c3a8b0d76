"""When a word counts from that nodes with different clocks have heard by themselves (S35, T1, T4)."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from sequencer.facts import Facts
from sequencer.journal import Goal, Kind, Row
from sequencer.requests import Wish
from sim.story import Asked, ClockStep, Managed, Manager
from tests.examples import few
from tests.nights import control_nights, night_site, tonight
from tests.worlds import fault, out


def said(cause: str, goal: Goal, wall_s: float, **details: Any) -> Row:
    words = {"servers": ["control2"], "goal": goal.value, "wall_s": wall_s, **details}
    return Row(Kind.WANTED, cause, 1, "control1/1", 0.0, words)


def held(cause: str, wall_s: float, *, held: bool = True, **details: Any) -> Row:
    return Row(
        Kind.HELD, "ups4", 1, "control1/1", 0.0, {"cause": cause, "held": held, "wall_s": wall_s, **details}
    )


UP = said("request-1", Goal.UP, 7300.0)
"""By a clock that is two hours ahead."""
TWICE = (said("request-2", Goal.DOWN, 7400.0, after_s=7300.0), said("request-2", Goal.DOWN, 200.0))
"""And the next word: by the same clock, and by one that is right, of a node that has not heard the first."""


@few(50)
@given(rows=st.permutations((UP, *TWICE)))
def test_s28_t1_a_word_stays_later_than_what_whoever_heard_it_knew_though_another_clock_is_behind(
    rows: list[Row],
) -> None:
    """In whatever order the rows come. Who was shut down by it was woken by the older one (20411)."""
    facts = Facts()
    facts.learn([*rows, Row(Kind.REACHED, "control2", 1, "control2/1", 0.0, {"wall_s": 200.0})], 0.0)
    assert facts.wants["control2"].cause == "request-2"
    assert facts.reached("control2")
    facts.learn([said("request-3", Goal.UP, 7300.5)], 0.0)
    assert facts.wants["control2"].cause == "request-3", "no later than that"


@few(50)
@given(
    rows=st.permutations(
        (held("r1", 7300.0, held=False), held("r2", 7400.0, after_s=7300.0), held("r2", 200.0))
    )
)
def test_s27_t1_nor_is_a_hold_older_than_the_release_before_it(rows: list[Row]) -> None:
    facts = Facts()
    facts.learn(rows, 0.0)
    assert facts.held == {"ups4"}


def test_s28_t1_c8_who_is_shut_down_by_people_is_not_woken_for_a_word_before_that() -> None:
    """control1's clock is two hours ahead, and control2, which is shut down, cannot read its rows."""
    tale = tonight(
        fault("service_upgraded", "control1", 4800.0, None, 86400.0),
        ClockStep(7200.0, "control1", 7200.0),
        out(7200.0, 15000.0, "ups4"),
        Asked(9000.0, Wish.POWER_ON, to="control1"),
        Managed(9010.0, Manager.SHUTDOWN, "control2"),
        site=night_site(control_nights("23:01", "23:31")),
    )
    assert tale.at("server.halted control2", -1) > 9010
    assert [t for t in tale.times("command.sent control2 command=wake") if t > 9010] == []
