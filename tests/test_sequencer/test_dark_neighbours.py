"""A UPS that is off or silent, and what the others of its feed tell of it (L3, S12, S17)."""

from __future__ import annotations

import pytest

from sequencer.array_start import has_its_power, is_unheard, keep_disk
from sequencer.ports import Service
from sequencer.power_on import AGAIN_S, power_on
from sequencer.timing import CARD_REBOOT_S
from sequencer.watch import watch
from tests.hands import HandRoom


@pytest.fixture
def off(by_hand: HandRoom) -> HandRoom:
    """ups5 is off and has its mains; it is watched."""
    by_hand.upses["ups5"].show(output_on=False, card_uptime_s=5.0)
    by_hand.run.spawn(watch(by_hand.run, by_hand.site.upses["ups5"]))
    return by_hand


def test_l3_s17_one_of_another_feed_that_is_off_and_silent_feeds_nobody_and_is_not_waited_for_for_ever(
    off: HandRoom,
) -> None:
    """A node's UPS whose mains stay away: it told its charge last before it was cut."""
    run, site = off.run, off.site
    off.until(10)
    off.upses["ups1"].show(output_on=False, charge_pct=10.0)
    off.upses["ups1"].fall_silent()
    ups = site.upses["ups5"]
    run.spawn(power_on(run, ups, [ups], [ups, site.upses["ups1"]]))
    off.until(10 + CARD_REBOOT_S - 1)
    assert off.upses["ups5"].sent == []
    off.until(10 + CARD_REBOOT_S + 10)
    assert off.upses["ups5"].sent == ["on"]
    assert [(e["rule"], "off, and silent" in e["text"]) for e in off.told("alarm.raised")] == [("S17", True)]


def test_s7_s17_one_of_its_own_unit_that_is_off_and_silent_is_waited_for_and_no_alarm_says_otherwise(
    off: HandRoom,
) -> None:
    run, site = off.run, off.site
    off.upses["ups4"].show(output_on=False)
    off.upses["ups4"].fall_silent()
    unit = [site.upses["ups5"], site.upses["ups4"]]
    run.spawn(power_on(run, unit[0], unit, unit))
    off.until(10 * CARD_REBOOT_S)
    assert off.upses["ups5"].sent == []
    assert off.told("alarm.raised") == []


@pytest.mark.parametrize("had_mains", [True, False])
def test_s12_u16_a_silent_one_is_in_no_outage_when_anybody_of_its_feed_has_mains(
    by_hand: HandRoom, had_mains: bool
) -> None:
    """ups4 tells of its battery while all the others are silent, and falls silent itself when one of them has
    told of its mains: what it told was of itself alone. But the last word of ups5 itself counts."""
    run, ups5 = by_hand.run, by_hand.upses["ups5"]
    ups4, *others = (by_hand.upses[name] for name in ("ups4", "ups1", "ups2", "ups3", "ups6"))
    for name in ("ups1", "ups5"):
        run.spawn(watch(run, by_hand.site.upses[name]))
    by_hand.until(10)
    if not had_mains:
        ups5.lose_mains()
    by_hand.until(20)
    for port in (*others, ups5):
        port.fall_silent()
    by_hand.until(40)
    ups4.lose_mains()
    run.announce()
    by_hand.until(42)
    others[0].regain_mains()
    by_hand.until(44)
    for port in (ups4, others[0]):
        port.fall_silent()
    by_hand.until(40 + 2 * by_hand.site.upses["ups5"].confirm_s)
    assert run.mains["ups5"].confirmed is not had_mains


# Who is ready without its own power


def test_l3_u19_a_disk_whose_card_was_silent_is_switched_on_when_that_says_that_it_is_off(
    by_hand: HandRoom,
) -> None:
    """Its cables were mixed up. When they are put right it has no power, and nobody asked for it any more."""
    room, disk = by_hand, by_hand.site.arrays["linkeddisk"]
    room.run.commands = True
    room.run.spawn(watch(room.run, room.site.upses["ups4"]))
    room.upses["ups4"].fall_silent()
    assert is_unheard(room.run, disk)
    room.arrays["linkeddisk"].show(service=Service.STARTING)
    room.run.spawn(keep_disk(room.run, disk))
    room.until(10)
    room.arrays["linkeddisk"].show(service=Service.READY)
    room.until(200)
    assert room.upses["ups4"].sent == []
    room.upses["ups4"].show(output_on=False)
    room.until(200 + AGAIN_S + room.site.start.mains_stable_s + 10)
    assert room.upses["ups4"].sent == ["on"]


@pytest.mark.parametrize(("shown", "on"), [({"output_on": True}, True), ({"output_on": False}, False)])
def test_l3_an_incident_does_not_end_while_a_disk_of_it_is_off(
    by_hand: HandRoom, shown: dict[str, bool], on: bool
) -> None:
    room, disk = by_hand, by_hand.site.arrays["linkeddisk"]
    room.arrays["linkeddisk"].show(service=Service.STARTING)
    room.upses["ups4"].show(**shown)
    task = room.run.spawn(has_its_power(room.run, disk))
    room.until(10)
    assert task.over is on
    room.upses["ups4"].show(output_on=True)
    room.until(20)
    assert task.over
