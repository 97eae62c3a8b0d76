"""Flushes: S3, S32."""

# ruff: noqa: N802 - the ids of the invariants keep their capitals in the names of the tests.

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest


def test_S3_a_flush_before_the_servers_ups_is_off_is_reported(outage: Any) -> None:
    telling = outage.moved("command=flush", 440).moved("array.flushing", 440)

    assert telling.broken == ["S3"]
    assert telling.breach("S3") == "linkeddisk was told to flush at 440 s, but ups5 and ups6 still gave power"


def test_S3_a_flush_while_a_server_may_still_write_is_reported(outage: Any) -> None:
    telling = outage.plus(
        "453 room ups.output_on ups6 cause=return",
        "453 room server.booting rack1",
        "460 room server.forced rack1",
        "461 room ups.output_off ups6 cause=command",
    )

    assert "rack1 was not down and ups6 still gave power" in telling.breach("S3")


@pytest.mark.parametrize(("hand_s", "broken"), [(453.1, []), (453.0, ["S3"])])
def test_S3_o1_what_a_hand_switches_on_while_the_request_is_on_its_way_nobody_has_seen(
    outage: Any, hand_s: float, broken: list[str]
) -> None:
    telling = outage.plus(
        f"{hand_s} room ups.output_on ups6 cause=button", f"{hand_s} room server.booting rack1"
    )
    assert [rule for rule in telling.broken if rule == "S3"] == broken


def test_S3_an_array_that_begins_long_after_it_was_told_is_judged_then_too(outage: Any) -> None:
    telling = outage.moved("array.flushing", 500).plus("480 room ups.output_on ups6 cause=return")

    assert telling.broken == ["S3"]
    assert telling.breach("S3") == "linkeddisk began to flush at 500 s, but ups6 still gave power"


def test_S3_what_is_told_to_an_array_without_power_begins_no_flush(outage: Any) -> None:
    told = outage.without("array.flushing", "array.flushed").moved("command=flush", 130)
    assert told.result("S3").breaches
    assert told.plus("100 room ups.output_off ups4 cause=exhausted").result("S3").breaches == ()


def test_S3_one_flush_is_reported_once(outage: Any) -> None:
    result = outage.moved("command=flush", 440).moved("array.flushing", 441).result("S3")

    assert len(result.breaches) == 1


def test_S3_an_alarm_that_the_ups_was_not_seen_off_excuses_the_flush(outage: Any) -> None:
    ignored = outage.without("room ups.output_off ups6")

    assert ignored.broken == ["S3"]
    alarm = '453 control1 alarm.raised ups6 text="ups6 not seen off, seen_off_limit 60 s"'
    assert ignored.plus(alarm).broken == []
    assert ignored.plus("453 control1 alarm.raised ups6 rule=S3").broken == []


def test_S3_an_alarm_about_another_ups_excuses_nothing(outage: Any) -> None:
    ignored = outage.without("room ups.output_off ups6")

    assert ignored.plus("453 control1 alarm.raised ups5 rule=S3").broken == ["S3"]


@pytest.fixture
def hurried(outage: Any) -> Any:
    """X-02: flushed as soon as the servers have halted, before their UPSes are off."""
    early = outage.moved("command=flush", 130).moved("array.flushing", 130).moved("array.flushed", 322)
    return early.plus("129 control1 alarm.raised linkeddisk rule=S18 text=short")


def test_S3_a_battery_that_cannot_wait_excuses_a_flush_before_the_ups_is_off(hurried: Any) -> None:
    weak = hurried.changed("0 room ups.charge ups4", "runtime_s=1500", "runtime_s=700")

    assert weak.broken == []  # 130 s on, 570 s are left: less than 322 s of waiting + 300 s of flush
    assert weak.without("rule=S18").broken == ["S3"]
    assert hurried.plus("128 room ups.low_battery ups4").broken == []


def test_S3_a_battery_that_could_have_waited_excuses_nothing(hurried: Any) -> None:
    assert hurried.broken == ["S3"]


def test_S3_u2_a_silent_one_that_is_declared_out_drains_for_who_asks_since_it_was_heard_last(
    hurried: Any,
) -> None:
    """It told 630 s then; what it lasts for since its servers have halted nobody has heard."""
    weak = hurried.changed("0 room ups.charge ups4", "runtime_s=1500", "runtime_s=730")
    weak = weak.plus("110 room ups.charge ups4 charge_pct=90 runtime_s=9999")
    silent = weak.plus("100 control1 card.silent ups4")
    assert "S3" not in silent.broken
    assert "S3" in silent.without("rule=S18").broken
    assert "S3" in silent.plus("120 control1 card.answering ups4").broken
    assert "S3" in weak.plus("100 control2 card.silent ups4").broken, "for another"
    assert "S3" in silent.without("outage.confirmed ups4").broken, "by all that anybody knows it has mains"
    assert "S3" in hurried.plus("100 control1 card.silent ups4").broken, "it told of more, and could wait"


@pytest.mark.parametrize(
    ("charge_pct", "runtime_s", "excused"),
    [(100, 700.0, True), (100, 800.0, False), (50, 1400.0, True), (50, 1600.0, False), (100, None, True)],
)
def test_S3_u2_u16_one_that_had_mains_as_it_fell_silent_is_reckoned_by_its_charge(
    hurried: Any, charge_pct: int, runtime_s: float | None, excused: bool
) -> None:
    """By what the site file says of a full one; where that says nothing, nobody can tell that it lasts."""
    site = hurried.site
    upses = {**site.upses, "ups4": replace(site.upses["ups4"], runtime_s=runtime_s)}
    told = f"-300 room ups.charge ups4 charge_pct={charge_pct}"
    silent = hurried.changed("0 room ups.charge ups4", "charge_pct=100", f"charge_pct={charge_pct}")
    silent = silent.at_site(upses=upses).plus(told, "-10 control1 card.silent ups4")
    assert ("S3" not in silent.broken) is excused


def test_S3_a_ups_that_was_told_and_has_not_taken_it_is_waited_for_as_it_was_told(hurried: Any) -> None:
    """1,000 s are left: enough for UPSes that fall at 452 s, not for one that was told to fall at 850 s."""
    left = hurried.changed("0 room ups.charge ups4", "runtime_s=1500", "runtime_s=1130")
    assert left.broken == ["S3"]
    told = left.without("ups.off_armed ups5").without("command.sent ups5")
    late = told.plus("129 control1 command.sent ups5 command=off how=graceful falls_in_s=721")
    assert "S3" not in late.broken
    assert "S3" in told.plus("129 control1 command.sent ups5 command=off how=graceful falls_in_s=300").broken
    assert "S3" in told.plus("129 control1 command.sent ups5 command=off how=graceful").broken


def test_S3_a_life_that_has_begun_since_does_not_know_how_long_they_count_down_yet(hurried: Any) -> None:
    """It has booted at 90 s: for all it knows they may fall 420 s later, at 510 s, not at 452 s."""
    left = hurried.changed("0 room ups.charge ups4", "runtime_s=1500", "runtime_s=790")
    assert left.broken == ["S3"]
    assert "S3" not in left.plus("90 room server.up control1").broken
    assert "S3" in left.plus("20 room server.up control1").broken, "before they were told"
    assert "S3" in left.plus("90 room server.up control2").broken, "another's life"
    silent = left.without("ups.off_armed ups5", "ups.off_armed ups6", "command.sent ups6")
    assert "S3" not in silent.plus("90 room server.up control1").broken, "nor whether they took it"
    assert "S3" in silent.plus("20 room server.up control1").broken
    assert "S3" in silent.plus("90 room server.up control2").broken


def test_S3_a_short_battery_does_not_excuse_a_server_that_runs(hurried: Any) -> None:
    weak = hurried.changed("0 room ups.charge ups4", "runtime_s=1500", "runtime_s=700")

    assert "rack2 was not down" in weak.moved("server.halted rack2", 140).breach("S3")


def test_S3_an_alarm_of_the_last_outage_excuses_nothing(hurried: Any) -> None:
    old = hurried.changed("0 room ups.charge ups4", "runtime_s=1500", "runtime_s=700")
    old = old.moved("rule=S18", -100)
    again = old.plus("-60 room array.off linkeddisk", "-50 room array.ready linkeddisk")

    assert again.broken == ["S3"]


@pytest.mark.parametrize(
    ("alarm_s", "starts", "told"), [(-45, True, True), (-55, True, False), (-45, False, False)]
)
def test_S3_nor_does_one_of_before_it_was_switched_on_but_of_its_start(
    hurried: Any, alarm_s: float, starts: bool, told: bool
) -> None:
    """Its mains are lost again while it starts: it is asked to flush, and asked, until it can."""
    weak = hurried.changed("0 room ups.charge ups4", "runtime_s=1500", "runtime_s=700")
    off_and_on = ("-60 room array.off linkeddisk", "-20 room array.ready linkeddisk")
    weak = weak.moved("rule=S18", alarm_s).plus(*off_and_on)
    weak = weak.plus("-50 room array.starting linkeddisk") if starts else weak
    assert ("S3" not in weak.broken) is told


def test_S3_alarms_of_an_earlier_night_excuse_nothing(night: Any) -> None:
    on = night.without("420 room ups.output_off ups6")

    assert on.plus("-99 control1 alarm.raised ups6 rule=S3").result("S3").breaches
    assert on.plus("421 control1 alarm.raised ups6 rule=S3").result("S3").breaches == ()


def test_S3_a_flush_that_nobody_asked_for_is_the_arrays_own_affair(outage: Any) -> None:
    assert "S3" not in outage.plus("10 room array.flushing linkeddisk").broken


def test_S32_a_control_array_that_is_told_to_flush_is_reported_once(outage: Any) -> None:
    telling = outage.plus(
        "1100 control1 command.sent controldisk command=flush", "1100 room array.flushing controldisk"
    )

    assert "S32" in telling.broken
    assert len(telling.result("S32").breaches) == 1
    assert telling.breach("S32") == "controldisk is a control array and was flushed at 1100 s"


def test_S32_alone_when_the_array_flushes_by_itself(outage: Any) -> None:
    assert outage.plus("1100 room array.flushing controldisk").broken == ["S32"]
