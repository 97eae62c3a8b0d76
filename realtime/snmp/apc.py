"""PowerNet, the MIB of APC's cards: which objects are asked, what they mean, and how an OFF is given.

Numbers are those of PowerNet-MIB 4.5.8, below 1.3.6.1.4.1.318.1.1.1. Why each command is the one it is
stands in docs/adr/0025.
"""

from __future__ import annotations

from collections.abc import Iterator

from realtime.snmp.apc_state import GROUP, flags_of, low_battery, output_of
from realtime.snmp.reading import Reading, Settings
from realtime.snmp.table import Impossible, Keep, Kind, Order, Orders
from realtime.snmp.values import (
    SYS_UP_TIME,
    Oid,
    Values,
    number,
    percent,
    seconds,
    sensible,
    text,
)
from sequencer.ports import Off
from sequencer.site import Timing, Ups
from sequencer.timing import SLEEP_STEP_S

A = "1.3.6.1.4.1.318.1.1.1"

MODEL, NAME, FIRMWARE, SKU = f"{A}.1.1.1.0", f"{A}.1.1.2.0", f"{A}.1.2.1.0", f"{A}.1.2.5.0"
BATTERY_STATUS = f"{A}.2.1.1.0"
CAPACITY, CAPACITY_TENTHS = f"{A}.2.2.1.0", f"{A}.2.3.1.0"
RUNTIME = f"{A}.2.2.3.0"
INPUT_V, INPUT_TENTHS_V = f"{A}.3.2.1.0", f"{A}.3.3.1.0"
OUTPUT_STATUS = f"{A}.4.1.1.0"
LOAD, LOAD_TENTHS = f"{A}.4.2.3.0", f"{A}.4.3.3.0"
MIN_RETURN_CAPACITY = f"{A}.5.2.6.0"
LOW_BATTERY_RUNTIME = f"{A}.5.2.8.0"
RETURN_DELAY = f"{A}.5.2.9.0"
SHUTOFF_DELAY = f"{A}.5.2.10.0"
SLEEP_TIME = f"{A}.5.2.11.0"
CONSERVE = f"{A}.6.1.1.0"
UPS_OFF = f"{A}.6.2.1.0"
REBOOT_SHUTDOWN = f"{A}.6.2.2.0"
SLEEP = f"{A}.6.2.3.0"
TURN_ON = f"{A}.6.2.6.0"
COMM_STATUS = f"{A}.8.1.0"
STATE_FLAGS = f"{A}.11.1.1.0"

GROUPS = f"{A}.12.1.1.0"
GROUP_STATE, GROUP_PENDING = f"{A}.12.1.2.1.3", f"{A}.12.1.2.1.4"
GROUP_OFF_DELAY = f"{A}.12.2.2.1.4"
GROUP_COMMAND = f"{A}.12.3.2.1.3"

TICK_S = 0.01
LONGEST_SLEEP_STEPS = 999
"""Tenths of an hour, in three digits (apcupsd's manual, "APC smart protocol": `@nnn`)."""

LONGEST_DELAY_S = 32767.0


class Apc:
    """`group`: the outlet group that feeds the loads; None: the whole UPS."""

    name = "apc"
    columns: tuple[Oid, ...] = ()

    def __init__(self, group: int | None = None) -> None:
        self._group = group
        self.at_once = frozenset((Off.NOW, Off.CONSERVE) if group is None else (Off.NOW,))
        self.fast: tuple[Oid, ...] = (
            *(OUTPUT_STATUS, STATE_FLAGS, BATTERY_STATUS, COMM_STATUS, SYS_UP_TIME),
            *(CAPACITY, CAPACITY_TENTHS, RUNTIME, LOAD, LOAD_TENTHS, INPUT_V, INPUT_TENTHS_V),
        )
        self.slow: tuple[Oid, ...] = (
            *(MODEL, FIRMWARE, SKU),
            *(SHUTOFF_DELAY, LOW_BATTERY_RUNTIME, RETURN_DELAY, MIN_RETURN_CAPACITY),
        )
        if group is not None:
            self.fast += (f"{GROUP_STATE}.{group}", f"{GROUP_PENDING}.{group}")
            self.slow += (f"{GROUP_OFF_DELAY}.{group}",)

    def also(self, values: Values) -> tuple[Oid, ...]:
        return ()

    # What it says

    def reading(self, values: Values) -> Reading:
        flags = flags_of(values.get(STATE_FLAGS))
        volts = input_v(values)
        output_on, on_battery, mains = output_of(number(values.get(OUTPUT_STATUS)), flags, volts)
        armed = flags.initiated
        if self._group is not None:
            output_on, armed = self._group_state(values, output_on)
            on_battery = on_battery if output_on else output_on
        low = low_battery(number(values.get(BATTERY_STATUS)), flags)
        charge_pct, odd_charge = charge(values, low)
        runtime_s, odd_runtime = runtime(values, low, charge_pct)
        comm = sensible(values.get(COMM_STATUS), 1, 2)
        uptime_s = seconds(values.get(SYS_UP_TIME), TICK_S, 2**32 * TICK_S)
        return Reading(
            model=text(values.get(MODEL)) or text(values.get(SKU)),
            firmware=text(values.get(FIRMWARE)),
            mains=mains,
            output_on=output_on,
            on_battery=on_battery,
            low_battery=low,
            off_armed=armed,
            charge_pct=charge_pct,
            runtime_s=runtime_s,
            load_pct=percent(values.get(LOAD), values.get(LOAD_TENTHS), most=200),
            input_v=volts,
            uptime_s=uptime_s,
            comm_ok=None if comm is None else comm == 1,
            settings=self._settings(values),
            odd=tuple(filter(None, (*_missing(values), odd_charge, odd_runtime))),
        )

    def _group_state(self, values: Values, ups_on: bool | None) -> tuple[bool | None, bool | None]:
        """The group's own outlets; they are off whenever the whole UPS is."""
        state = GROUP.get(number(values.get(f"{GROUP_STATE}.{self._group}")) or 0)
        pending = sensible(values.get(f"{GROUP_PENDING}.{self._group}"), 1, 2)
        output_on = False if ups_on is False else state
        return output_on, None if pending is None else pending == 1

    def _settings(self, values: Values) -> Settings:
        def ticks(oid: Oid) -> float | None:
            return seconds(values.get(oid), TICK_S, LONGEST_DELAY_S)

        off_delay_s = ticks(SHUTOFF_DELAY)
        if self._group is not None:
            off_delay_s = seconds(values.get(f"{GROUP_OFF_DELAY}.{self._group}"), 1.0, LONGEST_DELAY_S)
        least = sensible(values.get(MIN_RETURN_CAPACITY), 0, 100)
        return Settings(
            shutdown_delay_s=ticks(SHUTOFF_DELAY),
            power_off_delay_s=off_delay_s,
            low_battery_runtime_s=ticks(LOW_BATTERY_RUNTIME) or None,
            return_delay_s=ticks(RETURN_DELAY),
            min_return_charge_pct=None if least is None else float(least),
        )

    # What it is told

    def off(self, how: Off, *, delay_s: float, sleep_s: float) -> Orders | Impossible:
        if self._group is not None:
            return self._group_off(how)
        match how:
            case Off.NOW:
                return (Order(UPS_OFF, 2),)
            case Off.GRACEFUL:
                return (Order(UPS_OFF, 3),)
            case Off.UNTIL_MAINS:
                return (Order(REBOOT_SHUTDOWN, 3),)
            case Off.CONSERVE:
                return (Order(CONSERVE, 2),)
            case Off.SLEEP:
                return (sleep_for(sleep_s), Order(SLEEP, 3))
            case Off.DELAYED:
                return (sleep_longest(), Order(SLEEP, 2))

    def _group_off(self, how: Off) -> Orders | Impossible:
        command = {Off.NOW: 2, Off.GRACEFUL: 5, Off.DELAYED: 5, Off.UNTIL_MAINS: 10, Off.CONSERVE: 10}.get(
            how
        )
        if command is None:
            return Impossible("an outlet group cannot sleep for a while; only the whole UPS can")
        return (Order(f"{GROUP_COMMAND}.{self._group}", command),)

    def on(self) -> Orders:
        return (Order(TURN_ON, 2) if self._group is None else Order(f"{GROUP_COMMAND}.{self._group}", 1),)

    def keeps(self, ups: Ups) -> tuple[Keep, ...]:
        keeps = [
            _in_ticks("low_battery_runtime_s", LOW_BATTERY_RUNTIME, ups.low_battery_runtime_s),
            _in_ticks("return_delay_s", RETURN_DELAY, ups.return_delay_s),
            Keep(
                "min_return_charge_pct",
                Order(MIN_RETURN_CAPACITY, round(ups.min_return_charge_pct)),
                ups.min_return_charge_pct,
            ),
        ]
        if ups.timing is Timing.LEGACY:
            return (_in_ticks("shutdown_delay_s", SHUTOFF_DELAY, ups.shutdown_delay_s), *keeps)
        if self._group is None:
            return (_in_ticks("power_off_delay_s", SHUTOFF_DELAY, ups.power_off_delay_s), *keeps)
        delay = Order(f"{GROUP_OFF_DELAY}.{self._group}", round(ups.power_off_delay_s))
        return (Keep("power_off_delay_s", delay, ups.power_off_delay_s), *keeps)


def _missing(values: Values) -> Iterator[str]:
    if text(values.get(MODEL)) is None:
        yield "no model"
    if sensible(values.get(BATTERY_STATUS), 2, 5) is None:
        yield "no battery status"
    if values.get(CAPACITY) is None and values.get(CAPACITY_TENTHS) is not None:
        yield "charge in tenths only"


def input_v(values: Values) -> float | None:
    """0 in one of the two objects is "not supported" if the other one tells more."""
    fine, whole = sensible(values.get(INPUT_TENTHS_V), 0, 10000), sensible(values.get(INPUT_V), 0, 1000)
    if fine:
        return fine / 10
    return float(whole) if whole is not None else None if fine is None else 0.0


def charge(values: Values, low: bool | None) -> tuple[float | None, str]:
    told = percent(values.get(CAPACITY), values.get(CAPACITY_TENTHS))
    if told == 0.0 and not low:  # "not supported" is told as 0 as well
        return None, "charge 0 % of a battery that is not low"
    if told is None and number(values.get(CAPACITY)) is not None:
        return None, f"charge {number(values.get(CAPACITY))} %"
    return told, ""


def runtime(values: Values, low: bool | None, charge_pct: float | None) -> tuple[float | None, str]:
    """A runtime of 0 while the battery is well must not shut anything down."""
    raw = number(values.get(RUNTIME))
    told = seconds(values.get(RUNTIME), TICK_S)
    if told is None and raw is not None:
        return None, f"runtime {raw} ticks"
    if told == 0.0 and not low and (charge_pct is None or charge_pct > NEARLY_EMPTY_PCT):
        return None, "runtime 0 of a battery that is not low"
    return told, ""


NEARLY_EMPTY_PCT = 10.0
"""With less charge than this a runtime of 0 may be meant."""


def sleep_for(wanted_s: float) -> Order:
    """The sleep time in whole tenths of an hour, one at least: 21 to under 27 min is 24 (R10-56).

    A card that keeps another time by more than a step would wake the loads when nobody expects it.
    """
    steps = min(max(int(wanted_s / SLEEP_STEP_S + 0.5), 1), LONGEST_SLEEP_STEPS)
    return _sleep_time(steps, least=steps - 1, most=steps + 1)


def sleep_longest() -> Order:
    """A card may take less than three digits of tenths of an hour; the commander wakes it before an hour."""
    return _sleep_time(LONGEST_SLEEP_STEPS, least=10, most=LONGEST_SLEEP_STEPS)


def _sleep_time(steps: int, *, least: int, most: int) -> Order:
    step = round(SLEEP_STEP_S / TICK_S)
    return Order(SLEEP_TIME, steps * step, Kind.TICKS, kept=(least * step, most * step))


def _in_ticks(setting: str, oid: Oid, asked_s: float) -> Keep:
    return Keep(setting, Order(oid, round(asked_s / TICK_S), Kind.TICKS), asked_s)
