"""PowerNet's table: each state of the output, each oddity of real cards, each command. No socket."""

from __future__ import annotations

import pytest

from realtime.snmp import apc
from realtime.snmp.apc import A, Apc
from realtime.snmp.apc_state import flags_of
from realtime.snmp.reading import Reading
from realtime.snmp.table import Impossible, Kind, Order
from realtime.snmp.values import SYS_UP_TIME, Oid, Value
from sequencer.ports import Off
from sequencer.site import Timing, Ups

ON_LINE: dict[Oid, Value | None] = {
    apc.OUTPUT_STATUS: 2,
    apc.BATTERY_STATUS: 2,
    apc.CAPACITY: 100,
    apc.CAPACITY_TENTHS: 1000,
    apc.RUNTIME: 152200,
    apc.LOAD: 37,
    apc.LOAD_TENTHS: 378,
    apc.INPUT_V: 100,
    apc.COMM_STATUS: 1,
    apc.MODEL: b"Smart-UPS 1000",
    apc.FIRMWARE: b"UPS 09.8 (ID20) ",
    SYS_UP_TIME: 71917850,
    apc.SHUTOFF_DELAY: 18000,
    apc.LOW_BATTERY_RUNTIME: 12000,
    apc.RETURN_DELAY: 6000,
    apc.MIN_RETURN_CAPACITY: 15,
}


def read(group: int | None = None, **told: Value | None) -> Reading:
    """As on line, but for what is said here by the name of its constant."""
    return Apc(group).reading(ON_LINE | {getattr(apc, name): value for name, value in told.items()})


def flags(*set_ones: int) -> bytes:
    return "".join("1" if n in set_ones else "0" for n in range(1, 65)).encode()


def test_a_ups_on_line_is_understood_whole() -> None:
    reading = read()
    assert (reading.mains, reading.output_on, reading.on_battery, reading.low_battery) == (
        *(True, True, False),
        False,
    )
    assert (reading.charge_pct, reading.runtime_s, reading.load_pct) == (100.0, 1522.0, 37.8)
    assert (reading.model, reading.firmware) == ("Smart-UPS 1000", "UPS 09.8 (ID20)")
    assert (reading.uptime_s, reading.comm_ok, reading.odd) == (719178.5, True, ())


def test_its_settings_are_in_seconds() -> None:
    settings = read().settings
    assert (settings.shutdown_delay_s, settings.low_battery_runtime_s) == (180.0, 120.0)
    assert (settings.return_delay_s, settings.min_return_charge_pct) == (60.0, 15.0)


@pytest.mark.parametrize("status", [2, 4, 12, 13, 14, 6, 9, 10, 16, 17, 18, 19, 20, 27])
def test_whatever_the_mains_feed_is_no_outage_not_even_a_bypass(status: int) -> None:
    reading = read(OUTPUT_STATUS=status)
    assert (reading.output_on, reading.on_battery, reading.mains) == (True, False, True)


def test_on_battery_the_mains_are_away_whatever_the_voltage_says() -> None:
    for volts in (0, 60, 100, 290):
        reading = read(OUTPUT_STATUS=3, INPUT_V=volts)
        assert (reading.output_on, reading.on_battery, reading.mains) == (True, True, False)


@pytest.mark.parametrize("status", [15, 28])
def test_a_test_on_battery_is_no_outage(status: int) -> None:
    reading = read(OUTPUT_STATUS=status)
    assert (reading.output_on, reading.on_battery, reading.mains) == (True, False, True)


def test_a_card_that_calls_its_self_test_on_battery_has_a_flag_for_it() -> None:
    reading = read(OUTPUT_STATUS=3, STATE_FLAGS=flags(2, 19, 29))
    assert (reading.on_battery, reading.mains) == (False, True)


def test_mains_that_fail_during_a_test_are_an_outage() -> None:
    reading = read(OUTPUT_STATUS=15, INPUT_V=0)
    assert (reading.on_battery, reading.mains) == (True, False)


@pytest.mark.parametrize("status", [5, 7, 11])
@pytest.mark.parametrize(("volts", "mains"), [(100, True), (0, False), (None, None)])
def test_of_a_ups_that_is_off_the_voltage_tells_the_mains(
    status: int, volts: int | None, mains: bool | None
) -> None:
    reading = read(OUTPUT_STATUS=status, INPUT_V=volts)
    assert (reading.output_on, reading.on_battery, reading.mains) == (False, False, mains)


@pytest.mark.parametrize("status", [None, 0, 1, 8, 21, 22, 23, 24, 25, 26, 99, b""])
def test_a_status_that_says_nothing_leaves_the_output_unknown(status: Value | None) -> None:
    reading = read(OUTPUT_STATUS=status)
    assert (reading.output_on, reading.on_battery) == (None, None)


@pytest.mark.parametrize("status", [None, 1, 8])
def test_the_flags_decide_where_the_status_says_nothing(status: int | None) -> None:
    assert read(OUTPUT_STATUS=status, STATE_FLAGS=flags(4, 19)).output_on is True
    off = read(OUTPUT_STATUS=status, STATE_FLAGS=flags(58))
    assert (off.output_on, off.on_battery) == (False, False)
    battery = read(OUTPUT_STATUS=status, STATE_FLAGS=flags(2, 19))
    assert (battery.on_battery, battery.mains) == (True, False)


@pytest.mark.parametrize("told", [b"UNKNOWN", b"", None, 7, b"01x"])
def test_flags_that_are_no_flags_say_nothing(told: Value | None) -> None:
    assert flags_of(told) == flags_of(None)


def test_a_short_row_of_flags_says_what_it_has() -> None:
    assert flags_of(b"010").on_battery is True
    assert flags_of(b"010").on is None


def test_flag_22_is_an_off_that_counts_down() -> None:
    assert read(STATE_FLAGS=flags(4, 19, 22)).off_armed is True
    assert read(STATE_FLAGS=flags(4, 19)).off_armed is False
    assert read().off_armed is None


@pytest.mark.parametrize(
    ("status", "low"), [(2, False), (3, True), (1, None), (4, None), (5, None), (None, None)]
)
def test_a_fault_or_a_missing_battery_is_not_low(status: int | None, low: bool | None) -> None:
    assert read(BATTERY_STATUS=status).low_battery is low


def test_the_flag_says_low_where_the_status_does_not() -> None:
    assert read(BATTERY_STATUS=None, STATE_FLAGS=flags(2, 3, 19)).low_battery is True


@pytest.mark.parametrize("ticks", [4294967295, -1, 0])
def test_a_runtime_that_is_no_runtime_is_unknown_and_odd(ticks: int) -> None:
    reading = read(RUNTIME=ticks)
    assert reading.runtime_s is None
    assert any("runtime" in words for words in reading.odd)


def test_a_runtime_of_0_is_believed_of_a_battery_that_is_low() -> None:
    assert read(RUNTIME=0, BATTERY_STATUS=3, CAPACITY=2, CAPACITY_TENTHS=20).runtime_s == 0.0
    assert read(RUNTIME=0, CAPACITY=4, CAPACITY_TENTHS=40).runtime_s == 0.0


@pytest.mark.parametrize("charge", [-1, 101, 255])
def test_a_charge_outside_its_scale_is_unknown_and_odd(charge: int) -> None:
    reading = read(CAPACITY=charge, CAPACITY_TENTHS=None)
    assert reading.charge_pct is None
    assert reading.odd == (f"charge {charge} %",)


def test_a_charge_of_0_is_believed_of_a_low_battery_only() -> None:
    assert read(CAPACITY=0, CAPACITY_TENTHS=0).charge_pct is None
    assert read(CAPACITY=0, CAPACITY_TENTHS=0, BATTERY_STATUS=3).charge_pct == 0.0


def test_a_card_with_tenths_only_is_read_and_named_odd() -> None:
    reading = read(CAPACITY=None, LOAD=None)
    assert (reading.charge_pct, reading.load_pct) == (100.0, 37.8)
    assert reading.odd == ("charge in tenths only",)


def test_a_blank_model_is_taken_from_the_number_it_is_ordered_by() -> None:
    assert read(MODEL=b"  \0", SKU=b"SMT1000").model == "SMT1000"
    assert read(MODEL=None).odd == ("no model",)


def test_a_card_that_has_lost_its_ups_says_so() -> None:
    assert read(COMM_STATUS=2).comm_ok is False
    assert read(COMM_STATUS=None).comm_ok is None


def test_one_nonsense_value_spoils_no_other() -> None:
    nonsense = dict.fromkeys(("RUNTIME", "LOAD", "LOAD_TENTHS", "CAPACITY", "CAPACITY_TENTHS"), b"")
    reading = read(**nonsense)
    assert (reading.output_on, reading.on_battery, reading.mains) == (True, False, True)
    assert (reading.runtime_s, reading.load_pct, reading.charge_pct) == (None, None, None)


def test_an_empty_answer_is_unknown_in_every_field() -> None:
    reading = Apc().reading({})
    assert reading == Reading(odd=reading.odd)


# Outlet groups


def test_a_group_says_whether_its_outlets_are_on_and_what_is_pending() -> None:
    told = ON_LINE | {f"{apc.GROUP_STATE}.2": 2, f"{apc.GROUP_PENDING}.2": 2, f"{apc.GROUP_OFF_DELAY}.2": 90}
    reading = Apc(2).reading(told)
    assert (reading.output_on, reading.on_battery, reading.off_armed) == (False, False, False)
    assert reading.settings.power_off_delay_s == 90.0
    assert Apc(2).reading(told | {f"{apc.GROUP_PENDING}.2": 1}).off_armed is True


def test_a_group_is_off_when_its_ups_is() -> None:
    told = ON_LINE | {apc.OUTPUT_STATUS: 7, f"{apc.GROUP_STATE}.1": 1}
    assert Apc(1).reading(told).output_on is False


def test_a_group_that_says_unknown_is_unknown() -> None:
    reading = Apc(1).reading(ON_LINE | {f"{apc.GROUP_STATE}.1": 3})
    assert (reading.output_on, reading.on_battery) == (None, None)


def test_a_group_that_is_never_to_go_off_has_no_delay() -> None:
    assert Apc(1).reading(ON_LINE | {f"{apc.GROUP_OFF_DELAY}.1": -1}).settings.power_off_delay_s is None


# Commands

STEP = 36000
"""Six minutes in ticks."""


@pytest.mark.parametrize(
    ("how", "orders"),
    [
        (Off.NOW, (Order(f"{A}.6.2.1.0", 2),)),
        (Off.GRACEFUL, (Order(f"{A}.6.2.1.0", 3),)),
        (Off.UNTIL_MAINS, (Order(f"{A}.6.2.2.0", 3),)),
        (Off.CONSERVE, (Order(f"{A}.6.1.1.0", 2),)),
        (
            Off.SLEEP,
            (
                Order(f"{A}.5.2.11.0", 4 * STEP, Kind.TICKS, kept=(3 * STEP, 5 * STEP)),
                Order(f"{A}.6.2.3.0", 3),
            ),
        ),
        (
            Off.DELAYED,
            (
                Order(f"{A}.5.2.11.0", 999 * STEP, Kind.TICKS, kept=(10 * STEP, 999 * STEP)),
                Order(f"{A}.6.2.3.0", 2),
            ),
        ),
    ],
)
def test_each_off_of_a_whole_ups(how: Off, orders: tuple[Order, ...]) -> None:
    assert Apc().off(how, delay_s=420.0, sleep_s=24 * 60.0) == orders


@pytest.mark.parametrize(
    ("minutes", "steps"), [(0, 1), (1, 1), (20, 3), (21, 4), (26.9, 4), (27, 5), (1e6, 999)]
)
def test_r10_56_a_sleep_is_rounded_to_six_minutes(minutes: float, steps: int) -> None:
    assert apc.sleep_for(minutes * 60).value == steps * STEP


@pytest.mark.parametrize(
    ("how", "command"),
    [(Off.NOW, 2), (Off.GRACEFUL, 5), (Off.DELAYED, 5), (Off.UNTIL_MAINS, 10), (Off.CONSERVE, 10)],
)
def test_each_off_of_an_outlet_group(how: Off, command: int) -> None:
    assert Apc(2).off(how, delay_s=90.0, sleep_s=0.0) == (Order(f"{A}.12.3.2.1.3.2", command),)


def test_a_group_cannot_sleep_and_says_so() -> None:
    refusal = Apc(2).off(Off.SLEEP, delay_s=90.0, sleep_s=3600.0)
    assert isinstance(refusal, Impossible)
    assert "sleep" in refusal.words


def test_on_is_one_order() -> None:
    assert Apc().on() == (Order(f"{A}.6.2.6.0", 2),)
    assert Apc(2).on() == (Order(f"{A}.12.3.2.1.3.2", 1),)


def test_settings_go_out_in_ticks_and_a_groups_delay_in_seconds() -> None:
    ups = Ups("ups1", 1, "utility", 30.0, min_return_charge_pct=15.0, return_delay_s=60.0)
    orders = {keep.setting: keep.order for keep in Apc().keeps(ups)}
    assert orders == {
        "shutdown_delay_s": Order(apc.SHUTOFF_DELAY, 18000, Kind.TICKS),
        "low_battery_runtime_s": Order(apc.LOW_BATTERY_RUNTIME, 12000, Kind.TICKS),
        "return_delay_s": Order(apc.RETURN_DELAY, 6000, Kind.TICKS),
        "min_return_charge_pct": Order(apc.MIN_RETURN_CAPACITY, 15),
    }
    lcd = Ups("ups1", 1, "utility", 30.0, timing=Timing.LCD)
    assert Order(f"{apc.GROUP_OFF_DELAY}.2", 90) in [keep.order for keep in Apc(2).keeps(lcd)]
    assert Order(apc.SHUTOFF_DELAY, 9000, Kind.TICKS) in [keep.order for keep in Apc().keeps(lcd)]
