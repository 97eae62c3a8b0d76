"""The traps a pretend card sends: which, when, to whom, and in which version."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest
from pyasn1.codec.ber import decoder
from pysnmp.carrier.asyncio.dgram import udp
from pysnmp.entity import config
from pysnmp.entity.rfc3413 import ntfrcv
from pysnmp.proto.api import v1, v2c

from realtime.secret import Secret
from sequencer.ports import Off
from sequencer.site import Timing
from sim.model import UpsModel
from teiden.emulator.snmp import rfc1628, traps
from teiden.emulator.snmp.access import User
from teiden.emulator.snmp.apc import ENTERPRISE
from teiden.emulator.snmp.engine import engine
from teiden.emulator.snmp.notify import Destination, Notifier
from teiden.emulator.snmp.rfc1628_orders import LOW_MINUTES, UPS_MIB, ups_mib
from teiden.emulator.snmp.traps import MESSAGE, Traps
from tests.asking import SILENCE_S
from tests.carded import Carded

LIMIT_S = 30.0
PUBLIC = Secret("public")


class Mailbox(asyncio.DatagramProtocol):
    def __init__(self) -> None:
        self.heard: asyncio.Queue[bytes] = asyncio.Queue()

    def datagram_received(self, data: bytes, addr: Any) -> None:
        self.heard.put_nowait(data)

    async def numbers(self, count: int) -> list[int]:
        """The last numbers of so many trap OIDs of version 2c, and nothing after them."""
        found = []
        for _ in range(count):
            data = await asyncio.wait_for(self.heard.get(), LIMIT_S)
            found.append(int(version_2c(data)[traps_oid()][-1]))
        await asyncio.sleep(SILENCE_S)
        assert self.heard.empty()
        return found


def traps_oid() -> tuple[int, ...]:
    return (1, 3, 6, 1, 6, 3, 1, 1, 4, 1, 0)


def version_2c(data: bytes) -> dict[tuple[int, ...], Any]:
    message, _ = decoder.decode(data, asn1Spec=v2c.Message())
    assert str(v2c.apiMessage.get_community(message)) == "public"
    return {tuple(n): v for n, v in v2c.apiPDU.get_varbinds(v2c.apiMessage.get_pdu(message))}


@asynccontextmanager
async def mailbox() -> AsyncIterator[tuple[Mailbox, tuple[str, int]]]:
    transport, box = await asyncio.get_running_loop().create_datagram_endpoint(
        Mailbox, local_addr=("127.0.0.1", 0)
    )
    try:
        yield box, transport.get_extra_info("sockname")
    finally:
        transport.close()
        await asyncio.sleep(0)


@asynccontextmanager
async def notifying(
    room: Carded, what: Traps, destinations: Sequence[Destination], **settings: Any
) -> AsyncIterator[None]:
    agent = room.agent(**{"users": (), **settings})
    await agent.start()
    notifier = Notifier(room.card, agent, what, destinations, lambda do: do())
    try:
        yield
    finally:
        notifier.close()
        await agent.close()


def heard(room: Carded, what: Traps, do: Any, count: int) -> list[int]:
    async def run() -> list[int]:
        async with mailbox() as (box, at), notifying(room, what, [Destination(at, community=PUBLIC)]):
            await do()
            return await box.numbers(count)

    return asyncio.run(run())


@pytest.fixture
def room() -> Carded:
    return Carded()


def test_each_change_of_the_power_is_told_once(room: Carded) -> None:
    async def outage() -> None:
        for deed in (
            lambda: room.ups.set_mains(False),
            lambda: room.ups.set_mains(True),
            lambda: room.ups.switch_off(Off.GRACEFUL),
            lambda: room.go(500),
            room.ups.switch_on,
        ):
            deed()
            await asyncio.sleep(0)

    assert heard(room, traps.powernet, outage, 5) == [5, 9, 39, 12, 30]


def test_a_ups_that_will_come_back_sleeps_and_wakes(room: Carded) -> None:
    async def sleep() -> None:
        room.ups.set_mains(False)
        await asyncio.sleep(0)
        room.ups.switch_off(Off.CONSERVE)
        await asyncio.sleep(0)
        room.ups.set_mains(True)
        room.go(20)
        await asyncio.sleep(0)

    told = heard(room, traps.powernet, sleep, 4)
    assert told[:2] == [5, 13]
    assert sorted(told[2:]) == [9, 14]


def test_a_low_battery_and_its_end_are_told() -> None:
    room = Carded(model=UpsModel(charge_pct=0.02))

    async def low() -> None:
        room.ups.set_mains(False)
        room.go(1)
        await asyncio.sleep(0)
        room.ups.set_mains(True)
        await asyncio.sleep(0)

    assert sorted(heard(room, traps.powernet, low, 4)) == [5, 7, 9, 11]


def test_a_silent_card_sends_nothing(room: Carded) -> None:
    async def outage() -> None:
        room.card.faults.silent = True
        room.ups.set_mains(False)
        await asyncio.sleep(0)
        room.card.faults.silent = False
        room.ups.set_mains(True)

    assert heard(room, traps.powernet, outage, 1) == [9]


def test_rfc1628_repeats_that_it_is_on_battery_every_minute() -> None:
    room = Carded(rfc1628, timing=Timing.RFC1628)

    async def outage() -> None:
        room.ups.set_mains(False)
        await asyncio.sleep(0)
        room.go(130)
        room.ups.set_mains(True)
        await asyncio.sleep(0)
        room.go(1000)

    # On battery, input bad; twice more on battery; both alarms go.
    assert heard(room, traps.rfc1628, outage, 6) == [1, 3, 1, 1, 4, 4]


def test_rfc1628_tells_how_long_it_still_lasts() -> None:
    room = Carded(rfc1628, timing=Timing.RFC1628)

    async def run() -> dict[tuple[int, ...], Any]:
        async with (
            mailbox() as (box, at),
            notifying(room, traps.rfc1628, [Destination(at, community=PUBLIC)]),
        ):
            room.ups.set_mains(False)
            return version_2c(await asyncio.wait_for(box.heard.get(), LIMIT_S))

    pairs = asyncio.run(run())
    assert tuple(pairs[traps_oid()]) == (*UPS_MIB, 2, 1)
    assert (int(pairs[ups_mib("2.2")]), int(pairs[LOW_MINUTES])) == (0, 2)


def test_version_1_has_its_own_form(room: Carded) -> None:
    async def run() -> bytes:
        async with mailbox() as (box, at), notifying(room, traps.powernet, [Destination(at, "1", PUBLIC)]):
            room.ups.set_mains(False)
            return await asyncio.wait_for(box.heard.get(), LIMIT_S)

    message, _ = decoder.decode(asyncio.run(run()), asn1Spec=v1.Message())
    pdu = v1.apiMessage.get_pdu(message)
    assert tuple(v1.apiTrapPDU.get_enterprise(pdu)) == ENTERPRISE
    assert int(v1.apiTrapPDU.get_generic_trap(pdu)) == 6
    assert int(v1.apiTrapPDU.get_specific_trap(pdu)) == 5
    assert int(v1.apiTrapPDU.get_timestamp(pdu)) == 8640000
    assert [tuple(oid) for oid, _ in v1.apiTrapPDU.get_varbinds(pdu)] == [MESSAGE]


class Listener:
    """Hears version 3 from the one engine it knows."""

    def __init__(self, user: User, sender: bytes) -> None:
        self.heard: asyncio.Queue[dict[tuple[int, ...], Any]] = asyncio.Queue()
        self._engine = engine(b"\x80\x00\x00\x00\x04listener")
        self._transport = udp.UdpTransport().open_server_mode(("127.0.0.1", 0))
        config.add_transport(self._engine, udp.DOMAIN_NAME, self._transport)
        self._engine_user(user, sender)
        ntfrcv.NotificationReceiver(self._engine, self._take)

    def _engine_user(self, user: User, sender: bytes) -> None:
        config.add_v3_user(
            self._engine,
            user.name,
            config.USM_AUTH_HMAC96_SHA,
            user.secret.reveal(),
            config.USM_PRIV_CFB128_AES,
            user.privacy_secret.reveal(),
            securityEngineId=v2c.OctetString(sender),
        )

    async def address(self) -> tuple[str, int]:
        transport, _ = await self._transport._lport
        return transport.get_extra_info("sockname")  # type: ignore[no-any-return]

    def _take(self, engine: Any, state: Any, context_id: Any, name: Any, pairs: Any, context: Any) -> None:
        self.heard.put_nowait({tuple(n): v for n, v in pairs})

    async def close(self) -> None:
        self._engine.close_dispatcher()
        await asyncio.sleep(0)


def test_version_3_is_signed_for_the_cards_own_engine_and_each_place_hears_it_once(room: Carded) -> None:
    reader = User("reader", Secret("reader-auth"), Secret("reader-priv"))
    sender = room.agent().engine_id

    async def run() -> None:
        one, two = Listener(reader, sender), Listener(reader, sender)
        async with mailbox() as (box, address):
            places = [
                Destination(await one.address(), "3", user="reader"),
                Destination(address, community=PUBLIC),
                Destination(await two.address(), "3", user="reader"),
            ]
            async with notifying(room, traps.powernet, places, users=[reader]):
                room.ups.set_mains(False)
                for listener in (one, two):
                    pairs = await asyncio.wait_for(listener.heard.get(), LIMIT_S)
                    assert tuple(pairs[traps_oid()]) == (*ENTERPRISE, 0, 5)
                assert await box.numbers(1) == [5]
                assert one.heard.empty()
                assert two.heard.empty()
        await one.close()
        await two.close()

    asyncio.run(run())


def test_a_place_where_nobody_listens_is_no_trouble(room: Carded) -> None:
    async def outage() -> None:
        room.ups.set_mains(False)
        await asyncio.sleep(0)
        room.ups.set_mains(True)

    async def run() -> list[int]:
        async with mailbox() as (box, address):
            nobody = Destination(("127.0.0.1", 9), community=PUBLIC)
            async with notifying(room, traps.powernet, [nobody, Destination(address, community=PUBLIC)]):
                await outage()
                return await box.numbers(2)

    assert asyncio.run(run()) == [5, 9]


def test_a_destination_must_say_who_sends() -> None:
    with pytest.raises(AssertionError):
        Destination(("127.0.0.1", 162), "3")
    with pytest.raises(AssertionError):
        Destination(("127.0.0.1", 162), "2c")
