"""What a restart and a plan may not touch: S21, S22, S23 at their edges."""

# ruff: noqa: N802 - the ids of the invariants keep their capitals in the names of the tests.

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.told_well import CALM

REBOOT = 'control1 schedule.fired reference id={} goal=reboot servers="{}" late_s=0'
WISH = "control1 request.accepted reference wish={} id=r{} of={}"


def test_S21_a_restart_that_has_been_done_is_over(tell: Any) -> None:
    fired = tell(CALM).plus("0 " + REBOOT.format("short/1/off", "blade1, blade2"))
    off = "400 control1 command.sent ups5 command=off"
    assert "S21" in fired.plus(off).broken
    done = [
        f"{at} room server.{what} {name}"
        for name in ("blade1", "blade2")
        for at, what in ((20, "shutting_down"), (80, "halted"), (81, "booting"), (300, "up"))
    ]
    assert "S21" not in fired.plus(*done, off).broken
    assert "S21" in fired.plus(*done[:4], off).broken, "blade2 has still to restart"


def test_S21_s11_whose_power_may_count_down_unheard_is_shut_down_though_he_is_only_to_restart(
    tell: Any,
) -> None:
    """A word before that wanted him down, and nobody calls an OFF back that his card may have taken."""
    fired = tell(CALM).plus(
        "0 " + REBOOT.format("short/1/off", "blade1"), "-9 room ups.off_armed ups2 falls_at=9"
    )
    silent, off = "-90 control1 card.silent ups5", "-60 control1 command.sent ups5 command=off falls_in_s=420"
    shuts = "20 control1 command.sent blade1 command=shutdown"
    assert "S21" not in fired.plus(silent, off, shuts).broken
    assert "S21" in fired.plus(off, shuts).broken
    assert "S21" in fired.plus(silent, shuts).broken
    assert "S21" in fired.plus(silent, off, shuts.replace("20 ", "361 ")).broken, "its time is over"


def test_S21_who_is_off_when_he_is_to_restart_is_only_to_be_on_again(tell: Any) -> None:
    """R10-41: his UPS goes on. One that is on already is nobody's to switch in a restart."""
    fired = tell(CALM).plus("0 " + REBOOT.format("short/1/off", "blade1"))
    on = "20 control1 command.sent ups5 command=on"
    assert "S21" in fired.plus(on).broken
    off = "room ups.output_off ups5 cause=button"
    assert "S21" not in fired.plus("-60 " + off, on).broken
    assert "S21" in fired.plus("-60 " + off, on.replace("=on", "=off")).broken
    assert "S21" in fired.plus("-60 " + off.replace("ups5", "ups6"), on).broken
    two = replace(fired.site.servers["blade1"], upses=("ups5", "ups6"))
    fed = fired.at_site(servers={**fired.site.servers, "blade1": two})
    assert "S21" not in fed.plus("-60 " + off, on).broken, "X-04: its second feed, though it runs"


def test_S21_s18_a_disk_that_nobody_uses_is_flushed_in_an_incident_though_its_users_are_to_restart(
    tell: Any,
) -> None:
    """ADR 0040: its battery could not save it. They are off, and only to be on again."""
    fired = tell(CALM).plus("0 " + REBOOT.format("short/1/off", "blade1"))
    flush = "20 control1 command.sent linkeddisk command=flush"
    opened = "-60 control1 incident.opened reference"
    down = [f"-90 room server.halted {name}" for name in ("blade1", "blade2", "rack1", "rack2")]
    assert "S21" not in fired.plus(*down, opened, flush).broken
    assert "S21" in fired.plus(*down, flush).broken, "a restart flushes nothing"
    assert "S21" in fired.plus(*down[1:], opened, flush).broken, "blade1 runs"
    assert "S21" in fired.plus(*down, opened, flush.replace("flush", "off")).broken


def test_S21_h1_only_one_that_hangs_past_its_limit_is_forced(tell: Any) -> None:
    fired = tell(CALM).plus("0 " + REBOOT.format("short/1/off", "blade1"))
    limit_s = fired.site.servers["blade1"].shutdown_limit_s
    hangs = fired.plus("1 room server.shutting_down blade1")
    assert "S21" not in hangs.plus(f"{0.1 + limit_s} control1 command.sent blade1 command=force").broken
    assert "S21" in hangs.plus(f"{limit_s} control1 command.sent blade1 command=force").broken
    assert "S21" in hangs.plus(f"{1 + limit_s} control1 command.sent blade1 command=shutdown").broken
    up = fired.plus(f"{1 + limit_s} control1 command.sent blade1 command=force")
    assert "S21" in up.broken
    assert "S21" in hangs.plus(f"{1 + limit_s} control1 command.sent ups5 command=force").broken


def test_S21_c12_whose_power_counts_down_as_another_has_told_it_is_shut_down(tell: Any) -> None:
    """And whose linked disks do, which are flushed. A cut is not excused by that."""
    fired = tell(CALM).plus("0 " + REBOOT.format("short/1/off", "blade1"))
    down = "30 control1 command.sent blade1 command=shutdown"
    assert "S21" in fired.plus(down).broken
    assert "S21" not in fired.plus("20 room ups.off_armed ups5 falls_at=1040", down).broken
    disk, flush = (
        "20 room ups.off_armed ups4 falls_at=1040",
        "40 control1 command.sent linkeddisk command=flush",
    )
    assert "S21" in fired.plus(flush).broken
    assert "S21" not in fired.plus(disk, down, flush).broken
    assert "S21" in fired.plus(disk, "30 control1 command.sent ups5 command=off").broken


def test_S21_one_of_them_that_is_wanted_down_is_another_word(tell: Any) -> None:
    fired = tell(CALM).plus("0 " + REBOOT.format("short/1/off", "blade1, blade2"))
    off = "400 control1 command.sent ups5 command=off"
    assert "S21" not in fired.plus("10 " + WISH.format("power_off", 1, "blade2"), off).broken


def test_S21_it_names_the_word_and_shows_it(tell: Any) -> None:
    fired = tell(CALM).plus(
        "0 " + REBOOT.format("first/1/off", "blade1"), "5 " + REBOOT.format("second/1/off", "blade2")
    )
    off = fired.plus("400 control1 command.sent ups5 command=off")
    (breach,) = off.result("S21").breaches
    assert breach.text == "off of ups5 at 400 s, though first/1/off is only a restart"
    assert [event.t - 600 for event in breach.events] == [0, 400]
    assert off.result("S21").put_to_test == 1
    assert off.plus("401 control1 command.sent ups6 command=off").result("S21").put_to_test == 1, "not theirs"


def test_S21_the_on_of_a_schedule_and_one_of_another_name_are_not_its_matter(night: Any) -> None:
    nightly = replace(night.site.schedules["nightly"], on="22:01")
    short = night.at_site(schedules={"nightly": nightly})
    assert short.result("S21").put_to_test == 2
    on = short.without("goal=down").result("S21")
    assert (on.put_to_test, on.breaches) == (1, ())
    lan = short.changed("goal=down", "/off", "/lan").result("S21")
    assert lan.breaches == (), "the silence of the LAN is another off than the schedule's"
    other = short.plus("5 control1 schedule.fired reference id=x/off goal=down servers=blade1")
    assert other.result("S21").put_to_test == 2


@pytest.mark.parametrize("rule", ["S22", "S23"])
def test_a_plan_is_judged_at_the_flush_and_at_the_cut_of_a_linked_disk_that_is_wanted_off(
    night: Any, rule: str
) -> None:
    assert night.result(rule).put_to_test == 2
    assert night.without("command=flush").result(rule).put_to_test == 1
    assert night.without("ups4 command=off").result(rule).put_to_test == 1
    others = night.plus(
        "700 control1 command.sent ups3 command=off",
        "701 control1 command.sent controldisk command=flush",
        "702 control1 command.sent blade1 command=flush",
        "703 control1 command.sent ups5 command=off",
    )
    assert others.result(rule).put_to_test == 2
    nobody = night.without("goal=down")
    assert nobody.result(rule).put_to_test == 0, "S9's"


def test_S22_p4_the_flush_for_a_short_battery_is_none_of_a_plan_but_the_cut_is(night: Any) -> None:
    nightly = replace(night.site.schedules["nightly"], on="22:39:00")
    short = night.at_site(schedules={"nightly": nightly})
    flushed = short.without("ups4 command=off")
    assert flushed.result("S22").breaches
    alarm = "421 control1 alarm.raised linkeddisk rule=S18 text=short"
    assert flushed.plus(alarm).result("S22").breaches == ()
    assert short.plus(alarm).result("S22").breaches


def test_S22_just_long_enough_is_long_enough(night: Any) -> None:
    """A millisecond of rounding is nobody's fault."""
    nightly = replace(night.site.schedules["nightly"], on="22:40:00")
    exact = night.at_site(schedules={"nightly": nightly})
    assert exact.result("S22").breaches == ()


def test_S22_c12_a_disk_whose_power_counts_down_as_another_has_told_it_is_flushed_however_short_the_night(
    night: Any,
) -> None:
    nightly = replace(night.site.schedules["nightly"], on="22:39:00")
    short = night.at_site(schedules={"nightly": nightly}).without("ups4 command=off")
    assert "linkeddisk was stopped" in short.breach("S22")
    falls = short.plus("421 room ups.off_armed ups4 falls_at=1440")
    assert falls.result("S22").breaches == ()
    cut = falls.plus("422 control1 command.sent ups4 command=off")
    assert "linkeddisk was stopped" in cut.breach("S22"), "nobody has told us to do the same"


def test_S23_one_who_is_down_and_wanted_by_nobody_keeps_no_disk_on(night: Any) -> None:
    one = night.changed("goal=down", ", rack2", "")
    one = one.without(
        "rack2 command=shutdown", "shutting_down rack2", "halted rack2", "420 room ups.output_off ups6"
    )
    assert "rack2 was not to be off" in one.breach("S23")
    down = one.plus("-500 room server.shutting_down rack2", "-400 room server.halted rack2")
    assert down.result("S23").breaches == ()
    up = down.plus("-300 " + WISH.format("power_on", 1, "rack2"))
    assert "rack2 was not to be off" in up.breach("S23"), "it has still to come up"


def test_S23_the_one_word_that_wants_somebody_up_is_shown(night: Any) -> None:
    """By that an excuse asks who could know it."""
    stays = night.changed("goal=down", "blade2, rack1, rack2", "rack1")

    def shown(*words: str) -> list[list[str]]:
        return [[e.name for e in breach.events] for breach in stays.plus(*words).result("S23").breaches]

    up = "5 " + WISH.format("power_on", 5, "rack2")
    both = "5 " + WISH.format("power_on", 5, "blade2, rack2")
    for one in (up, both):
        assert all(names == ["request.accepted", "command.sent"] for names in shown(one)), shown(one)
    two = shown(up, "6 " + WISH.format("power_on", 6, "blade2"))
    assert two
    assert all(names == ["command.sent"] for names in two), two


def test_S23_one_who_is_to_be_off_and_runs_still_is_another_rules(night: Any) -> None:
    late = night.without("server.halted rack2", "420 room ups.output_off ups6")
    assert "S3" in late.broken
    assert late.result("S23").breaches == ()


@pytest.mark.parametrize("rule", ["S22", "S23"])
def test_a_control_disk_has_no_nights_of_this_kind(night: Any, rule: str) -> None:
    control = night.plus(
        "700 control1 request.accepted reference wish=cluster_shutdown id=r1 asked_by=operator",
        "701 control1 command.sent controldisk command=flush",
    )
    assert control.result(rule).put_to_test == 2


def test_S21_an_on_takes_something_only_from_who_runs(tell: Any) -> None:
    """Of a UPS that is on; one that is off, or feeds nobody who runs, has nothing to lose (R10-41)."""
    fired = tell(CALM).plus("0 " + REBOOT.format("short/1/off", "blade1, blade2"))
    told = fired.plus("30 control1 command.sent ups5 command=on")
    assert "S21" in told.broken
    assert "S21" not in told.plus("10 room ups.output_off ups5").broken
    one = told.plus("5 room server.halted blade1")
    assert "S21" in one.broken, "the other one runs"
    assert "S21" not in one.plus("6 room server.halted blade2").broken


PARTED = (
    "-580 room server.halted control1",
    "-500 room server.shutting_down rack2",
    "-490 room server.halted rack2",
    "-400 " + WISH.replace("control1", "control2").format("power_on", 1, "rack2"),
    "-390 room server.halted control2",
    "-300 room server.up control1",
    "-290 control1 lease.taken reference",
)
"""Only control2, which is down, has heard that rack2 is wanted up. It is down yet."""


def test_S23_a_word_that_only_a_node_has_heard_that_is_down_keeps_no_disk_on(night: Any) -> None:
    one = night.without(
        "rack2 command=shutdown", "shutting_down rack2", "halted rack2", "420 room ups.output_off ups6"
    )
    both = one.plus("-410 " + WISH.replace("control1", "control2").format("power_off", 0, "rack2"))
    fired = both.without("goal=down").plus(*PARTED)
    off = (
        'control1 schedule.fired nightly id=nightly/1/off goal=down servers="blade1, blade2, rack1" late_s=0'
    )
    told = fired.plus("0 " + off, "-280 " + WISH.format("power_off", 2, "rack1"))
    assert "rack2 was not to be off" in told.breach("S23"), "as far as control1 knows nobody wants it down"
    early = "-590 " + WISH.format("power_off", 3, "rack2")
    known = told.plus(early)
    assert known.result("S23").breaches == ()
    assert "rack2 was not to be off" in known.plus("-200 room server.up control2").breach("S23"), "it is told"
    runs = known.plus("-250 room server.booting rack2")
    assert "rack2 was not to be off" in runs.breach("S23")
