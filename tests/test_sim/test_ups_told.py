"""What only a card on the network asks of the pretend UPS: written settings, delays with the command."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sequencer.ports import Off

GRACEFUL_S = 420.0


def test_r6_23_written_settings_are_corrected_as_those_of_the_site_are(bare_room: Any) -> None:
    ups = bare_room.upses["ups5"]
    ups.take_settings(replace(ups.settings, shutdown_delay_s=200.0))
    assert ups.settings.shutdown_delay_s == 300.0
    assert ups.read().graceful_off_s == 300 + 120 + 120


def test_written_settings_leave_a_countdown_alone_and_count_for_the_next(bare_room: Any) -> None:
    ups = bare_room.upses["ups5"]
    ups.switch_off(Off.GRACEFUL)
    ups.take_settings(replace(ups.settings, shutdown_delay_s=20.0))
    bare_room.go(GRACEFUL_S + 1)
    assert bare_room.told("ups.output_off", "ups5") == [GRACEFUL_S]
    ups.switch_on()
    assert ups.switch_off(Off.GRACEFUL).falls_in_s == GRACEFUL_S - 160


def test_a_higher_low_battery_runtime_makes_the_battery_low_at_once(bare_room: Any) -> None:
    bare_room.mains(False)
    ups = bare_room.upses["ups5"]
    bare_room.go(1)
    low_s = ups.battery.when_runtime(1, 600.0) - 10
    bare_room.go(low_s)
    assert not ups.low
    ups.take_settings(replace(ups.settings, low_battery_runtime_s=600.0))
    bare_room.go(low_s + 11)
    assert bare_room.told("ups.low_battery", "ups5")


def test_settings_that_say_nothing_new_do_not_put_off_a_return(bare_room: Any) -> None:
    ups = bare_room.upses["ups5"]
    ups.take_settings(replace(ups.settings, return_delay_s=60.0))
    bare_room.mains(False)
    ups.switch_off(Off.CONSERVE)
    bare_room.go(100)
    bare_room.mains(True)
    bare_room.go(150)
    ups.take_settings(replace(ups.settings))
    bare_room.go(400)
    assert bare_room.told("ups.output_on", "ups5") == [160]


def test_an_off_may_bring_its_own_delay(bare_room: Any) -> None:
    ups = bare_room.upses["ups5"]
    assert ups.switch_off(Off.GRACEFUL, delay_s=7.0).falls_in_s == 7.0
    assert ups.falls_at_s == 7.0
    bare_room.go(8)
    assert bare_room.told("ups.output_off", "ups5") == [7]
    assert ups.falls_at_s is None


def test_an_off_that_was_cancelled_does_not_come(bare_room: Any) -> None:
    ups = bare_room.upses["ups5"]
    ups.cancel_off()
    ups.switch_off(Off.GRACEFUL)
    bare_room.go(100)
    ups.cancel_off()
    assert not ups.read().off_armed
    bare_room.go(1000)
    assert ups.output


def test_its_load_is_what_its_loads_draw(bare_room: Any) -> None:
    ups = bare_room.upses["ups5"]
    assert ups.load_pct == 100.0
    ups.switch_off(Off.NOW)
    assert ups.load_pct == 0.0


def test_it_sleeps_by_the_clock_only_when_told_to(bare_room: Any) -> None:
    slept, off = bare_room.upses["ups5"], bare_room.upses["ups4"]
    slept.switch_off(Off.SLEEP, sleep_s=720.0)
    off.switch_off(Off.UNTIL_MAINS)
    bare_room.go(GRACEFUL_S + 1)
    assert slept.asleep_until_s == GRACEFUL_S + 720
    assert off.asleep_until_s == 0.0
