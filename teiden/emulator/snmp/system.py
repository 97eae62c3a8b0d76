"""The system group (RFC 3418) that every card serves, whatever it knows of UPSes."""

from __future__ import annotations

from teiden.emulator.snmp.card import SnmpCard
from teiden.emulator.snmp.objects import LARGEST, TICKS, Entry, Kind, Oid, constant

SYSTEM = (1, 3, 6, 1, 2, 1, 1)
UPTIME = (*SYSTEM, 3, 0)


def ticks(seconds: float) -> int:
    """Hundredths of a second that have passed in full, as far as TimeTicks reach."""
    return min(int(seconds * TICKS + 1e-6), LARGEST)


def uptime_ticks(card: SnmpCard) -> int:
    """sysUpTime begins anew after 497 days, as that of a real card does."""
    return int(card.uptime_s * TICKS) % (LARGEST + 1)


def system(card: SnmpCard, description: str, object_id: Oid) -> dict[Oid, Entry]:
    return {
        (*SYSTEM, 1, 0): constant(Kind.STRING, description),
        (*SYSTEM, 2, 0): constant(Kind.OID, object_id),
        UPTIME: Entry(Kind.TICKS, lambda: uptime_ticks(card)),
        (*SYSTEM, 4, 0): constant(Kind.STRING, ""),
        (*SYSTEM, 5, 0): constant(Kind.STRING, card.ups.name),
        (*SYSTEM, 6, 0): constant(Kind.STRING, "pretend room"),
        (*SYSTEM, 7, 0): constant(Kind.INTEGER, 72),
    }
