"""Nobody is left behind: L3."""

# ruff: noqa: N802 - the ids of the invariants keep their capitals in the names of the tests.

from __future__ import annotations

from dataclasses import replace
from typing import Any


def test_L3_a_server_left_halted_with_power_is_reported(outage: Any) -> None:
    """The bug of the field: the mains come back in the middle, and the machine stays down."""
    telling = outage.without("server.booting rack2", "server.up rack2").until(12000)

    assert telling.broken == ["L3"]
    assert telling.breach("L3") == (
        "rack2 was halted with power at the end of the run, though nothing stood in its way since "
        "8256 s: 3744 s, allowed are 1180 s"
    )


def test_L3_a_server_left_without_power_is_reported(outage: Any) -> None:
    telling = outage.without("8276 ").without("server.up rack").until(12000)

    assert telling.broken == ["L3"]
    assert "rack1 was halted without power" in telling.breach("L3")


def test_L3_nodes_left_halted_with_power_are_reported(outage: Any) -> None:
    """Both nodes are down, nobody can wake them, and their UPSes never fell."""
    telling = (
        outage.until(1090)
        .without("off_armed ups1", "off_armed ups2")
        .plus("1085 room mains.restored utility", "6000 room ups.on_line ups1")
    )

    assert {breach.subject for breach in telling.result("L3").breaches} == {"control1", "control2"}
    assert "control2 was halted with power" in telling.breach("L3")


def test_L3_whoever_comes_up_too_late_is_reported_too(outage: Any) -> None:
    late = outage.moved("server.up rack2", 9600).moved("incident.closed", 9600)

    assert late.broken == ["L3"]
    assert "until 9600 s" in late.breach("L3")


def test_L3_a_stage_that_is_stuck_is_reported_and_not_those_who_wait_for_it(outage: Any) -> None:
    stuck = outage.until(8200).plus("14000 room ups.on_line ups1")

    subjects = {breach.subject for breach in stuck.result("L3").breaches}
    assert subjects == {"linkeddisk"}


def test_L3_an_off_that_counts_down_stops_the_clock(outage: Any) -> None:
    armed = outage.until(8260).plus(
        "8258 room ups.off_armed ups5 falls_at=90000", "14000 room ups.on_line ups1"
    )

    subjects = {breach.subject for breach in armed.result("L3").breaches}
    assert subjects == {"rack1", "rack2"}


def test_L3_a_second_outage_ends_the_clock_and_is_judged_then(outage: Any) -> None:
    stranded = outage.without("server.booting rack2", "server.up rack2")
    again = stranded.plus("9600 room mains.lost utility", "9700 room mains.restored utility").until(9800)

    assert "until the mains were lost at 9600 s" in again.breach("L3")


def test_L3_a_battery_that_cannot_cover_a_stop_excuses(outage: Any) -> None:
    waiting = outage.until(8260).changed("ups.charge ups5", "charge_pct=90", "charge_pct=5")
    waiting = waiting.plus("11000 room ups.charge ups5 charge_pct=20")

    assert waiting.broken == []


def test_L3_pool_servers_stay_off(outage: Any, site: Any) -> None:
    assert {s.name for s in site.pool_servers} == {"bladepool", "rackpool"}
    assert outage.until(50000).broken == []


def test_L3_each_device_is_reported_once(outage: Any) -> None:
    stranded = outage.without("server.booting rack2", "server.up rack2")
    again = stranded.plus("9600 room ups.off_armed ups6 falls_at=10300").until(12000)

    assert [breach.subject for breach in again.result("L3").breaches] == ["rack2"]


def test_L3_a_node_whose_ups_stayed_on_is_owed_when_its_battery_holds_a_full_stop(outage: Any) -> None:
    """It is to be woken, and that takes as much charge as an ON (S17); a UPS that fell boots it by itself."""
    halted = (
        outage.until(1090)
        .without("off_armed ups1", "off_armed ups2")
        .plus("1085 room mains.restored utility", "6000 room ups.on_line ups1")
    )
    low = halted.plus("1085 room ups.charge ups2 charge_pct=20", "6000 room ups.charge ups2 charge_pct=30")

    assert {breach.subject for breach in low.result("L3").breaches} == {"control1"}
    fell = low.plus(
        "1086 room ups.output_off ups2 cause=command", "1090 room ups.output_on ups2 cause=return"
    )
    assert "L3" not in fell.broken, "it has not booted with its power, and is to be woken (H7)"
    boots = fell.plus("1090 room server.booting control2")
    assert {breach.subject for breach in boots.result("L3").breaches} == {"control1", "control2"}


def test_L3_nobody_is_owed_his_start_while_no_service_lives_on_the_nodes_that_are_up(outage: Any) -> None:
    late = outage.without("server.booting rack2", "server.up rack2").until(9600)
    assert late.broken == ["L3"], "1344 s after the last thing before it was there; allowed are 1180 s"
    one = "8300 room service.died control1 cause=killed"
    both = (one, "8300 room service.died control2 cause=killed")
    assert "L3" not in late.plus(*both).broken
    assert "L3" in late.plus(one).broken, "the other one is at work"
    for begun, broken in ((8410, True), (8430, False)):
        again = late.plus(*both, f"{begun} room service.begun control2")
        assert ("L3" in again.broken) is broken, "from then on"


def test_L3_x04_the_linked_side_waits_for_a_second_feed_of_the_control_disk(outage: Any) -> None:
    """The disk is ready by its first, and the cluster runs; all are switched on before the linked ones."""
    site = outage.site
    both = ("ups3", "ups9")
    disk = replace(site.arrays["controldisk"], controllers=both, enclosures=both)
    upses = {**site.upses, "ups9": replace(site.upses["ups3"], name="ups9", number=9)}
    telling = outage.at_site(upses=upses, arrays={**site.arrays, "controldisk": disk}).plus(
        "1203 room ups.output_off ups9 cause=command",
        "7200 room ups.charge ups9 charge_pct=100",
        "7300 room mains.lost ups9",
    )

    def since(*lines: str) -> float | None:
        left = telling.without("array.ready linkeddisk").plus(*lines).until(60000)
        told = {breach.subject: breach.text for breach in left.result("L3").breaches}.get("linkeddisk")
        return None if told is None else float(told.partition("since ")[2].partition(" s")[0])

    back = "9500 room mains.restored ups9"
    assert since() is None, "it has no mains yet"
    assert since(back) == 9500.0
    assert since(back, "9700 room ups.output_on ups9 cause=command") == 9700.0, "until it was on"
    low = "9600 room ups.charge ups9 charge_pct=1", "9900 room ups.charge ups9 charge_pct=100"
    charged_s = since(back, *low)
    assert charged_s is not None
    assert 9600 < charged_s < 9900
