"""One check at a time, held against devices on real sockets of this machine."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from realtime.contacts import Contacts, SnmpContact
from teiden.doctor.context import Context
from teiden.doctor.finding import Found, Level
from teiden.doctor.opening import opened
from teiden.doctor.registry import all_checks
from teiden.emulator.snmp import apc
from teiden.emulator.snmp.agent import Agent
from teiden.files.site_file import SiteFile, load_site
from tests.carded import Carded

REFERENCE = Path(__file__).parents[1] / "scenarios/sites/reference.yaml"
ME = "control1"
LIMIT_S = 20.0
"""Of a look: longer than a busy machine takes; tests of silence say a shorter one."""
OK, WARN, FAIL = Level
AS_IN_THE_FILE = {"return_delay_s": 60.0, "min_return_charge_pct": 15.0}
"""What the reference site asks of every UPS, beside what is asked of all."""


@cache
def reference() -> SiteFile:
    return load_site(REFERENCE)


def with_site(**changes: Any) -> SiteFile:
    """The reference site with fields of it replaced."""
    loaded = reference()
    return replace(loaded, site=replace(loaded.site, **changes))


def found(
    id: str,
    contacts: Contacts,
    name: str = ME,
    *,
    site_file: SiteFile | None = None,
    prepare: Callable[[Context], None] = lambda ctx: None,
    **settings: Any,
) -> Awaitable[list[Found]]:
    """What this check finds of this name."""
    (check,) = (check for check in all_checks() if check.id == id)

    async def held() -> list[Found]:
        told = {"look_limit_s": LIMIT_S, **settings}
        async with opened(site_file or reference(), contacts, told.pop("me", ME), **told) as ctx:
            prepare(ctx)
            return [row async for row in check.look(ctx, name)]

    return held()


def look(id: str, contacts: Contacts | None = None, name: str = ME, **settings: Any) -> list[Found]:
    return asyncio.run(_as_task(found(id, contacts or Contacts(), name, **settings)))


async def _as_task(work: Awaitable[list[Found]]) -> list[Found]:
    return await work


def only(rows: Iterable[Found]) -> tuple[Level, str, str]:
    """The one row there is."""
    (row,) = rows
    return row.level, row.words, row.do


# UPSes


@asynccontextmanager
async def carded(card: Carded | None = None, **settings: Any) -> AsyncIterator[tuple[Agent, SnmpContact]]:
    """A card, and how it is reached so that commands are let in: SNMP 2c, which costs the tests no keys."""
    card = card or Carded(**{**AS_IN_THE_FILE, **settings})
    agent = card.agent()
    await agent.start()
    try:
        yield agent, SnmpContact("127.0.0.1", agent.port, version="2c", user="private", allow_insecure=True)
    finally:
        await agent.close()


def at_a_card(id: str, card: Carded, name: str = "ups1", **settings: Any) -> list[Found]:
    """What a check finds of one UPS, whose card this is; `contact`: changes of how it is reached."""
    changes = settings.pop("contact", {})

    async def run() -> list[Found]:
        async with carded(card) as (_, contact):
            return await found(id, Contacts(upses={name: replace(contact, **changes)}), name, **settings)

    return asyncio.run(run())


def fine(**settings: Any) -> Carded:
    """A card that is set as the reference site says."""
    return Carded(apc, **{**AS_IN_THE_FILE, **settings})
