"""Reads one card once, with whichever table it answers, and tells what is understood and what is odd."""

from __future__ import annotations

from dataclasses import dataclass, replace

from realtime.contacts import SnmpContact
from realtime.snmp.answers import Failure, Trouble
from realtime.snmp.credentials import Credentials
from realtime.snmp.driver import table_for
from realtime.snmp.engine import Engine, Target
from realtime.snmp.poll import Lookup, also
from realtime.snmp.reading import Reading
from realtime.snmp.values import SYS_UP_TIME, Oid, Value, text

SYS_DESCR = "1.3.6.1.2.1.1.1.0"
TABLES = ("apc", "rfc1628")
"""In this order: APC's cards answer both, and say more in their own."""


@dataclass(frozen=True, slots=True)
class Probed:
    profile: str
    """Which table it answers."""
    reading: Reading
    description: str | None
    """sysDescr: what the card calls itself."""


async def probe(
    engine: Engine, contact: SnmpContact, credentials: Credentials, *, limit_s: float, mib: str = "auto"
) -> Probed | Failure:
    """`limit_s`: for each request. The first table with an object of its own is the card's."""
    target = await engine.target(contact.host, contact.port, credentials, limit_s=limit_s)
    if isinstance(target, Failure):
        return target
    hello = await engine.get(target, [SYS_DESCR, SYS_UP_TIME])
    if isinstance(hello, Failure):
        return hello
    for name in TABLES if mib == "auto" else (mib,):
        found = await _read(engine, target, replace(contact, mib=name))
        if found is not None:
            return found if isinstance(found, Failure) else replace(found, description=text(hello[SYS_DESCR]))
    asked = " nor ".join(TABLES) if mib == "auto" else mib
    neither = "neither " if mib == "auto" else "not "
    return Failure(Trouble.REFUSED, f"it answers SNMP, but {neither}{asked}: it is no UPS card we know")


async def _read(engine: Engine, target: Target, contact: SnmpContact) -> Probed | Failure | None:
    table = table_for(contact)
    lookup = Lookup(table)
    trouble = await lookup.go_on(engine, target)
    if trouble is not None:
        return trouble
    values: dict[Oid, Value | None] = dict(lookup.found)
    if not values.keys() - {SYS_UP_TIME}:
        return None
    return await also(engine, target, table, values) or Probed(table.name, table.reading(values), None)
