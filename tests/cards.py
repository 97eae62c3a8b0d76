"""Pretend UPSes behind real SNMP sockets, and our driver that asks them: one loop and one engine a file."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import wraps
from typing import Any

from realtime.contacts import SnmpContact
from realtime.secret import Secret
from realtime.snmp.credentials import Community, Credentials, User
from realtime.snmp.driver import SnmpUps
from realtime.snmp.engine import Engine
from sequencer.ports import Unreachable, UpsStatus
from sequencer.site import Timing
from teiden.emulator.snmp import apc, rfc1628
from teiden.emulator.snmp.agent import Agent
from tests.carded import USERS, Carded

WRITER = User("writer", "sha256", Secret("writer-auth"), "aes256", Secret("writer-priv"))
READER = User("reader", "sha1", Secret("reader-auth"), "aes128", Secret("reader-priv"))
PUBLIC = Community("2c", Secret("public"))
PRIVATE = Community("2c", Secret("private"))
assert {user.name for user in USERS} == {WRITER.name, READER.name}

LIMIT_S = 20.0
"""Long, because the machine of a test may be busy; what must time out says its own."""

END_S = 20.0
"""A test that hangs is ended."""


@dataclass
class Card:
    pretend: Carded
    agent: Agent
    engine: Engine
    mib: str

    def driver(self, who: Credentials = WRITER, **settings: Any) -> SnmpUps:
        """Of this card, with the site's settings of its UPS unless others are given."""
        contact = {key: settings.pop(key) for key in ("allow_insecure", "outlet_group") if key in settings}
        given = {"limit_s": LIMIT_S, "confirm_s": 0.1, "credentials": who, **settings}
        ups = given.pop("ups", self.pretend.ups.settings)
        where = SnmpContact("127.0.0.1", self.agent.port, self.mib, who.version, **contact)
        return SnmpUps(self.engine, where, ups, given.pop("limit_s"), **given)


class Cards:
    """Making an engine takes longer than any of these tests: they share one, and so its loop."""

    def __init__(self, runner: asyncio.Runner) -> None:
        self._runner = runner
        self.engine = runner.run(self._made())

    @staticmethod
    async def _made() -> Engine:
        return Engine()

    def run(self, test: Coroutine[Any, Any, None]) -> None:
        self._runner.run(asyncio.wait_for(test, END_S))

    @asynccontextmanager
    async def card(self, mib: str = "apc", **settings: Any) -> AsyncIterator[Card]:
        if mib == "rfc1628":
            settings.setdefault("timing", Timing.RFC1628)
        pretend = Carded(apc if mib == "apc" else rfc1628, **settings)
        agent = pretend.agent()
        await agent.start()
        try:
            yield Card(pretend, agent, self.engine, mib)
        finally:
            await agent.close()


def shared() -> Iterator[Cards]:
    """The fixture `cards` of a file is this."""
    with asyncio.Runner() as runner:
        cards = Cards(runner)
        yield cards
        runner.run(cards.engine.close())


def on_its_loop(test: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., None]:
    """An async test, run on the loop of its `cards`."""

    @wraps(test)
    def run(cards: Cards, **given: Any) -> None:
        cards.run(test(cards, **given))

    return run


def status(answer: UpsStatus | Unreachable) -> UpsStatus:
    assert isinstance(answer, UpsStatus), answer
    return answer
