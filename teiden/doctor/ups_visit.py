"""One visit to a UPS: everything that its checks need, read once and one after the other."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sequencer.ports import Unreachable, UpsStatus

if TYPE_CHECKING:
    from realtime.snmp.driver import SnmpUps
    from realtime.snmp.inventory import Inventory
    from realtime.snmp.reading import Reading
    from realtime.snmp.settings import Difference
    from teiden.doctor.context import Context

LOOKS = 5
"""Timed one after the other, after the first, which also has to learn what the card has."""


@dataclass(frozen=True)
class UpsVisit:
    status: UpsStatus | Unreachable
    state: str = ""
    """Of its card, by the name of `realtime.snmp.driver.State`; '' without a card of its own."""
    reading: Reading | None = None
    """The card's last one, also of a card that has lost its UPS."""
    inventory: Inventory | None = None
    differences: tuple[Difference, ...] = ()
    """What the card has otherwise than the site file says."""
    looks_s: tuple[float, ...] = ()
    """How long each took."""
    unanswered: int = 0
    """Of these looks."""
    engine_id: bytes | None = None
    also: str = field(default="")
    """A MIB that the card answers too, or instead."""


async def visit(ctx: Context, name: str) -> UpsVisit:
    driver = ctx.machines.upses[name]
    if not ctx.has_card(name):
        status = await driver.read()
        looks_s, unanswered = ((), 0) if isinstance(status, Unreachable) else await _timed(driver.read)
        return UpsVisit(status, looks_s=looks_s, unanswered=unanswered)
    from realtime.snmp.driver import SnmpUps

    assert isinstance(driver, SnmpUps)
    return await _visit_card(ctx, name, driver)


async def _visit_card(ctx: Context, name: str, driver: SnmpUps) -> UpsVisit:
    status = await driver.read()
    state, reading = driver.state.name, driver.reading
    if isinstance(status, Unreachable):
        also = await _mib(ctx, name) if state == "SAYS_TOO_LITTLE" else ""
        return UpsVisit(status, state, reading, also=also)
    inventory, differences = await driver.inventory(), await driver.differences()
    looks_s, unanswered = await _timed(driver.read)
    return UpsVisit(
        status,
        state,
        driver.reading,
        None if isinstance(inventory, Unreachable) else inventory,
        () if isinstance(differences, Unreachable) else differences,
        looks_s,
        unanswered,
        driver.engine_id,
    )


async def _timed(read: Callable[[], Awaitable[UpsStatus | Unreachable]]) -> tuple[tuple[float, ...], int]:
    loop, took_s, unanswered = asyncio.get_running_loop(), [], 0
    for _ in range(LOOKS):
        began_s = loop.time()
        unanswered += isinstance(await read(), Unreachable)
        took_s.append(loop.time() - began_s)
    return tuple(took_s), unanswered


async def _mib(ctx: Context, name: str) -> str:
    """The table that the card does answer; '' if it is none of ours."""
    from realtime.contacts import SnmpContact
    from realtime.snmp.credentials import credentials_of
    from realtime.snmp.probe import Probed, probe

    contact = ctx.contacts.upses[name]
    assert isinstance(contact, SnmpContact)
    assert ctx.engine is not None
    found = await probe(ctx.engine, contact, credentials_of(contact), limit_s=ctx.look_limit_s)
    return found.profile if isinstance(found, Probed) and found.profile != contact.mib else ""
