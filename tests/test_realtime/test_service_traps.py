"""SEC-4: ten thousand forged traps hasten a few looks at a card, and move nothing."""

from __future__ import annotations

import asyncio
import socket
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import pytest

from realtime.contacts import Contacts, SnmpContact
from teiden.emulator.rehearsal import free_port
from teiden.emulator.room import COMMUNITY
from teiden.emulator.snmp.agent import Agent
from tests.living import Living, living, overheard, small_story
from tests.test_realtime.test_snmp_traps import trap

FORGED = 10_000
BURST = 100
RATE = 5.0
MOST_PER_LOOK = 6
"""Datagrams that one look at a card takes, settings looked up anew among them."""


@pytest.mark.long
def test_sec_4_forged_traps_cause_no_action_and_no_more_looks_than_are_allowed(tmp_path: Path) -> None:
    """They carry the right community and come from the card's address: nobody can tell them apart."""
    port = free_port()

    def hearing(contacts: Contacts) -> Contacts:
        card = contacts.upses["ups5"]
        assert isinstance(card, SnmpContact)
        live = replace(contacts.live, traps_address="127.0.0.1", traps_port=port)
        upses = {**contacts.upses, "ups5": replace(card, version="2c", user=COMMUNITY, secret="")}
        return replace(contacts, live=live, upses=upses)

    async def steps(its: Living) -> None:
        await its.until(lambda: its.events("lease.taken"))
        await its.until(lambda: all(ups.fresh for ups in its.status().upses))
        ups5 = its.room.agents["ups5"]
        calm = await asked(ups5, 2.0)
        asks.clear()
        begun_s = time.monotonic()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as forger:
            for _ in range(FORGED // BURST):
                for _ in range(BURST):
                    forger.sendto(trap(COMMUNITY), ("127.0.0.1", port))
                await asyncio.sleep(0.01)
        flooded_per_s = asks[ups5] / (time.monotonic() - begun_s)
        assert flooded_per_s <= calm + MOST_PER_LOOK, "one hastened look in a second, at most"
        await its.passes(20)
        assert not any(e.name in ("outage.suspected", "incident.opened", "command.sent") for e in its.stream)
        assert {ups.name for ups in its.status().upses if ups.fresh} == {"ups1", "ups3", "ups4", "ups5"}

    asks: Counter[Agent] = Counter()
    hears = Agent.hears

    def counted(agent: Agent) -> bool:
        asks[agent] += 1
        return hears(agent)

    async def asked(agent: Agent, for_s: float) -> float:
        asks.clear()
        await asyncio.sleep(for_s)
        return asks[agent] / for_s

    async def lived() -> None:
        async with living(story, tmp_path / "room", rate=RATE, contacts=hearing) as its:
            await steps(its)

    story = small_story(tmp_path)
    with overheard() as heard, patch.object(Agent, "hears", counted):
        asyncio.run(lived())
    assert heard == []
