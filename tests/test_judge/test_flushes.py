"""Flushes: S3, S32."""

# ruff: noqa: N802 - the ids of the invariants keep their capitals in the names of the tests.

from __future__ import annotations

from typing import Any


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


def test_S3_an_array_that_begins_long_after_it_was_told_is_judged_then_too(outage: Any) -> None:
    telling = outage.moved("array.flushing", 500).plus("480 room ups.output_on ups6 cause=return")

    assert telling.broken == ["S3"]
    assert telling.breach("S3") == "linkeddisk began to flush at 500 s, but ups6 still gave power"


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
