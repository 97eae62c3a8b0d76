"""When an instant is late, and from when to when somebody was there to fire it (S35, L6)."""

# ruff: noqa: N802 - the ids of the invariants keep their capitals in the names of the tests.

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

OFF, ON = "nightly/2026-11-19/off", "nightly/2026-11-19/on"
POLL_S = 5.0 + 1.0
"""One poll on line, and a second of latency."""


def missed(telling: Any) -> list[str]:
    return [breach.text.split()[0] for breach in telling.result("L6").breaches]


def test_S35_what_has_no_id_is_no_instant(night: Any) -> None:
    manual = "60 control1 schedule.fired nightly goal=down servers=blade1 late_s=0"
    twice = night.plus(manual, manual.replace("60", "70"))
    assert twice.result("S35").breaches == ()
    assert twice.result("S35").put_to_test == 2


@pytest.mark.parametrize(("late_s", "broken"), [(POLL_S, False), (POLL_S + 0.1, True)])
def test_L6_late_is_later_than_a_poll(night: Any, late_s: float, broken: bool) -> None:
    late = night.changed(OFF, "late_s=0", f"late_s={late_s}")
    assert bool(late.result("L6").breaches) is broken


def test_L6_one_that_does_not_say_how_late_it_is_was_not(night: Any) -> None:
    assert night.changed(OFF, " late_s=0", "").result("L6").breaches == ()


@pytest.mark.parametrize(("due_s", "broken"), [(POLL_S, True), (POLL_S - 1, False), (-POLL_S + 1, False)])
def test_L6_what_was_due_in_the_first_moments_of_a_commander_may_be_late(
    night: Any, due_s: float, broken: bool
) -> None:
    """Due so long after the lease was taken, and 20 s late."""
    begun = night.moved("lease.taken", -100.0).changed(OFF, "late_s=0", "late_s=20")
    late = begun.moved(OFF, -100.0 + due_s + 20)
    assert bool(late.result("L6").breaches) is broken


@pytest.mark.parametrize(("stepped_s", "broken"), [(-21, True), (-20, False), (-10, False)])
def test_L6_only_a_step_over_the_instant_itself_excuses_its_lateness(
    night: Any, stepped_s: float, broken: bool
) -> None:
    """Fired at 22:00, and due 20 s before by its own word."""
    late = night.changed(OFF, "late_s=0", "late_s=20").plus(
        f"{stepped_s} room clock.stepped control1 by_s=20 skew_s=20"
    )
    assert bool(late.result("L6").breaches) is broken


def test_L6_nobody_is_late_while_nobody_commands(night: Any) -> None:
    late = night.changed(OFF, "late_s=0", "late_s=30").moved(OFF, 30)
    assert late.result("L6").breaches
    assert late.plus("29 control1 lease.lost reference").result("L6").breaches == ()


@pytest.mark.parametrize(
    "gone",
    [
        "-10 control1 lease.lost reference",
        "-10 room server.crashed control1 cause=fault",
        "-10 room server.halted control1",
        "-10 room service.died control1 cause=killed",
    ],
)
def test_L6_after_its_commander_has_gone_an_instant_is_nobodys(night: Any, gone: str) -> None:
    silent = night.without(OFF)
    assert missed(silent) == [OFF]
    assert missed(silent.plus(gone)) == []
    assert missed(silent.plus(gone.replace("control1", "control2"))) == [OFF], "the other one's affair"


def test_L6_every_window_counts_for_itself_and_each_instant_once(night: Any) -> None:
    """Two commanders, one after the other, with nobody between them."""
    silent = night.without("schedule.fired").plus(
        "500 control1 lease.lost reference", "1000 control2 lease.taken reference"
    )
    assert missed(silent) == [OFF, ON]
    between = silent.without("lease.lost").plus("-10 control1 lease.lost reference")
    assert missed(between) == [ON]
    taken_over = night.without("schedule.fired").plus("-1 control2 lease.taken reference")
    assert missed(taken_over) == [OFF, ON], "taken without a word of its loss"


def test_L6_a_clock_set_back_makes_nothing_due_twice_nor_undone(night: Any) -> None:
    back = night.without(OFF).plus("3 room clock.stepped control1 by_s=-600 skew_s=-600")
    assert missed(back) == [OFF]
    forward = (
        night.without("schedule.fired")
        .until(2000)
        .plus(
            "100 room clock.stepped control1 by_s=2000 skew_s=2000",
            "200 room clock.stepped control1 by_s=-2000 skew_s=0",
        )
    )
    assert missed(forward) == [OFF]
    further = night.without("schedule.fired").until(2000)
    further = further.plus(
        "100 room clock.stepped control1 by_s=4000 skew_s=4000",
        "200 room clock.stepped control1 by_s=-4000 skew_s=0",
    )
    assert missed(further) == [OFF, ON], "for a while it was past its time"


def test_L6_an_off_is_no_news_only_if_all_of_its_servers_are_wanted_down(night: Any) -> None:
    asked = "-300 control1 request.accepted reference wish=power_off id=r1 of="
    assert missed(night.without(OFF).plus(asked + '"blade1, blade2, rack1"')) == [OFF]
    assert missed(night.without(OFF).plus(asked + '"blade1, blade2, rack1, rack2"')) == []


@pytest.mark.parametrize(("by_s", "at_s"), [(600, -300), (600, -580), (301, -300), (300, -300), (5000, -10)])
def test_L6_an_off_that_a_clock_jumps_over_is_no_news_where_they_were_wanted_down_before(
    night: Any, by_s: int, at_s: int
) -> None:
    """What was made up for with it wants them up again; by the clock of the run its time is yet to come."""
    everybody = '"blade1, blade2, rack1, rack2"'
    jumped = night.without("schedule.fired").until(900)
    jumped = jumped.plus(f"{at_s} room clock.stepped control1 by_s={by_s} skew_s={by_s}")
    up = f"{at_s} control1 schedule.fired nightly id={ON} goal=up servers={everybody} late_s=0"
    asked = f"{at_s - 0.01} control1 request.accepted reference wish=power_off id=r1 of={everybody}"
    assert missed(jumped.plus(up)) == [OFF]
    assert missed(jumped.plus(up, asked)) == []
    assert missed(jumped.plus(up, asked.replace(f"{at_s - 0.01}", f"{at_s}"))) == [OFF], "with it"


def test_L6_what_a_clock_shows_after_it_was_set_is_weighed_when_it_shows_it(night: Any) -> None:
    """22:00 by a clock that is 100 s ahead since -300 s: at -100 s. Twice set, by both."""
    everybody = '"blade1, blade2, rack1, rack2"'
    silent = night.without("schedule.fired").until(900)
    ahead = silent.plus("-300 room clock.stepped control1 by_s=60 skew_s=60")
    ahead = ahead.plus("-200 room clock.stepped control1 by_s=40 skew_s=100")
    off = "{} control1 request.accepted reference wish=power_off id=r1 of=" + everybody
    assert missed(ahead.plus(off.format(-100))) == []
    assert missed(ahead.plus(off.format(-99))) == [OFF]
    back = silent.plus("-300 room clock.stepped control1 by_s=-100 skew_s=-100")
    assert missed(back.plus(off.format(100))) == []
    assert missed(back.plus(off.format(101))) == [OFF]
    begun = replace(silent, skew_s={"control1": 100.0})
    assert missed(begun.plus(off.format(-100))) == []
    assert missed(begun.plus(off.format(-99))) == [OFF]


def test_L6_what_was_due_before_a_clock_was_set_is_weighed_when_it_was_due(night: Any) -> None:
    everybody = '"blade1, blade2, rack1, rack2"'
    silent = night.without("schedule.fired").until(900)
    asked = "{} control1 request.accepted reference wish=power_off id=r1 of=" + everybody
    later = silent.plus("500 room clock.stepped control1 by_s=100 skew_s=100")
    assert missed(later.plus(asked.format(300))) == [OFF]
    assert missed(later.plus(asked.format(0))) == []
    then = silent.plus(asked.format(0), "0 room clock.stepped control1 by_s=100 skew_s=100")
    assert missed(then) == [], "in the moment in which it is due"


def test_L6_the_last_two_minutes_of_a_window_are_not_judged(night: Any) -> None:
    """How far a clock was off from the beginning nobody tells."""
    assert missed(night.without(OFF).until(119)) == []
    assert missed(night.without(OFF).until(121)) == [OFF]


def test_L6_a_run_that_it_says_nothing_about_puts_nothing_to_the_test(night: Any, outage: Any) -> None:
    unknown = night.without("schedule.fired").changed("run.started", "start=", "begun=")
    assert unknown.result("L6").put_to_test == 0
    assert (
        outage.plus("0 control1 schedule.fired reference id=x goal=up servers=blade1")
        .result("L6")
        .put_to_test
        == 0
    )


def test_L6_two_clocks_that_pass_one_instant_make_it_due_once(night: Any) -> None:
    """control1's is an hour ahead; control2, which takes over, passes 22:00 once more."""
    ahead = night.without("schedule.fired").plus(
        "-300 room clock.stepped control1 by_s=3600 skew_s=3600",
        "-200 control1 lease.lost reference",
        "-199 control2 lease.taken reference",
    )
    assert missed(ahead.until(1000)) == [OFF, ON]


def test_L6_what_a_clock_was_past_when_its_node_took_the_command_is_not_due(night: Any) -> None:
    ahead = night.without(OFF).moved("lease.taken", -100.0)
    assert missed(ahead) == [OFF]
    assert missed(ahead.plus("-200 room clock.stepped control1 by_s=200 skew_s=200")) == []


@pytest.mark.parametrize(
    ("at_s", "kind", "due"),
    [
        (60, "watched", []),
        (0, "watched", []),
        (-0.1, "watched", [OFF]),
        (60, "lease", [OFF]),
        (200.0, "watched", [OFF]),
        (199.9, "watched", [OFF]),
    ],
)
def test_L6_what_fell_while_nobody_commanded_is_not_due_again_when_a_clock_is_set_back(
    night: Any, at_s: float, kind: str, due: list[str]
) -> None:
    """Set back by 200 s. It was made up for, or not, when it was written down that schedules are watched."""
    back = night.without(OFF).plus(
        "-10 control1 lease.lost reference",
        "-5 control2 lease.taken reference",
        "-4 control2 lease.lost reference",
        "150 room clock.stepped control1 by_s=-200 skew_s=-200",
        "170 control1 lease.taken reference",
        f"{at_s} control1 journal.committed control1 kind={kind}",
    )
    assert missed(back) == due


@pytest.mark.parametrize(("goes_s", "due"), [(140, [OFF]), (160, [])])
def test_L6_what_only_one_has_written_down_who_is_down_is_due_for_whoever_comes_and_has_not_met_him(
    night: Any, goes_s: int, due: list[str]
) -> None:
    back = night.without(OFF).plus(
        "-20 room server.halted control1",
        "-5 control2 lease.taken reference",
        "-4 control2 lease.lost reference",
        "60 control2 journal.committed control2 kind=watched",
        "149 room clock.stepped control1 by_s=-200 skew_s=-200",
        "150 room server.up control1",
        f"{goes_s} room server.halted control2",
        "170 control1 lease.taken reference",
    )
    assert missed(back) == due


def test_L6_what_falls_after_they_were_watched_is_due_for_all_that(night: Any) -> None:
    assert missed(night.without(OFF).plus("-1 control1 journal.committed control1 kind=watched")) == [OFF]
    late = "100 control1 journal.committed control1 kind=watched"
    assert missed(night.without(OFF).plus(late)) == [OFF], "it was due before that was written down"


def test_L6_a_window_ends_when_another_node_takes_the_command(night: Any) -> None:
    assert missed(night.without("schedule.fired").plus("500 control2 lease.taken reference")) == [OFF, ON]


def test_L6_while_nobody_commands_a_clock_may_step_and_a_lease_be_lost_again(night: Any) -> None:
    nobody = night.plus(
        "5000 control1 lease.lost reference",
        "5001 control1 lease.lost reference",
        "5002 room clock.stepped control1 by_s=5 skew_s=5",
        "5003 control1 alarm.raised control1 rule=T4",
    )
    assert missed(nobody) == []


@pytest.mark.parametrize(
    ("begins", "lost"), [("21:59:59.500", [OFF]), ("22:00:00.500", [])], ids=["just after", "just before"]
)
def test_L6_what_is_due_when_the_run_begins_is_due_just_after_that_and_not_just_before(
    night: Any, begins: str, lost: list[str]
) -> None:
    """Also by a clock that is behind: it passes that time once more."""
    silent = (
        night.without("schedule.fired", "run.started", "lease.taken")
        .until(2000)
        .plus(
            f"-600 room run.started reference start=2026-11-19T{begins}+09:00",
            "-599.8 control1 lease.taken reference",
        )
    )
    assert missed(silent) == lost
    assert missed(replace(silent, skew_s={"control1": -1800.0})) == lost
