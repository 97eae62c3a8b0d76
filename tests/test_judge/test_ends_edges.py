"""A step that nobody ended: from when it is late, and that it is told when the next one begins (L4)."""

# ruff: noqa: N802 - the ids of the invariants keep their capitals in the names of the tests.

from __future__ import annotations

from typing import Any

import pytest

from tests.told_well import CALM

LIMIT_S = 180.0
SLACK_S = 30.0
STEP = CALM + f"0 control1 step.started blade1 step=halted limit_s={LIMIT_S}\n2000 room run.ended reference\n"


def test_the_slack_of_these_tests_is_the_rules() -> None:
    from teiden.judge.invariants import ends

    assert ends.SLACK_S == SLACK_S


@pytest.mark.parametrize("how", ["ends", "run ends", "is overtaken", "next begins"])
@pytest.mark.parametrize(("over_s", "late"), [(0.0, False), (0.1, True)])
def test_L4_it_is_late_after_twice_its_limit_and_the_slack(
    tell: Any, how: str, over_s: float, late: bool
) -> None:
    at_s = 2 * LIMIT_S + SLACK_S + over_s
    if how == "run ends":
        telling = tell(STEP).until(at_s)
    else:
        line = {
            "ends": "control1 step.done blade1 step=halted",
            "is overtaken": "control1 lease.lost reference",
            "next begins": "control1 step.started blade2 step=halted limit_s=5000",
        }[how]
        telling = tell(STEP).plus(f"{at_s} {line}", f"{at_s + 1} control1 step.done blade1 step=halted")
    breaches = telling.result("L4").breaches
    assert len(breaches) == (late or how == "next begins")
    if breaches and late:
        assert breaches[0].t == 600 + 2 * LIMIT_S + SLACK_S, "from then on it was late"
        assert "390 s later it had not ended" in breaches[0].text


def test_L4_a_late_one_is_told_once_however_many_begin_after_it(tell: Any) -> None:
    telling = tell(STEP).plus(
        *(f"{1000 + n} control1 step.started rack{n} step=up limit_s=2000" for n in (1, 2))
    )
    result = telling.plus("1500 control1 step.done blade1 step=halted").result("L4")
    assert len(result.breaches) == 1
    assert result.put_to_test == 1


def test_L4_a_step_whose_time_is_just_over_at_the_end_of_the_run_is_not_judged(tell: Any) -> None:
    assert tell(STEP).until(2 * LIMIT_S + SLACK_S).result("L4").put_to_test == 0
    assert tell(STEP).until(2 * LIMIT_S + SLACK_S + 0.1).result("L4").put_to_test == 1


def unheard(tell: Any, up_s: float, *, met: bool = False, wanted_by: str = "control2") -> bool:
    """Somebody wanted something while control1 was down, and who heard it was gone when that came up."""
    told = tell(STEP).plus(
        "-90 room server.halted control1",
        f"-50 {wanted_by} request.accepted blade2 wish=power_on id=r1 of=blade2",
        "-40 room server.halted control2",
        f"{-45 if met else -20} room server.up control1",
        f"{up_s} room server.up control2",
    )
    return bool(told.result("L4").breaches)


def test_L4_what_a_node_hears_when_it_meets_the_other_again_overtakes_its_step(tell: Any) -> None:
    assert not unheard(tell, 100.0)
    assert unheard(tell, 100.0, met=True), "it knew that when it began"
    assert unheard(tell, 100.0, wanted_by="control1")
    assert not unheard(tell, 2 * LIMIT_S + SLACK_S)
    assert unheard(tell, 2 * LIMIT_S + SLACK_S + 0.1)
