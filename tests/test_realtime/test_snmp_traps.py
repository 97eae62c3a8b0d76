"""Traps and informs on real sockets: a reason to look sooner at a known, genuine card, not too often."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from socket import AF_INET, SOCK_DGRAM, socket
from typing import Any

import pytest
from pyasn1.codec.ber import encoder
from pysnmp.hlapi.v3arch.asyncio import (
    CommunityData,
    ContextData,
    NotificationType,
    ObjectIdentity,
    SnmpEngine,
    UdpTransportTarget,
    UsmUserData,
    send_notification,
)
from pysnmp.proto.api import v2c

from realtime.secret import Secret
from realtime.snmp.credentials import Community
from realtime.snmp.speaker import AUTH_PROTOCOLS, PRIVACY_PROTOCOLS
from realtime.snmp.traps import Sender, TrapListener
from teiden.emulator.snmp import traps
from teiden.emulator.snmp.notify import Destination, Notifier
from tests.cards import PUBLIC, READER, Cards, on_its_loop, shared, status

HOME = "127.0.0.1"
ON_BATTERY = "1.3.6.1.4.1.318.0.5"


@pytest.fixture(scope="module")
def cards() -> Iterator[Cards]:
    yield from shared()


class Pokes:
    """Who was to be looked at, in order."""

    def __init__(self) -> None:
        self.devices: list[str] = []
        self._came = asyncio.Event()

    def __call__(self, device: str) -> None:
        self.devices.append(device)
        self._came.set()

    async def next(self) -> None:
        await asyncio.wait_for(self._came.wait(), 5)
        self._came.clear()


@asynccontextmanager
async def listening(
    senders: Sequence[Sender], address: str = HOME, **settings: Any
) -> AsyncIterator[tuple[TrapListener, Pokes]]:
    pokes = Pokes()
    listener = TrapListener(HOME, 0, {address: senders}, pokes, **settings)
    await listener.start()
    try:
        yield listener, pokes
    finally:
        await listener.close()


def trap(community: str = "public") -> bytes:
    pdu = v2c.TrapPDU()
    v2c.apiTrapPDU.set_defaults(pdu)
    message = v2c.Message()
    v2c.apiMessage.set_defaults(message)
    v2c.apiMessage.set_community(message, community)
    v2c.apiMessage.set_pdu(message, pdu)
    return bytes(encoder.encode(message))


async def until(happened: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not happened():
            await asyncio.sleep(0.002)


@pytest.mark.parametrize("version", [*(pytest.param(v, marks=pytest.mark.long) for v in ("1", "2c")), "3"])
@on_its_loop
async def test_a_cards_own_trap_makes_it_be_looked_at(cards: Cards, version: str) -> None:
    async with cards.card() as c:
        driver = c.driver(READER)
        status(await driver.read())
        sender = Sender("ups1", READER, lambda: driver.engine_id)
        async with listening([sender], communities=[Secret("public")]) as (listener, pokes):
            secret, user = (None, "reader") if version == "3" else (Secret("public"), "")
            place = Destination((HOME, listener.port), version, secret, user)
            notifier = Notifier(c.pretend.card, c.agent, traps.powernet, [place], lambda do: do())
            c.pretend.ups.set_mains(False)
            await pokes.next()
            assert pokes.devices == ["ups1"]
            notifier.close()


@pytest.mark.parametrize("version", [pytest.param("2c", marks=pytest.mark.long), "3"])
@on_its_loop
async def test_an_inform_is_acknowledged(cards: Cards, version: str) -> None:
    async with listening([Sender("ups1", READER)], communities=[Secret("public")]) as (listener, pokes):
        keys = ("reader", "reader-auth", "reader-priv", AUTH_PROTOCOLS["sha1"], PRIVACY_PROTOCOLS["aes128"])
        who = UsmUserData(*keys) if version == "3" else CommunityData("public", mpModel=1)
        engine = SnmpEngine()
        place = await UdpTransportTarget.create((HOME, listener.port), timeout=2, retries=1)
        trouble, *_ = await send_notification(
            engine, who, place, ContextData(), "inform", NotificationType(ObjectIdentity(ON_BATTERY))
        )
        engine.close_dispatcher()
        await asyncio.sleep(0)
        assert trouble is None
        assert pokes.devices == ["ups1"]


@on_its_loop
async def test_a_trap_from_nobody_we_know_is_dropped(cards: Cards) -> None:
    async with listening([Sender("ups1", PUBLIC)], address="192.0.2.7") as (listener, pokes):
        with socket(AF_INET, SOCK_DGRAM) as stranger:
            stranger.sendto(trap(), (HOME, listener.port))
            await until(lambda: listener.heard.unknown == 1)
        assert pokes.devices == []


@pytest.mark.parametrize(
    "forged",
    [trap("wrong"), b"", b"\0" * 20, b"\x30\x84\xff\xff\xff\xff", b"on battery!", trap()[:-4]],
    ids=["community", "nothing", "zeros", "length", "words", "cut"],
)
@on_its_loop
async def test_what_is_not_genuine_is_refused_and_the_next_trap_is_heard(cards: Cards, forged: bytes) -> None:
    async with listening([Sender("ups1", PUBLIC)]) as (listener, pokes):
        with socket(AF_INET, SOCK_DGRAM) as sender:
            sender.sendto(forged, (HOME, listener.port))
            await until(lambda: listener.heard.refused == 1)
            assert pokes.devices == []
            sender.sendto(trap(), (HOME, listener.port))
            await pokes.next()


@on_its_loop
async def test_a_trap_of_version_3_for_a_card_that_was_never_read_is_refused(cards: Cards) -> None:
    async with cards.card() as c, listening([Sender("ups1", READER)]) as (listener, pokes):
        place = Destination((HOME, listener.port), "3", user="reader")
        notifier = Notifier(c.pretend.card, c.agent, traps.powernet, [place], lambda do: do())
        c.pretend.ups.set_mains(False)
        await until(lambda: listener.heard.refused > 0)
        assert pokes.devices == []
        notifier.close()


@on_its_loop
async def test_sec_4_ten_thousand_forged_traps_cause_a_few_looks_and_no_action(cards: Cards) -> None:
    """They carry the right community: v2c cannot tell. The card is looked at, and is seen on line."""
    async with cards.card() as c:
        driver = c.driver(PUBLIC)
        async with listening([Sender("ups1", PUBLIC)], read_per_s=20) as (listener, pokes):
            begun_s = asyncio.get_running_loop().time()
            with socket(AF_INET, SOCK_DGRAM) as forger:
                await flood(forger, (HOME, listener.port), listener, 10_000)
            took_s = asyncio.get_running_loop().time() - begun_s
            assert 1 <= len(pokes.devices) <= took_s + 1
            assert listener.heard.dropped >= 10_000 - 20 * (took_s + 2)
        seen = status(await driver.read())
        assert (seen.mains, seen.off_armed) == (True, False)
        assert c.pretend.told("ups.off_armed") == []


async def flood(forger: socket, where: tuple[str, int], listener: TrapListener, n: int) -> None:
    """In bursts that the system's buffer holds, so that all of them arrive."""
    forged = trap()
    for sent in range(100, n + 1, 100):
        for _ in range(100):
            forger.sendto(forged, where)
        await until(partial(_have_arrived, listener, sent))


def _have_arrived(listener: TrapListener, n: int) -> bool:
    return listener.heard.all >= n


@on_its_loop
async def test_cards_that_share_an_address_are_all_looked_at(cards: Cards) -> None:
    senders = [Sender("ups1", PUBLIC), Sender("ups2", Community("2c", Secret("other")))]
    async with listening(senders) as (listener, pokes):
        with socket(AF_INET, SOCK_DGRAM) as sender:
            sender.sendto(trap("other"), (HOME, listener.port))
            await until(lambda: len(pokes.devices) == 2)


@on_its_loop
async def test_a_port_that_is_taken_is_an_oserror_at_the_start(cards: Cards) -> None:
    async with listening([]) as (listener, _):
        second = TrapListener(HOME, listener.port, {}, print)
        with pytest.raises(OSError, match="in use"):
            await second.start()
