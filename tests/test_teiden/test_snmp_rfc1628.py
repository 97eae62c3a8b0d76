"""The tables of RFC 1628 over a pretend UPS."""

from __future__ import annotations

import pytest

from sequencer.site import Timing
from sim.model import UpsModel
from teiden.emulator.snmp import rfc1628
from teiden.emulator.snmp.objects import Kind, Oid, Refusal, Refused
from teiden.emulator.snmp.rfc1628 import (
    BATTERY_STATUS,
    CHARGE,
    INPUT_V,
    MINUTES,
    SOURCE,
    alarm,
)
from teiden.emulator.snmp.rfc1628_orders import LOW_MINUTES, OBJECTS, ups_mib
from tests.carded import Carded

NONE, NORMAL, BATTERY = 2, 3, 5
SECONDS_ON_BATTERY, ALARMS = ups_mib("2.2"), ups_mib("6.1")
SHUT_DOWN, START_UP, REBOOT, AUTO_RESTART = map(ups_mib, ("8.2", "8.3", "8.4", "8.5"))
TEST_ID, TEST_LOCK, TEST_RESULT = map(ups_mib, ("7.1", "7.2", "7.3"))


@pytest.fixture
def room() -> Carded:
    return Carded(rfc1628, timing=Timing.RFC1628)


def alarms(room: Carded) -> list[Oid]:
    """As a walk finds them."""
    room.mib.before()
    column = (*OBJECTS, 6, 2, 1, 2)
    found, last = [], column
    while (bound := room.mib.after(last)) is not None and bound.oid[: len(column)] == column:
        assert isinstance(bound.value, tuple)
        found.append(bound.value)
        last = bound.oid
    assert room.get(ALARMS) == len(found)
    return found


def refusal(room: Carded, oid: Oid, value: int, kind: Kind = Kind.INTEGER) -> Refusal:
    with pytest.raises(Refused) as refused:
        room.set(oid, value, kind)
    return refused.value.refusal


def test_on_line_everything_is_well(room: Carded) -> None:
    assert (room.get(SOURCE), room.get(BATTERY_STATUS), room.get(CHARGE)) == (NORMAL, 2, 100)
    assert (room.get(SECONDS_ON_BATTERY), room.get(SHUT_DOWN), room.get(START_UP)) == (0, -1, -1)
    assert room.get(MINUTES) == int(room.ups.battery.runtime_at(0) / 60)
    assert alarms(room) == []


def test_on_battery_it_says_so_and_counts(room: Carded) -> None:
    room.ups.set_mains(False)
    room.go(61.5)
    assert (room.get(SOURCE), room.get(SECONDS_ON_BATTERY), room.get(INPUT_V)) == (BATTERY, 61, 0)
    assert alarms(room) == [alarm(2), alarm(6)]


def test_a_low_battery_is_told() -> None:
    room = Carded(rfc1628, UpsModel(charge_pct=0.02), timing=Timing.RFC1628)
    room.ups.set_mains(False)
    room.go(1)
    assert room.get(BATTERY_STATUS) == 3
    assert alarm(3) in alarms(room)


def test_an_off_counts_down_where_it_can_be_read_and_then_waits_for_the_mains(room: Carded) -> None:
    room.ups.set_mains(False)
    room.set(SHUT_DOWN, 60)
    room.go(10.5)
    assert (room.get(SHUT_DOWN), room.get(SOURCE)) == (50, BATTERY)
    assert alarm(22) in alarms(room)
    room.go(57)
    assert alarm(23) in alarms(room)
    room.go(61)
    assert (room.get(SHUT_DOWN), room.get(SOURCE)) == (-1, NONE)
    assert alarms(room) == [alarm(6), alarm(11), alarm(21)]
    room.ups.set_mains(True)
    room.go(80)
    assert room.get(SOURCE) == NORMAL


def test_without_auto_restart_it_stays_off(room: Carded) -> None:
    room.ups.set_mains(False)
    room.set(AUTO_RESTART, 2)
    assert room.get(AUTO_RESTART) == 2
    room.set(SHUT_DOWN, 5)
    room.go(6)
    room.ups.set_mains(True)
    room.go(5000)
    assert room.get(SOURCE) == NONE


def test_a_countdown_is_aborted_with_minus_one(room: Carded) -> None:
    room.set(SHUT_DOWN, 60)
    room.go(30)
    room.set(SHUT_DOWN, -1)
    room.go(500)
    assert (room.get(SHUT_DOWN), room.get(SOURCE)) == (-1, NORMAL)


def test_off_at_once_on_line_stays_off_until_it_is_started(room: Carded) -> None:
    room.set(SHUT_DOWN, 0)
    room.go(100)
    assert room.get(SOURCE) == NONE
    room.set(START_UP, 0)
    assert room.get(SOURCE) == NORMAL


def test_off_at_once_on_battery_comes_back_with_the_mains(room: Carded) -> None:
    room.ups.set_mains(False)
    room.set(SHUT_DOWN, 0)
    assert room.get(SOURCE) == NONE
    room.ups.set_mains(True)
    room.go(20)
    assert room.get(SOURCE) == NORMAL


def test_a_start_counts_down_and_waits_for_the_mains_if_it_must(room: Carded) -> None:
    room.set(SHUT_DOWN, 0)
    room.set(START_UP, 30)
    room.go(10)
    assert room.get(START_UP) == 20
    room.ups.set_mains(False)
    room.go(40)
    assert (room.get(START_UP), room.get(SOURCE)) == (-1, NONE)
    room.ups.set_mains(True)
    room.go(60)
    assert room.get(SOURCE) == NORMAL


def test_an_off_with_a_later_start_is_a_sleep_that_also_waits_for_the_mains(room: Carded) -> None:
    room.set(START_UP, 90)
    room.set(SHUT_DOWN, 30)
    room.go(89)
    assert room.told("ups.output_off") == [30]
    assert room.get(SOURCE) == NONE
    room.go(91)
    assert room.told("ups.output_on") == [90]


def test_a_start_that_was_taken_back_does_not_come(room: Carded) -> None:
    room.set(SHUT_DOWN, 0)
    room.set(START_UP, 30)
    room.set(START_UP, -1)
    room.go(100)
    assert room.get(SOURCE) == NONE


def test_a_reboot_is_off_for_its_duration(room: Carded) -> None:
    room.set(REBOOT, 30)
    assert room.get(SOURCE) == NONE
    room.go(31)
    assert room.told("ups.output_on") == [30]
    assert refusal(room, REBOOT, 301) is Refusal.WRONG_VALUE


def test_the_low_battery_time_is_minutes(room: Carded) -> None:
    room.set(LOW_MINUTES, 7)
    assert room.get(LOW_MINUTES) == 7
    assert room.ups.settings.low_battery_runtime_s == 420
    assert refusal(room, LOW_MINUTES, 7, Kind.TICKS) is Refusal.WRONG_TYPE
    assert refusal(room, LOW_MINUTES, -1) is Refusal.WRONG_VALUE


def test_a_test_needs_the_lock_as_it_is_now(room: Carded) -> None:
    assert room.get(TEST_RESULT) == 6
    room.set(TEST_LOCK, 0)
    assert refusal(room, TEST_LOCK, 0) is Refusal.INCONSISTENT
    room.set(TEST_ID, (*OBJECTS, 7, 7, 4), Kind.OID)
    assert room.get(TEST_RESULT) == 5
    room.go(10)
    assert room.get(TEST_RESULT) == 1
    room.set(TEST_ID, (*OBJECTS, 7, 7, 2), Kind.OID)
    assert room.get(TEST_RESULT) == 4


def test_a_card_that_lost_its_ups_has_an_alarm_for_it(room: Carded) -> None:
    room.card.faults.no_comm = True
    room.ups.set_mains(False)
    assert alarms(room) == [alarm(20)]
    assert room.get(SOURCE) == NORMAL
    assert refusal(room, SHUT_DOWN, 0) is Refusal.GEN_ERR
