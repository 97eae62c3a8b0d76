"""How close a scheduled night was."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from sequencer.schedules import Schedule

CONTROL_OFF = (
    'control1 schedule.fired control id=control/2026-11-19/off goal=down servers="control1, control2"'
)


def margins(telling: Any) -> list[str]:
    return [str(m) for m in telling.judged().margins.margins]


def with_control(night: Any, off_s: float) -> Any:
    control = Schedule("control", ("control1", "control2"), off="22:30", on="06:00")
    site = {**night.site.schedules, "control": control}
    return night.at_site(schedules=site).plus(f"{off_s} {CONTROL_OFF}")


def test_the_margins_of_the_documents_night(night: Any) -> None:
    assert margins(night) == [
        "servers halted -> output off 330 s (plan 240)",
        "linkeddisk flush 192 s (limit 300)",
        "linkeddisk ready -> servers' on 20 min 0 s (plan 660)",
    ]


def test_a_disk_that_is_ready_too_late_is_a_negative_margin(night: Any) -> None:
    assert (
        night.moved("array.ready", 2900).judged().margins.get("ready_before_on.linkeddisk_s").value_s == -20
    )


def test_a_disk_that_stayed_on_has_no_margin(night: Any) -> None:
    on = night.without("array.off", "array.starting", "array.ready", "output_off ups4", "output_on ups4")

    assert on.judged().margins.get("ready_before_on.linkeddisk_s") is None


def test_an_outage_is_no_night(night: Any) -> None:
    out = night.plus("1000 control1 incident.opened reference", "3100 control1 incident.closed reference")

    assert out.judged().margins.get("ready_before_on.linkeddisk_s") is None


def test_of_two_nights_the_smaller_margin_is_told(night: Any) -> None:
    fired = 'control1 schedule.fired nightly id=n/2/on goal=up servers="blade1, rack1" late_s=0'
    second = night.plus("8000 room array.off linkeddisk", "9000 room array.ready linkeddisk", f"9050 {fired}")

    assert second.judged().margins.get("ready_before_on.linkeddisk_s").value_s == 50


@pytest.mark.parametrize(("off_s", "left_s", "plan_s"), [(1800, 1186, 480), (1320, 706, 0), (600, -14, -720)])
def test_r10_45_the_flush_is_over_before_the_control_sides_off(
    night: Any, off_s: float, left_s: float, plan_s: float
) -> None:
    """Planned: the two offs apart, less 420 + 600 + 300 s."""
    margin = with_control(night, off_s).judged().margins.get("flushed_before_control.linkeddisk_s")

    assert (margin.value_s, margin.plan_s) == (left_s, plan_s)
    assert margin.label == "linkeddisk flushed -> control side's off"


def test_the_cut_of_a_night_is_no_linked_stop_of_an_outage(night: Any) -> None:
    asleep = with_control(night, 1800).plus("1801 room cluster.stopping ssccluster")

    assert asleep.judged().margins.get("linked_stop_s") is None


def test_a_live_stream_without_mains_has_its_outages_all_the_same(outage: Any) -> None:
    live = outage.without("mains.lost", "mains.restored")

    assert live.judged().margins.get("linked_stop_s").value_s == 257
    assert replace(live, initial={}).judged().margins.get("linked_stop_s").value_s == 257
