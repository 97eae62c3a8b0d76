"""What a PowerNet card tells of its UPS, and what it can be told: OIDs below 1.3.6.1.4.1.318.1.1.1.

Objects, values and enumerations by PowerNet-MIB 4.5.8; what the pretend UPS cannot have (bypass, synchronised
groups, simulated failures) is not served. Controls always read 1: that a command counts down is seen at flag
22 of the state string, that it is done at the output status. Simplified: a sleep that is not graceful
(6.2.3 = 2) has no end, as if it were set to the longest there is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from zlib import crc32

from sequencer.ports import Off
from sequencer.site import Timing
from sequencer.site import Ups as UpsSettings
from teiden.emulator.snmp.card import NOMINAL_V, SnmpCard, View
from teiden.emulator.snmp.mib import Mib
from teiden.emulator.snmp.objects import (
    LARGEST,
    TICKS,
    Entry,
    Kind,
    Oid,
    Value,
    at_most,
    constant,
    dotted,
    one_of,
    within,
)
from teiden.emulator.snmp.outlets import outlet_group
from teiden.emulator.snmp.system import system, ticks

ENTERPRISE = dotted("1.3.6.1.4.1.318")
UPS = (*ENTERPRISE, 1, 1, 1)
SMART_UPS = (*ENTERPRISE, 1, 3, 27)

FLAGS = 64
"""Length of upsBasicStateOutputState."""


def powernet(below: str) -> Oid:
    """A scalar of the UPS: `powernet("2.2.1")` is upsAdvBatteryCapacity.0."""
    return (*UPS, *dotted(below), 0)


MODEL = powernet("1.1.1")
BATTERY_STATUS = powernet("2.1.1")
CHARGE = powernet("2.2.1")
CHARGE_TENTHS = powernet("2.3.1")
RUNTIME = powernet("2.2.3")
INPUT_V = powernet("3.2.1")
OUTPUT_STATUS = powernet("4.1.1")
LOAD = powernet("4.2.3")
COMMUNICATION = powernet("8.1")
STATE = powernet("11.1.1")
"""Those that a fault may lie about (`Faults.instead`)."""


def tables(card: SnmpCard, *, outlets: bool | None = None) -> Mib:
    """`outlets`: one outlet group that feeds every load; None: as this kind of UPS has them."""
    if outlets is None:
        outlets = card.settings.timing is Timing.LCD
    description = "Pretend network management card (PowerNet)"
    entries = system(card, description, SMART_UPS) | _identity(card) | _measures(card) | _states(card)
    entries |= _settings(card) | _controls(card)
    if outlets:
        entries |= outlet_group(card, (*UPS, 12))
    return Mib(entries, faults=card.faults, before=card.look)


# What it tells


def _identity(card: SnmpCard) -> dict[Oid, Entry]:
    lcd = card.settings.timing is Timing.LCD
    name = [card.ups.name[:8]]

    def rename(value: Value) -> None:
        name[0] = value.decode("latin-1") if isinstance(value, bytes) else str(value)

    return {
        MODEL: constant(Kind.STRING, "Pretend Smart-UPS X" if lcd else "Pretend Smart-UPS"),
        powernet("1.1.2"): Entry(Kind.STRING, lambda: name[0], rename, at_most(8)),
        powernet("1.2.1"): constant(Kind.STRING, "1.0"),
        powernet("1.2.2"): constant(Kind.STRING, "11/20/26"),
        powernet("1.2.3"): constant(Kind.STRING, f"PT{crc32(card.ups.name.encode()):010d}"),
        powernet("1.2.5"): constant(Kind.STRING, "PRETEND1500"),
    }


def _measures(card: SnmpCard) -> dict[Oid, Entry]:
    def gauge(measure: Callable[[View], float]) -> Entry:
        """What has been reached in full: a charge of 89.9 % is not 90 yet."""
        return Entry(Kind.GAUGE, lambda: int(measure(card.view) + 1e-6))

    def duration(measure: Callable[[View], float]) -> Entry:
        return Entry(Kind.TICKS, lambda: ticks(measure(card.view)))

    return {
        powernet("2.1.2"): duration(lambda v: v.on_battery_s),
        CHARGE: gauge(lambda v: v.charge_pct),
        CHARGE_TENTHS: gauge(lambda v: 10 * v.charge_pct),
        powernet("2.2.2"): constant(Kind.GAUGE, 25),
        RUNTIME: duration(lambda v: v.runtime_s),
        INPUT_V: gauge(lambda v: NOMINAL_V * v.mains),
        powernet("3.3.1"): gauge(lambda v: 10 * NOMINAL_V * v.mains),
        powernet("3.2.4"): gauge(lambda v: 50 * v.mains),
        powernet("4.2.1"): gauge(lambda v: NOMINAL_V * v.output),
        powernet("4.2.2"): gauge(lambda v: 50 * v.output),
        LOAD: gauge(lambda v: v.load_pct),
        powernet("4.3.3"): gauge(lambda v: 10 * v.load_pct),
    }


def _states(card: SnmpCard) -> dict[Oid, Entry]:
    def integer(of: Callable[[View], int]) -> Entry:
        return Entry(Kind.INTEGER, lambda: of(card.view))

    def fail_cause(view: View) -> int:
        """Of the last transfer: 1 none, 4 blackout, 9 self-test."""
        if view.testing:
            return 9
        return 4 if card.transferred else 1

    def test_result(view: View) -> int | None:
        """1 passed, 4 in progress, 3 invalid: none has been made."""
        return 4 if view.testing else 3 if card.tested_at_s is None else 1

    return {
        BATTERY_STATUS: integer(lambda v: 3 if v.low else 2),
        powernet("2.2.4"): constant(Kind.INTEGER, 1),
        powernet("3.2.5"): integer(fail_cause),
        OUTPUT_STATUS: integer(_output_status),
        powernet("7.2.3"): Entry(Kind.INTEGER, lambda: test_result(card.view)),
        powernet("7.2.6"): constant(Kind.INTEGER, 1),
        COMMUNICATION: Entry(Kind.INTEGER, lambda: 2 if card.faults.no_comm else 1),
        STATE: Entry(Kind.STRING, lambda: _state(card.view, linked=not card.faults.no_comm)),
    }


def _output_status(view: View) -> int:
    """2 on line, 3 on battery, 4 boost, 5 timed sleep, 7 off, 9 bypass, 11 sleeping until power returns."""
    if view.output:
        if view.on_battery:
            return 3
        return 9 if view.bypassed else 4 if view.boosts else 2
    if view.timed:
        return 5
    return 11 if view.returns else 7


def _state(view: View, *, linked: bool) -> str:
    status = _output_status(view)
    flags = {
        2: view.on_battery,
        3: view.low,
        4: status == 2,
        6: linked,
        17: status == 5,
        18: status == 11,
        19: view.output,
        22: view.falls_in_s is not None,
        29: view.testing,
        58: not view.output,
    }
    return "".join("1" if flags.get(number, False) else "0" for number in range(1, FLAGS + 1))


# What it can be told


def _settings(card: SnmpCard) -> dict[Oid, Entry]:
    """Written values are rounded as `sim/settings.py` says, and read back so."""
    legacy = card.settings.timing is Timing.LEGACY

    def off_delay(settings: UpsSettings, delay_s: float) -> UpsSettings:
        if legacy:
            return replace(settings, shutdown_delay_s=delay_s)
        return replace(settings, power_off_delay_s=delay_s)

    def seconds(
        of: Callable[[UpsSettings], float], put: Callable[[UpsSettings, float], UpsSettings]
    ) -> Entry:
        def write(value: Value) -> None:
            assert isinstance(value, int)
            card.set(put(card.settings, value / TICKS))

        return Entry(Kind.TICKS, lambda: ticks(of(card.settings)), write, within(0, LARGEST))

    def write_charge(value: Value) -> None:
        assert isinstance(value, int)
        card.set(replace(card.settings, min_return_charge_pct=float(value)))

    def write_sleep(value: Value) -> None:
        assert isinstance(value, int)
        card.set_sleep(value / TICKS)

    return {
        powernet("5.2.1"): constant(Kind.INTEGER, NOMINAL_V),
        powernet("5.2.6"): Entry(
            Kind.INTEGER, lambda: int(card.settings.min_return_charge_pct), write_charge, within(0, 100)
        ),
        powernet("5.2.8"): seconds(
            lambda s: s.low_battery_runtime_s, lambda s, v: replace(s, low_battery_runtime_s=v)
        ),
        powernet("5.2.9"): seconds(lambda s: s.return_delay_s, lambda s, v: replace(s, return_delay_s=v)),
        powernet("5.2.10"): seconds(
            lambda s: s.shutdown_delay_s if legacy else s.power_off_delay_s, off_delay
        ),
        powernet("5.2.11"): Entry(Kind.TICKS, lambda: ticks(card.sleep_s), write_sleep, within(0, LARGEST)),
    }


def _controls(card: SnmpCard) -> dict[Oid, Entry]:
    def control(deeds: dict[int, Callable[[], None]]) -> Entry:
        def write(value: Value) -> None:
            if isinstance(value, int) and value in deeds:
                deeds[value]()

        return Entry(Kind.INTEGER, lambda: 1, write, one_of(1, *deeds))

    return {
        powernet("6.1.1"): control({2: lambda: card.off(Off.CONSERVE)}),
        powernet("6.2.1"): control({2: lambda: card.off(Off.NOW), 3: lambda: card.off(Off.GRACEFUL)}),
        powernet("6.2.2"): control(
            {2: lambda: card.off(Off.UNTIL_MAINS, delay_s=0.0), 3: lambda: card.off(Off.UNTIL_MAINS)}
        ),
        powernet("6.2.3"): control(
            {2: lambda: card.off(Off.DELAYED), 3: lambda: card.off(Off.SLEEP, sleep_s=card.sleep_s)}
        ),
        powernet("6.2.6"): control({2: card.on}),
        powernet("7.2.2"): control({2: card.test}),
    }
