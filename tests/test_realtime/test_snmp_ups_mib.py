"""RFC 1628's table: each source of the output, each oddity of real cards, each command. No socket."""

from __future__ import annotations

import pytest

from realtime.snmp import rfc1628
from realtime.snmp.reading import Reading
from realtime.snmp.rfc1628 import INPUT_V, LOAD, R, Rfc1628
from realtime.snmp.table import Order
from realtime.snmp.values import SYS_UP_TIME, Oid, Value
from sequencer.ports import Off
from sequencer.site import Timing, Ups

NORMAL: dict[Oid, Value | None] = {
    rfc1628.MANUFACTURER: b"Maker",
    rfc1628.MODEL: b"UPS 9000",
    rfc1628.SOFTWARE: b"INV: 01",
    rfc1628.BATTERY_STATUS: 2,
    rfc1628.MINUTES_LEFT: 18,
    rfc1628.CHARGE: 91,
    rfc1628.OUTPUT_SOURCE: 3,
    rfc1628.ALARMS: 0,
    rfc1628.TEST_RESULT: 1,
    rfc1628.SHUTDOWN_AFTER: -1,
    rfc1628.LOW_BATTERY_MINUTES: 3,
    SYS_UP_TIME: 100,
    f"{INPUT_V}.1": 228,
    f"{LOAD}.1": 40,
}
TABLE = Rfc1628()


def read(*alarms: int, **told: Value | None) -> Reading:
    """As normal, but for what is said here by the name of its constant, and with these alarms."""
    rows: dict[Oid, Value | None] = {rfc1628.ALARMS: len(alarms)}
    rows |= {f"{rfc1628.ALARM_KINDS}.{n}": f"{rfc1628.ALARM}.{kind}" for n, kind in enumerate(alarms, 1)}
    return TABLE.reading(NORMAL | rows | {getattr(rfc1628, name): value for name, value in told.items()})


def lines(column: Oid, *told: Value | None) -> Reading:
    bare = {oid: value for oid, value in NORMAL.items() if not oid.startswith(f"{column}.")}
    return TABLE.reading(bare | {f"{column}.{n}": value for n, value in enumerate(told, 1)})


def test_a_ups_in_normal_operation_is_understood_whole() -> None:
    reading = read()
    assert (reading.mains, reading.output_on, reading.on_battery, reading.low_battery) == (
        *(True, True, False),
        False,
    )
    assert (reading.charge_pct, reading.runtime_s, reading.load_pct) == (91.0, 1080.0, 40.0)
    assert (reading.model, reading.off_armed, reading.comm_ok) == ("Maker UPS 9000", False, True)
    assert (reading.settings.low_battery_runtime_s, reading.odd) == (180.0, ())


@pytest.mark.parametrize("source", [3, 4, 6, 7])
def test_whatever_the_mains_feed_is_no_outage_not_even_a_bypass(source: int) -> None:
    reading = read(OUTPUT_SOURCE=source)
    assert (reading.output_on, reading.on_battery, reading.mains) == (True, False, True)


def test_on_battery_the_mains_are_away_whatever_the_voltage_says() -> None:
    reading = read(OUTPUT_SOURCE=5)
    assert (reading.output_on, reading.on_battery, reading.mains) == (True, True, False)


def test_a_test_on_battery_is_no_outage_unless_the_mains_fail() -> None:
    reading = read(OUTPUT_SOURCE=5, TEST_RESULT=5)
    assert (reading.on_battery, reading.mains) == (False, True)
    dark = TABLE.reading(NORMAL | {rfc1628.OUTPUT_SOURCE: 5, rfc1628.TEST_RESULT: 5, f"{INPUT_V}.1": 0})
    assert (dark.on_battery, dark.mains) == (True, False)


@pytest.mark.parametrize(("volts", "mains"), [(228, True), (0, False), (None, None), (b"", None), (-1, None)])
def test_of_a_ups_that_is_off_the_voltage_tells_the_mains(volts: Value | None, mains: bool | None) -> None:
    reading = TABLE.reading(NORMAL | {rfc1628.OUTPUT_SOURCE: 2, f"{INPUT_V}.1": volts})
    assert (reading.output_on, reading.on_battery, reading.mains) == (False, False, mains)


def test_a_ups_that_awaits_power_has_no_mains() -> None:
    assert read(21, OUTPUT_SOURCE=2).mains is False


@pytest.mark.parametrize("source", [None, 0, 1, 9, b""])
def test_a_source_that_says_nothing_leaves_the_output_unknown(source: Value | None) -> None:
    reading = read(OUTPUT_SOURCE=source)
    assert (reading.output_on, reading.on_battery) == (None, None)


@pytest.mark.parametrize(("status", "low"), [(1, None), (2, False), (3, True), (4, True), (None, None)])
def test_low_and_depleted_are_low(status: int | None, low: bool | None) -> None:
    assert read(BATTERY_STATUS=status).low_battery is low


def test_the_alarm_says_low_where_the_status_does_not() -> None:
    assert read(3, BATTERY_STATUS=None).low_battery is True


def test_the_alarm_says_that_the_card_has_lost_its_ups() -> None:
    assert read(20).comm_ok is False
    assert read(2).comm_ok is True
    assert read(ALARMS=None).comm_ok is None


def test_alarms_are_asked_for_only_while_there_are_any() -> None:
    assert TABLE.also({rfc1628.ALARMS: 0}) == ()
    assert TABLE.also({rfc1628.ALARMS: None}) == ()
    assert TABLE.also({rfc1628.ALARMS: 2}) == (rfc1628.ALARM_KINDS,)


def test_a_countdown_is_armed_and_says_what_is_left() -> None:
    reading = read(SHUTDOWN_AFTER=75)
    assert (reading.off_armed, reading.falls_in_s) == (True, 75.0)


@pytest.mark.parametrize("alarm", [22, 23])
def test_a_pending_shutdown_is_armed_also_where_nothing_reads_back(alarm: int) -> None:
    assert read(alarm, SHUTDOWN_AFTER=None).off_armed is True


def test_an_output_that_is_off_is_not_armed() -> None:
    assert read(OUTPUT_SOURCE=2, SHUTDOWN_AFTER=0).off_armed is False
    assert read(SHUTDOWN_AFTER=0).off_armed is False
    assert read(SHUTDOWN_AFTER=None).off_armed is None


# Oddities of real cards


@pytest.mark.parametrize("minutes", [-1, 65535, 4294967295, 0])
def test_a_runtime_that_is_no_runtime_is_unknown_and_odd(minutes: int) -> None:
    reading = read(MINUTES_LEFT=minutes)
    assert reading.runtime_s is None
    assert any("runtime" in words for words in reading.odd)


def test_a_runtime_of_0_is_believed_of_a_low_battery() -> None:
    assert read(MINUTES_LEFT=0, BATTERY_STATUS=3).runtime_s == 0.0


@pytest.mark.parametrize("charge", [-1, 101, 65535])
def test_a_charge_outside_its_scale_is_unknown_and_odd(charge: int) -> None:
    reading = read(CHARGE=charge)
    assert (reading.charge_pct, reading.odd) == (None, (f"charge {charge} %",))


@pytest.mark.parametrize(("minutes", "words"), [(0, "0 min"), (120, "may be seconds"), (-1, "-1 min")])
def test_a_low_battery_time_that_cannot_be_minutes_is_unknown_and_odd(minutes: int, words: str) -> None:
    reading = read(LOW_BATTERY_MINUTES=minutes)
    assert reading.settings.low_battery_runtime_s is None
    assert words in reading.odd[0]


def test_the_line_that_carries_most_counts_and_an_empty_cell_does_not() -> None:
    assert lines(LOAD, 2, 14, 3).load_pct == 14.0
    assert lines(LOAD, b"", 14).load_pct == 14.0
    assert lines(LOAD, None).load_pct is None
    assert "a load that is no number" in lines(LOAD, b"").odd
    assert lines(LOAD, 255).load_pct is None
    assert lines(LOAD).load_pct is None


def test_rows_with_an_extra_0_are_rows() -> None:
    bare = {oid: value for oid, value in NORMAL.items() if not oid.startswith(f"{LOAD}.")}
    reading = TABLE.reading(bare | {f"{LOAD}.1.0": 17})
    assert reading.load_pct == 17.0
    assert reading.odd == ("rows numbered with an extra .0",)


def test_dead_lines_beside_a_live_one_do_not_hide_the_mains() -> None:
    told = {rfc1628.OUTPUT_SOURCE: 2, f"{INPUT_V}.1": 238, f"{INPUT_V}.2": 0, f"{INPUT_V}.3": 0}
    assert TABLE.reading(NORMAL | told).mains is True


def test_an_empty_answer_is_unknown_in_every_field() -> None:
    reading = TABLE.reading({})
    assert reading == Reading(odd=reading.odd)


# Commands

OUTPUT = Order(f"{R}.8.1.0", 1, kept=(1, 1))
STAYS = Order(f"{R}.8.5.0", 2, kept=(2, 2))
COMES_BACK = Order(f"{R}.8.5.0", 1, kept=(1, 1))


@pytest.mark.parametrize(
    ("how", "orders"),
    [
        (Off.NOW, (OUTPUT, STAYS, Order(f"{R}.8.2.0", 0))),
        (Off.GRACEFUL, (OUTPUT, STAYS, Order(f"{R}.8.2.0", 90))),
        (Off.DELAYED, (OUTPUT, STAYS, Order(f"{R}.8.2.0", 90))),
        (Off.UNTIL_MAINS, (OUTPUT, COMES_BACK, Order(f"{R}.8.2.0", 90))),
        (Off.CONSERVE, (OUTPUT, COMES_BACK, Order(f"{R}.8.2.0", 0))),
        (
            Off.SLEEP,
            (OUTPUT, COMES_BACK, Order(f"{R}.8.3.0", 1530, kept=(91, 1530)), Order(f"{R}.8.2.0", 90)),
        ),
    ],
)
def test_each_off_says_first_what_goes_off_and_whether_it_comes_back(
    how: Off, orders: tuple[Order, ...]
) -> None:
    assert TABLE.off(how, delay_s=90.0, sleep_s=1440.0) == orders


def test_on_is_a_start_at_once() -> None:
    assert TABLE.on() == (Order(f"{R}.8.3.0", 0),)


def test_the_low_battery_runtime_goes_out_in_whole_minutes_rounded_up() -> None:
    ups = Ups("ups1", 1, "utility", 30.0, timing=Timing.RFC1628, low_battery_runtime_s=90.0)
    (keep,) = TABLE.keeps(ups)
    assert (keep.order, keep.asked) == (Order(rfc1628.LOW_BATTERY_MINUTES, 2), 90.0)
