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


def left_behind(
    tell: Any,
    *lines: str,
    ups: str = "ups4",
    named: str = "ups1",
    at_s: float = 400,
    on: str = "cause=return",
    went_s: float = 500,
    rule: str = "S5",
) -> list[str]:
    """A node's UPS came back with little; all lost their mains anew, and the nodes went for that one. Whether
    the battery of a disk that was flushed as they went is blamed."""
    told = tell(CALM).plus(
        "-100 room ups.output_off ups1 cause=fault",
        f"-10 room ups.output_on ups1 {on}",
        "-10 room ups.charge ups1 charge_pct=5 runtime_s=700",
        "0 room mains.lost utility",
        f"{at_s} control1 alarm.raised ssccluster rule={rule} upses={named}",
        f"{went_s} room server.halted control1",
        f"{went_s} room server.halted control2",
        f"2000 room ups.exhausted {ups}",
        f"2000 room ups.output_off {ups} cause=exhausted",
        *lines,
    )
    return [breach.subject for breach in told.result("S18").breaches]


def test_S18_p4_nor_for_a_disk_left_behind_by_nodes_that_had_to_go_for_one_that_had_come_back_low(
    tell: Any,
) -> None:
    """The whole stop of the disk was not over yet, and nobody is left to tell it (S5; two-feeds, 62017)."""
    assert left_behind(tell) == left_behind(tell, at_s=749) == left_behind(tell, named='"ups2, ups1"') == []
    assert left_behind(tell, rule="S18") == [], "for which the cluster was not waited for (68156)"
    assert left_behind(tell, rule="L3") == ["ups4"]
    assert left_behind(tell, at_s=750) == ["ups4"], "its stop had had all its time"
    assert left_behind(tell, ups="ups6") == ["ups6"], "servers' UPSes are told at once"
    assert left_behind(tell, named="ups2") == ["ups4"], "that one had enough"
    assert left_behind(tell, on="cause=command") == ["ups4"], "somebody switched it on too early"
    assert left_behind(tell, went_s=2100) == ["ups4"], "somebody is there yet"
    came = ("600 room server.up control1", "700 room server.halted control1")
    assert left_behind(tell, *came) == ["ups4"], "somebody has been there since"


def test_S18_p4_c12_who_boots_after_that_and_is_sent_away_at_once_was_not_there(tell: Any) -> None:
    """Nor does it matter what the mains of that UPS did when the nodes had gone for it (66984)."""

    def behind(gone_s: float, *lines: str) -> list[str]:
        came = ("600 room server.up control1", f"{gone_s} room server.halted control1")
        return left_behind(tell, *came, *lines)

    assert behind(604) == []
    assert behind(605) == ["ups4"], "he had time for a look"
    flaps = ("650 room mains.restored ups1", "900 room ups.charge ups1 charge_pct=95 runtime_s=3400")
    assert behind(604, *flaps, "1000 room mains.lost ups1") == []


def test_S18_c11_nor_by_nodes_that_had_to_go_for_the_disk_of_a_cluster_that_hangs_at_its_stop(
    tell: Any,
) -> None:
    """It has that in use, and the nodes cannot stay for the linked disk (S5; seed 83862)."""
    hangs = "410 control1 alarm.raised ssccluster rule=S18"
    stop = "114 control1 command.sent ssccluster command=stop"

    def behind(*lines: str, named: str = "ups3") -> list[str]:
        return left_behind(tell, *lines, named=named, on="cause=command")

    assert behind(hangs, stop) == []
    assert behind(stop) == behind(hangs) == ["ups4"], "nothing hangs"
    assert behind(hangs, stop.replace("114", "115")) == ["ups4"], "it has not had its limit"
    assert behind(hangs, stop, named="ups2") == ["ups4"], "they stay for it to the end of their own batteries"
    assert behind(hangs, stop, "420 room cluster.stopped ssccluster cause=command") == ["ups4"], (
        "its disk is at rest"
    )


def test_S18_p3_p4_nor_for_one_of_theirs_that_was_on_all_the_while_and_had_been_used_up_before(
    tell: Any,
) -> None:
    """A hold, say, had kept it on (seed 187532)."""

    def behind(runtime_s: float) -> bool:
        told = tell(CALM).plus(
            f"-10 room ups.charge ups1 charge_pct=5 runtime_s={runtime_s}",
            "0 room mains.lost utility",
            "400 control1 alarm.raised ssccluster rule=S5 upses=ups1",
            "500 room server.halted control1",
            "500 room server.halted control2",
            "2000 room ups.exhausted ups4",
            "2000 room ups.output_off ups4 cause=exhausted",
        )
        return bool(told.result("S18").breaches)

    assert not behind(700)
    assert behind(900), "there was time"
