"""The pretend SNMP card: it lives by its UPS's power, boots, and can hang (U1, U2)."""

from __future__ import annotations

from typing import Any

from sequencer.ports import Off

HOLD_UP_S, BOOT_S = 10.0, 20.0


def test_it_outlives_an_output_that_falls_on_battery_by_its_hold_up(bare_room: Any) -> None:
    bare_room.mains(False)
    bare_room.upses["ups5"].switch_off(Off.NOW)
    bare_room.go(HOLD_UP_S - 0.1)
    status = bare_room.upses["ups5"].read()
    assert status is not None
    assert not status.output_on
    bare_room.go(HOLD_UP_S + 0.1)
    assert bare_room.upses["ups5"].read() is None
    assert bare_room.told("card.silent", "ups5") == [HOLD_UP_S]


def test_it_lives_on_the_mains_when_the_output_is_off(bare_room: Any) -> None:
    bare_room.upses["ups5"].switch_off(Off.NOW)
    bare_room.go(1000)
    status = bare_room.upses["ups5"].read()
    assert status is not None
    assert status.mains
    assert not status.output_on


def test_it_dies_at_once_when_an_output_that_is_off_loses_its_mains(bare_room: Any) -> None:
    bare_room.upses["ups5"].switch_off(Off.NOW)
    bare_room.go(100)
    bare_room.mains(False)
    bare_room.go(100.1)
    assert bare_room.upses["ups5"].read() is None


def test_it_boots_when_the_mains_return_and_counts_its_uptime_anew(bare_room: Any) -> None:
    bare_room.mains(False)
    bare_room.upses["ups5"].switch_off(Off.NOW)
    bare_room.go(500)
    bare_room.mains(True)
    bare_room.go(500 + BOOT_S - 0.1)
    assert bare_room.upses["ups5"].read() is None
    bare_room.go(500 + BOOT_S + 10)
    status = bare_room.upses["ups5"].read()
    assert status is not None
    assert status.card_uptime_s == BOOT_S + 10


def test_mains_back_within_its_hold_up_it_never_went(bare_room: Any) -> None:
    bare_room.mains(False)
    bare_room.upses["ups5"].switch_off(Off.NOW)
    bare_room.go(5)
    bare_room.mains(True)
    bare_room.go(100)
    assert bare_room.told("card.silent", "ups5") == []


def test_mains_gone_again_while_it_boots_it_stays_dead(bare_room: Any) -> None:
    bare_room.mains(False)
    bare_room.upses["ups5"].switch_off(Off.NOW)
    bare_room.go(500)
    bare_room.mains(True)
    bare_room.go(510)
    bare_room.mains(False)
    bare_room.go(1000)
    assert bare_room.told("card.answering", "ups5") == []


def test_u2_a_card_that_hangs_says_nothing_and_its_ups_goes_on(bare_room: Any) -> None:
    ups = bare_room.upses["ups5"]
    ups.card.silence(True)
    assert ups.read() is None
    assert ups.output
    ups.card.silence(False)
    assert ups.read() is not None
    assert len(bare_room.told("card.silent", "ups5")) == len(bare_room.told("card.answering", "ups5")) == 1


def test_a_hanging_card_falls_silent_once_whatever_happens_to_its_power(bare_room: Any) -> None:
    ups = bare_room.upses["ups5"]
    ups.card.silence(True)
    bare_room.mains(False)
    ups.switch_off(Off.NOW)
    bare_room.go(500)
    bare_room.mains(True)
    bare_room.go(1000)
    assert len(bare_room.told("card.silent", "ups5")) == 1
