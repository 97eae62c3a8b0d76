"""What a card that follows RFC 1628 tells of its UPS, as OIDs below 1.3.6.1.2.1.33.

Values and enumerations are those of the RFC. What can be written stands in `rfc1628_orders`.
"""

from __future__ import annotations

from collections.abc import Callable

from teiden.emulator.snmp.card import NOMINAL_V, SnmpCard, View
from teiden.emulator.snmp.mib import Mib
from teiden.emulator.snmp.objects import Entry, Kind, Oid, constant
from teiden.emulator.snmp.rfc1628_orders import OBJECTS, UPS_MIB, orders, ups_mib
from teiden.emulator.snmp.system import system

IMMINENT_S = 5.0
"""upsAlarmShutdownImminent: less than five seconds are left."""

MODEL = ups_mib("1.2")
BATTERY_STATUS = ups_mib("2.1")
MINUTES = ups_mib("2.3")
CHARGE = ups_mib("2.4")
INPUT_V = (*OBJECTS, 3, 3, 1, 3, 1)
SOURCE = ups_mib("4.1")
LOAD = (*OBJECTS, 4, 4, 1, 5, 1)
"""Those that a fault may lie about (`Faults.instead`)."""

ON_BATTERY, LOW, DEPLETED, INPUT_BAD, OFF_AS_REQUESTED = 2, 3, 4, 6, 11
NO_COMMUNICATION, AWAITING_POWER, SHUTDOWN_PENDING, SHUTDOWN_IMMINENT = 20, 21, 22, 23
"""upsWellKnownAlarms, the last number of their OIDs; they number their rows too."""


def alarm(number: int) -> Oid:
    return (*OBJECTS, 6, 3, number)


def tables(card: SnmpCard) -> Mib:
    entries = system(card, "Pretend UPS agent (RFC 1628)", UPS_MIB)
    entries |= _identity(card) | _battery(card) | _lines(card) | _alarms(card) | orders(card)
    return Mib(entries, faults=card.faults, before=card.look)


# What it tells


def _integer(card: SnmpCard, of: Callable[[View], float]) -> Entry:
    """What has been reached in full: 89.9 % is not 90 yet."""
    return Entry(Kind.INTEGER, lambda: int(of(card.view) + 1e-6))


def _identity(card: SnmpCard) -> dict[Oid, Entry]:
    return {
        ups_mib("1.1"): constant(Kind.STRING, "Teiden"),
        MODEL: constant(Kind.STRING, "Pretend UPS"),
        ups_mib("1.3"): constant(Kind.STRING, "1.0"),
        ups_mib("1.4"): constant(Kind.STRING, "1.0"),
        ups_mib("1.5"): constant(Kind.STRING, card.ups.name),
        ups_mib("1.6"): constant(Kind.STRING, ""),
    }


def _battery(card: SnmpCard) -> dict[Oid, Entry]:
    def status(view: View) -> int:
        if view.charge_pct == 0.0:
            return 4
        return 3 if view.low else 2

    return {
        BATTERY_STATUS: _integer(card, status),
        ups_mib("2.2"): _integer(card, lambda v: v.on_battery_s),
        MINUTES: _integer(card, lambda v: v.runtime_s / 60),
        CHARGE: _integer(card, lambda v: v.charge_pct),
        ups_mib("2.7"): constant(Kind.INTEGER, 25),
    }


def _lines(card: SnmpCard) -> dict[Oid, Entry]:
    def source(view: View) -> int:
        """2 none, 3 normal, 4 bypass, 5 battery, 6 booster."""
        if not view.output:
            return 2
        if view.on_battery:
            return 5
        return 4 if view.bypassed else 6 if view.boosts else 3

    return {
        ups_mib("3.2"): constant(Kind.INTEGER, 1),
        (*OBJECTS, 3, 3, 1, 2, 1): _integer(card, lambda v: 500 * v.mains),
        INPUT_V: _integer(card, lambda v: NOMINAL_V * v.mains),
        SOURCE: _integer(card, source),
        ups_mib("4.2"): _integer(card, lambda v: 500 * v.output),
        ups_mib("4.3"): constant(Kind.INTEGER, 1),
        (*OBJECTS, 4, 4, 1, 2, 1): _integer(card, lambda v: NOMINAL_V * v.output),
        LOAD: _integer(card, lambda v: v.load_pct),
    }


def alarms_of(view: View) -> tuple[int, ...]:
    """Those that are present, by what the card knows of its UPS."""
    left_s = view.falls_in_s
    present = {
        ON_BATTERY: view.on_battery,
        LOW: view.low,
        DEPLETED: view.charge_pct == 0.0,
        INPUT_BAD: not view.mains,
        OFF_AS_REQUESTED: not view.output,
        AWAITING_POWER: view.returns and not view.mains,
        SHUTDOWN_PENDING: left_s is not None,
        SHUTDOWN_IMMINENT: left_s is not None and left_s < IMMINENT_S,
    }
    return tuple(number for number, holds in present.items() if holds)


def _present(card: SnmpCard) -> tuple[int, ...]:
    lost = (NO_COMMUNICATION,) if card.faults.no_comm else ()
    return alarms_of(card.view) + lost


def _alarms(card: SnmpCard) -> dict[Oid, Entry]:
    def row(number: int) -> Entry:
        return Entry(Kind.OID, lambda: alarm(number) if number in _present(card) else None)

    known = (
        ON_BATTERY,
        LOW,
        DEPLETED,
        INPUT_BAD,
        OFF_AS_REQUESTED,
        NO_COMMUNICATION,
        AWAITING_POWER,
        SHUTDOWN_PENDING,
        SHUTDOWN_IMMINENT,
    )
    return {
        ups_mib("6.1"): Entry(Kind.GAUGE, lambda: len(_present(card))),
        **{(*OBJECTS, 6, 2, 1, 2, number): row(number) for number in known},
    }
