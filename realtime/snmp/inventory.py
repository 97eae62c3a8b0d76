"""What a card says of itself beside its readings; and the one SET that changes nothing.

Numbers: PowerNet-MIB 4.5.8 below 1.3.6.1.4.1.318.1.1.1; RFC 1628 below 1.3.6.1.2.1.33.1; RFC 3418.
"""

from __future__ import annotations

from dataclasses import dataclass

from realtime.snmp import apc, rfc1628
from realtime.snmp.answers import Failure
from realtime.snmp.engine import Engine, Target
from realtime.snmp.table import Kind
from realtime.snmp.values import Oid, Value, number, text
from sequencer.ports import Accepted, Receipt

DESCRIPTION, NAME = "1.3.6.1.2.1.1.1.0", "1.3.6.1.2.1.1.5.0"
"""sysDescr, in which APC's cards tell their own firmware; sysName."""
SERIAL: dict[str, Oid] = {"apc": f"{apc.A}.1.2.3.0"}
"""upsAdvIdentSerialNumber. RFC 1628 knows none."""
REPLACE: dict[str, Oid] = {"apc": f"{apc.A}.2.2.4.0"}
"""upsAdvBatteryReplaceIndicator: 1 no, 2 the battery needs replacing."""
BATTERY_BAD: dict[str, Oid] = {"rfc1628": f"{rfc1628.ALARM}.1"}
"""upsAlarmBatteryBad, one of the alarms that are present."""
HARMLESS: dict[str, tuple[Oid, Kind]] = {
    "apc": (apc.RETURN_DELAY, Kind.TICKS),
    "rfc1628": (rfc1628.LOW_BATTERY_MINUTES, Kind.INTEGER),
}
"""A setting that may be written, by table. Written with the very value it has, it changes nothing."""


@dataclass(frozen=True, slots=True)
class Inventory:
    """None: the card does not say."""

    description: str | None = None
    name: str | None = None
    serial: str | None = None
    replace_battery: bool | None = None


async def inventory(engine: Engine, target: Target, table: str) -> Inventory | Failure:
    asked = [oid for oid in (DESCRIPTION, NAME, SERIAL.get(table), REPLACE.get(table)) if oid is not None]
    values = await engine.get(target, asked)
    if isinstance(values, Failure):
        return values
    replace = number(values.get(REPLACE.get(table, "")))
    bad = None if replace not in (1, 2) else replace == 2
    if table in BATTERY_BAD:
        alarms = await engine.column(target, rfc1628.ALARM_KINDS)
        if isinstance(alarms, Failure):
            return alarms
        bad = BATTERY_BAD[table] in alarms.values()
    return Inventory(
        _words(values.get(DESCRIPTION)), text(values.get(NAME)), text(values.get(SERIAL.get(table, ""))), bad
    )


LONGEST_DESCRIPTION = 255
"""Octets of a DisplayString (RFC 2579); APC's cards fill about 150 of them."""


def _words(value: Value | None) -> str | None:
    """As `text`, but whole: the versions stand at its end."""
    if not isinstance(value, bytes):
        return None
    told = value[:LONGEST_DESCRIPTION].decode("utf-8", errors="replace")
    return "".join(sign if sign.isprintable() else " " for sign in told).strip() or None


async def write_back(engine: Engine, target: Target, table: str) -> Receipt:
    """Set one setting to the value it was just read with: whether the card lets us write at all."""
    oid, kind = HARMLESS[table]
    before = await engine.get(target, [oid])
    if isinstance(before, Failure):
        return Receipt(Accepted.UNKNOWN, f"nothing was sent: {before.words}")
    value = number(before[oid])
    if value is None:
        return Receipt(Accepted.UNKNOWN, "nothing was sent: the card has no setting that could be tried")
    answer = await engine.set(target, oid, value, kind)
    if isinstance(answer, Failure):
        return Receipt(Accepted.NO, answer.words)
    after = await engine.get(target, [oid])
    if isinstance(after, Failure) or number(after[oid]) != value:
        told = after.words if isinstance(after, Failure) else f"{number(after[oid])} instead of {value}"
        return Receipt(Accepted.UNKNOWN, f"written, but it reads back {told} ({oid})")
    return Receipt(Accepted.YES)
