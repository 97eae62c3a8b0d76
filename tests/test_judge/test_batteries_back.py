"""Whose UPS came on with little, and lost its mains anew: S18, L2 (P4)."""

# ruff: noqa: N802 - the ids of the invariants keep their capitals in the names of the tests.

from __future__ import annotations

from typing import Any

from tests.told_well import CALM


def came_and_went(tell: Any, *lines: str, on: str = "cause=return", runtime_s: int = 100) -> list[str]:
    """It was off, came back by itself with little, and lost its mains anew. Which rules that breaks."""
    told = tell(CALM).plus(
        "-100 room ups.output_off ups6 cause=fault",
        f"-10 room ups.output_on ups6 {on}",
        f"-10 room ups.charge ups6 charge_pct=5 runtime_s={runtime_s}",
        "0 room mains.lost ups6",
        "90 room ups.exhausted ups6",
        "90 room ups.output_off ups6 cause=exhausted",
        "90 room server.crashed rack1 cause=power",
        *lines,
    )
    return [rule for rule in ("S18", "L2") if told.result(rule).breaches]


def test_S18_L2_p4_nobody_is_blamed_for_a_ups_that_never_held_what_its_stop_needs(tell: Any) -> None:
    """No start of ours was too early, and what is left is used at once."""
    assert came_and_went(tell) == []
    assert came_and_went(tell, runtime_s=1200) == ["S18", "L2"], "there was time"
    assert came_and_went(tell, on="cause=command") == ["S18", "L2"], "somebody switched it on too early"


def test_S18_L2_u18_nor_for_one_that_was_switched_on_though_nobody_could_learn_what_it_held(
    tell: Any,
) -> None:
    """An alarm said, while it was off, that its charge is not waited for."""

    def breaks(
        at_s: int, *before: str, ups: str = "ups6", rule: str = "S17", runtime_s: int = 100
    ) -> list[str]:
        alarm = f"{at_s} control1 alarm.raised {ups} rule={rule}"
        return came_and_went(tell, *before, alarm, on="cause=command", runtime_s=runtime_s)

    assert breaks(-100) == breaks(-10) == []
    assert breaks(-10, runtime_s=1200) == ["S18", "L2"], "there was time"
    assert breaks(-101) == ["S18", "L2"], "it was on then"
    before = ("-300 room ups.output_off ups6 cause=command", "-200 room ups.output_on ups6 cause=command")
    assert breaks(-250, *before) == ["S18", "L2"], "it was off for another time then"
    assert breaks(-9) == ["S18", "L2"], "it was on again"
    assert breaks(-10, ups="ups5") == ["S18", "L2"], "that was another one"
    assert breaks(-10, rule="X-09") == ["S18", "L2"], "its charge was known"


def test_S18_L2_p4_it_is_another_thing_with_a_ups_that_was_on_before_its_mains_went_or_came(
    tell: Any,
) -> None:
    lost = "0 room mains.lost ups6"
    empty = (
        "0 room ups.charge ups6 charge_pct=5 runtime_s=100",
        "90 room ups.exhausted ups6",
        "90 room ups.output_off ups6 cause=exhausted",
    )
    off, on = "-100 room ups.output_off ups6 cause=fault", "room ups.output_on ups6 cause=return"
    never_off = tell(CALM).plus(lost, *empty)
    assert never_off.result("S18").breaches, "it had been on since before the run"
    without_mains = tell(CALM).plus(off, f"5 {on}", lost, *empty)
    assert without_mains.result("S18").breaches, "a hand switched it on, on its battery"
    with_mains = tell(CALM).plus(off, f"-5 {on}", *empty)
    assert with_mains.result("S18").breaches, "its mains were there all the time"
    at_once = tell(CALM).plus(off, f"0 {on}", lost, *empty)
    assert at_once.result("S18").breaches == ()
