"""UPS-MIB, RFC 1628, which most makers' cards answer: what is asked, what it means, how an OFF is given.

Numbers are below 1.3.6.1.2.1.33.1. The MIB knows neither a return delay nor a minimum charge, and every
OFF carries its delay with it. Why each command is the one it is stands in docs/adr/0025.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil

from realtime.snmp.reading import Reading, Settings
from realtime.snmp.table import Impossible, Keep, Order, Orders
from realtime.snmp.values import SENTINELS, SYS_UP_TIME, Oid, Value, Values, number, seconds, sensible, text
from sequencer.ports import Off
from sequencer.site import Ups

R = "1.3.6.1.2.1.33.1"

MANUFACTURER, MODEL, SOFTWARE = f"{R}.1.1.0", f"{R}.1.2.0", f"{R}.1.3.0"
BATTERY_STATUS = f"{R}.2.1.0"
MINUTES_LEFT, CHARGE = f"{R}.2.3.0", f"{R}.2.4.0"
OUTPUT_SOURCE = f"{R}.4.1.0"
ALARMS = f"{R}.6.1.0"
TEST_RESULT = f"{R}.7.3.0"
SHUTDOWN_TYPE = f"{R}.8.1.0"
SHUTDOWN_AFTER, STARTUP_AFTER = f"{R}.8.2.0", f"{R}.8.3.0"
AUTO_RESTART = f"{R}.8.5.0"
LOW_BATTERY_MINUTES = f"{R}.9.7.0"

INPUT_V, LOAD = f"{R}.3.3.1.3", f"{R}.4.4.1.5"
ALARM_KINDS = f"{R}.6.2.1.2"
ALARM = f"{R}.6.3"
LOW, DEPLETED, COMM_LOST, AWAITING_POWER = f"{ALARM}.3", f"{ALARM}.4", f"{ALARM}.20", f"{ALARM}.21"
PENDING, IMMINENT = f"{ALARM}.22", f"{ALARM}.23"

MAINS_V = 80.0
"""Less is no mains anywhere: a fifth below the lowest nominal voltage, Japan's 100 V."""

NONE, NORMAL, BYPASS, BATTERY, BOOSTER, REDUCER = 2, 3, 4, 5, 6, 7
"""upsOutputSource; 1 is `other`: something feeds the load, nobody knows what."""

TEST_IN_PROGRESS = 5
OUTPUT_ONLY = 1
STAYS_OFF, COMES_BACK = 2, 1
"""upsAutoRestart."""

LONGEST_LOW_BATTERY_MIN = 59
"""A card that tells 120 means 2 min in seconds, or nothing; the object is in minutes."""

LONGEST_COUNTDOWN_S = 2147483648.0


class Rfc1628:
    name = "rfc1628"
    fast: tuple[Oid, ...] = (
        *(OUTPUT_SOURCE, BATTERY_STATUS, MINUTES_LEFT, CHARGE, ALARMS, TEST_RESULT),
        *(SHUTDOWN_AFTER, SYS_UP_TIME),
    )
    slow: tuple[Oid, ...] = (
        *(MANUFACTURER, MODEL, SOFTWARE, SHUTDOWN_TYPE, AUTO_RESTART, LOW_BATTERY_MINUTES),
    )
    columns: tuple[Oid, ...] = (INPUT_V, LOAD)
    at_once = frozenset((Off.NOW, Off.CONSERVE))

    def also(self, values: Values) -> tuple[Oid, ...]:
        """Which alarms there are is worth a request of its own only while there are any."""
        return (ALARM_KINDS,) if number(values.get(ALARMS)) else ()

    # What it says

    def reading(self, values: Values) -> Reading:
        alarms = frozenset(_rows(values, ALARM_KINDS))
        low = low_battery(number(values.get(BATTERY_STATUS)), alarms)
        volts = max((v for v in map(_volts, _rows(values, INPUT_V)) if v is not None), default=None)
        output_on, on_battery, mains = self._supply(values, alarms, volts)
        charge = sensible(values.get(CHARGE), 0, 100)
        runtime_s, odd_runtime = runtime(values, low)
        low_runtime_s, odd_low = low_battery_runtime(values)
        falls_in_s = seconds(values.get(SHUTDOWN_AFTER), 1.0, LONGEST_COUNTDOWN_S) or None
        loads = [load for row in _rows(values, LOAD) if (load := sensible(row, 0, 200)) is not None]
        model = " ".join(filter(None, (text(values.get(MANUFACTURER)), text(values.get(MODEL)))))
        return Reading(
            model=model or None,
            firmware=text(values.get(SOFTWARE)),
            mains=mains,
            output_on=output_on,
            on_battery=on_battery,
            low_battery=low,
            off_armed=self._armed(values, alarms, output_on),
            falls_in_s=falls_in_s,
            charge_pct=None if charge is None else float(charge),
            runtime_s=runtime_s,
            load_pct=float(max(loads)) if loads else None,
            input_v=volts,
            uptime_s=seconds(values.get(SYS_UP_TIME), 0.01, 2**32 * 0.01),
            comm_ok=COMM_LOST not in alarms if number(values.get(ALARMS)) is not None else None,
            settings=Settings(low_battery_runtime_s=low_runtime_s),
            odd=tuple(filter(None, (*_odd(values), odd_runtime, odd_low))),
        )

    @staticmethod
    def _supply(
        values: Values, alarms: frozenset[Value | None], volts: float | None
    ) -> tuple[bool | None, bool | None, bool | None]:
        """Output on, on battery, mains."""
        mains = None if volts is None else volts >= MAINS_V
        if AWAITING_POWER in alarms:
            mains = False
        match number(values.get(OUTPUT_SOURCE)):
            case 3 | 4 | 6 | 7:  # normal, bypass (it supplies the load), booster, reducer
                return True, False, True
            case 5 if number(values.get(TEST_RESULT)) == TEST_IN_PROGRESS:
                # A test is no outage; but the mains may fail in the middle of it.
                there = mains is not False
                return True, not there, there
            case 5:
                return True, True, False
            case 2:
                return False, False, mains
        return None, None, mains

    @staticmethod
    def _armed(values: Values, alarms: frozenset[Value | None], output_on: bool | None) -> bool | None:
        """A countdown that has run out may stand at 0 for ever: an output that is off is not armed."""
        if output_on is False:
            return False
        left = number(values.get(SHUTDOWN_AFTER))
        if (left is not None and left > 0) or alarms & {PENDING, IMMINENT}:
            return True
        return None if left is None else False

    # What it is told

    def off(self, how: Off, *, delay_s: float, sleep_s: float) -> Orders | Impossible:
        """The output alone, so that the card lives on; then whether it comes back; then the countdown."""
        after_s = 0 if how in self.at_once else max(0, round(delay_s))
        back = COMES_BACK if how in (Off.UNTIL_MAINS, Off.CONSERVE, Off.SLEEP) else STAYS_OFF
        orders = [
            Order(SHUTDOWN_TYPE, OUTPUT_ONLY, kept=(OUTPUT_ONLY, OUTPUT_ONLY)),
            Order(AUTO_RESTART, back, kept=(back, back)),
        ]
        if how is Off.SLEEP:  # both countdowns run from now on
            starts_s = after_s + max(1, round(sleep_s))
            orders.append(Order(STARTUP_AFTER, starts_s, kept=(after_s + 1, starts_s)))
        return (*orders, Order(SHUTDOWN_AFTER, after_s))

    def on(self) -> Orders:
        return (Order(STARTUP_AFTER, 0),)

    def keeps(self, ups: Ups) -> tuple[Keep, ...]:
        minutes = ceil(ups.low_battery_runtime_s / 60)
        return (
            Keep("low_battery_runtime_s", Order(LOW_BATTERY_MINUTES, minutes), ups.low_battery_runtime_s),
        )


def low_battery(status: int | None, alarms: frozenset[Value | None]) -> bool | None:
    """batteryLow or batteryDepleted, or the alarms of the same names."""
    if status in (3, 4) or alarms & {LOW, DEPLETED}:
        return True
    return False if status == 2 else None


def runtime(values: Values, low: bool | None) -> tuple[float | None, str]:
    raw = number(values.get(MINUTES_LEFT))
    told = seconds(values.get(MINUTES_LEFT), 60.0)
    if told is None and raw is not None:
        return None, f"runtime {raw} min"
    if told == 0.0 and not low:
        return None, "runtime 0 of a battery that is not low"
    return told, ""


def low_battery_runtime(values: Values) -> tuple[float | None, str]:
    raw = number(values.get(LOW_BATTERY_MINUTES))
    if raw is None or 0 < raw <= LONGEST_LOW_BATTERY_MIN:
        return (None if raw is None else raw * 60.0), ""
    return None, f"low-battery time {raw} min" + (", which may be seconds" if raw > 0 else "")


def _odd(values: Values) -> Iterator[str]:
    if text(values.get(MODEL)) is None:
        yield "no model"
    if sensible(values.get(BATTERY_STATUS), 2, 4) is None:
        yield "no battery status"
    told = number(values.get(CHARGE))
    if told is not None and not 0 <= told <= 100:
        yield f"charge {told} %"
    if any(oid.startswith(f"{LOAD}.") and number(value) is None for oid, value in values.items()):
        yield "a load that is no number"
    if any(oid.startswith(f"{LOAD}.") and oid.count(".") > LOAD.count(".") + 1 for oid in values):
        yield "rows numbered with an extra .0"


def _volts(value: Value | None) -> float | None:
    told = number(value)
    return None if told is None or told in SENTINELS or not 0 <= told <= 1000 else float(told)


def _rows(values: Values, column: Oid) -> Iterator[Value | None]:
    """Cells of a column, however its rows are numbered."""
    return (value for oid, value in values.items() if oid.startswith(f"{column}.") and value is not None)
