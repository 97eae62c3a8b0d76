"""The agent on a real socket: who is answered, what is refused and where the error points, and its faults."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from pysnmp.entity import config
from pysnmp.hlapi.v3arch.asyncio import (
    ContextData,
    ObjectIdentity,
    ObjectType,
    UdpTransportTarget,
    UsmUserData,
    get_cmd,
    set_cmd,
)
from pysnmp.proto import rfc1902

from teiden.emulator.snmp import rfc1628
from teiden.emulator.snmp.agent import Agent
from teiden.emulator.snmp.apc import BATTERY_STATUS, MODEL, OUTPUT_STATUS, STATE, UPS, powernet
from teiden.emulator.snmp.engine import Boots, engine, engine_id
from teiden.emulator.snmp.objects import Oid, Refusal
from teiden.emulator.snmp.system import SYSTEM, UPTIME
from tests.asking import Answered, Asker
from tests.carded import USERS, Carded

UPS_OFF, CONSERVE, NAME, NOWHERE = powernet("6.2.1"), powernet("6.1.1"), powernet("1.1.2"), powernet("99.1")
ON_LINE, OFF = 2, 7


@asynccontextmanager
async def answering(room: Carded, **settings: Any) -> AsyncIterator[Agent]:
    agent = room.agent(**{"users": (), **settings})
    await agent.start()
    try:
        yield agent
    finally:
        await agent.close()


@pytest.fixture
def room() -> Carded:
    return Carded()


def asked(room: Carded, ask: Any, community: str = "public", version: str = "2c") -> Any:
    """What `ask(asker, port)` gives on a loop of its own."""

    async def run() -> Any:
        async with answering(room) as agent, Asker(community, version) as asker:
            return await ask(asker, agent.port)

    return asyncio.run(run())


def test_what_is_there_is_told_and_what_is_not_is_said_not_to_be(room: Carded) -> None:
    answer: Answered = asked(room, lambda asker, port: asker.get(port, OUTPUT_STATUS, NOWHERE, MODEL))
    assert (answer.status, answer.values) == ("noError", [ON_LINE, "noSuchInstance", "Pretend Smart-UPS"])


def test_version_1_fails_the_whole_request_and_points_at_what_is_missing(room: Carded) -> None:
    answer = asked(room, lambda asker, port: asker.get(port, OUTPUT_STATUS, NOWHERE, MODEL), version="1")
    assert (answer.status, answer.index) == ("noSuchName", 2)
    answer = asked(room, lambda asker, port: asker.get(port, OUTPUT_STATUS, MODEL), version="1")
    assert answer.values == [ON_LINE, "Pretend Smart-UPS"]


def test_a_walk_meets_everything_once_and_ends(room: Carded) -> None:
    async def walk(asker: Asker, port: int) -> list[Oid]:
        found: list[Oid] = [(1, 3)]
        while True:
            ((oid, value),) = (await asker.next(port, found[-1])).pairs
            if value == "endOfMibView":
                return found[1:]
            found.append(oid)

    found = asked(room, walk)
    assert found == sorted(set(found))
    assert (found[0], found[-1]) == ((*SYSTEM, 1, 0), STATE)


def test_version_1_is_told_the_end_of_a_walk(room: Carded) -> None:
    answer = asked(room, lambda asker, port: asker.next(port, STATE), version="1")
    assert (answer.status, answer.index) == ("noSuchName", 1)


def test_a_bulk_answer_has_64_variables_at_most(room: Carded) -> None:
    answer = asked(room, lambda asker, port: asker.bulk(port, 10_000, (1, 3), (1, 3, 6, 1, 4)))
    assert len(answer.pairs) == 64
    assert answer.pairs[0][0] == (*SYSTEM, 1, 0)
    assert answer.pairs[1][0] == MODEL


# Who may write


@pytest.mark.parametrize(("version", "refused"), [("1", "noSuchName"), ("2c", "noAccess")])
def test_the_read_community_cannot_write(room: Carded, version: str, refused: str) -> None:
    answer = asked(room, lambda asker, port: asker.set(port, (UPS_OFF, 2)), version=version)
    assert (answer.status, answer.index) == (refused, 1)
    assert room.ups.output


@pytest.mark.parametrize("version", ["1", "2c"])
def test_the_write_community_moves_the_room(room: Carded, version: str) -> None:
    answer = asked(room, lambda asker, port: asker.set(port, (UPS_OFF, 2)), "private", version)
    assert answer.status == "noError"
    assert not room.ups.output


def test_a_wrong_community_is_met_with_silence(room: Carded) -> None:
    async def whisper(asker: Asker, port: int) -> bool:
        asker.send(port, asker.written(asker._protocol.GetRequestPDU(), [(OUTPUT_STATUS, None)]))
        return await asker.silence()

    assert asked(room, whisper, "wrong")


READER = UsmUserData(
    "reader",
    "reader-auth",
    "reader-priv",
    authProtocol=config.USM_AUTH_HMAC96_SHA,
    privProtocol=config.USM_PRIV_CFB128_AES,
)
WRITER = UsmUserData(
    "writer",
    "writer-auth",
    "writer-priv",
    authProtocol=config.USM_AUTH_HMAC192_SHA256,
    privProtocol=config.USM_PRIV_CFB256_AES,
)


@asynccontextmanager
async def client(agent: Agent) -> AsyncIterator[Any]:
    """Asks in version 3: `say(get_cmd, user, oid, value)` gives the indication, the status and the value."""
    mine = engine(b"\x80\x00\x00\x00\x04test")
    target = await UdpTransportTarget.create(("127.0.0.1", agent.port), timeout=2, retries=0)

    async def say(command: Any, user: UsmUserData, oid: Oid, value: Any = None) -> tuple[Any, str, Any]:
        thing = ObjectType(ObjectIdentity(oid)) if value is None else ObjectType(ObjectIdentity(oid), value)
        indication, status, _, pairs = await command(
            mine, user, target, ContextData(), thing, lookupMib=False
        )
        return indication, str(status and status.prettyPrint()), pairs[0][1] if pairs else None

    try:
        yield say
    finally:
        mine.close_dispatcher()
        await asyncio.sleep(0)


def test_version_3_reads_with_any_user_and_writes_only_with_one_who_may(room: Carded) -> None:
    async def run() -> None:
        two = rfc1902.Integer32(2)
        async with answering(room, users=USERS) as agent, client(agent) as say:
            assert (await say(get_cmd, READER, OUTPUT_STATUS))[2] == ON_LINE
            assert (await say(set_cmd, READER, UPS_OFF, two))[:2] == (None, "noAccess")
            assert room.ups.output
            assert (await say(set_cmd, WRITER, UPS_OFF, two))[:2] == (None, "0")
            assert (await say(get_cmd, WRITER, OUTPUT_STATUS))[2] == OFF

    asyncio.run(run())


def test_a_user_without_encryption_or_with_a_wrong_key_is_told_nothing(room: Carded) -> None:
    async def run() -> None:
        bare = UsmUserData("writer", authProtocol=config.USM_AUTH_NONE, privProtocol=config.USM_PRIV_NONE)
        async with answering(room, users=USERS) as agent:
            async with client(agent) as say:
                indication, _, _ = await say(set_cmd, bare, UPS_OFF, rfc1902.Integer32(2))
                assert type(indication).__name__ == "UnsupportedSecurityLevel"
            async with client(agent) as say:
                wrong = UsmUserData(
                    "writer", "not-the-key", "nor-is-this", authProtocol=config.USM_AUTH_HMAC192_SHA256
                )
                indication, _, _ = await say(set_cmd, wrong, UPS_OFF, rfc1902.Integer32(2))
                assert type(indication).__name__ == "WrongDigest"
        assert room.ups.output

    asyncio.run(run())


# Where errors point


@pytest.mark.parametrize(
    ("bad", "status"),
    [
        ((CONSERVE, 2), "genErr"),
        ((UPS_OFF, rfc1902.TimeTicks(2)), "wrongType"),
        ((UPS_OFF, rfc1902.Counter64(2)), "wrongType"),
        ((UPS_OFF, 77), "wrongValue"),
        ((OUTPUT_STATUS, 7), "notWritable"),
        ((NOWHERE, 7), "notWritable"),
        ((NAME, "much too long"), "wrongLength"),
    ],
)
def test_an_error_points_at_the_variable_that_is_wrong(
    room: Carded, bad: tuple[Oid, Any], status: str
) -> None:
    answer = asked(
        room, lambda asker, port: asker.set(port, (NAME, "a"), bad, (NAME, "b")), community="private"
    )
    assert (answer.status, answer.index) == (status, 2)


# Faults


def test_a_silent_card_answers_nothing_and_then_again(room: Carded) -> None:
    async def run(asker: Asker, port: int) -> None:
        room.card.faults.silent = True
        asker.send(port, asker.written(asker._protocol.GetRequestPDU(), [(OUTPUT_STATUS, None)]))
        assert await asker.silence()
        room.card.faults.silent = False
        assert (await asker.get(port, OUTPUT_STATUS)).values == [ON_LINE]

    asked(room, run)


def test_a_card_without_power_answers_nothing(room: Carded) -> None:
    async def run(asker: Asker, port: int) -> None:
        room.ups.set_mains(False)
        room.set(UPS_OFF, 2)
        room.go(60)
        asker.send(port, asker.written(asker._protocol.GetRequestPDU(), [(OUTPUT_STATUS, None)]))
        assert await asker.silence()
        room.ups.set_mains(True)
        room.go(90)
        assert (await asker.get(port, UPTIME)).values == [3000]

    asked(room, run)


def test_a_slow_card_answers_late(room: Carded) -> None:
    async def run(asker: Asker, port: int) -> float:
        loop = asyncio.get_running_loop()
        room.card.faults.delay_s = 0.06
        begun_s = loop.time()
        assert (await asker.get(port, OUTPUT_STATUS)).values == [ON_LINE]
        return loop.time() - begun_s

    assert asked(room, run) >= 0.06


def test_a_set_may_be_ignored_or_refused(room: Carded) -> None:
    async def run(asker: Asker, port: int) -> None:
        room.card.faults.set_ignored = True
        assert (await asker.set(port, (UPS_OFF, 2))).status == "noError"
        assert room.ups.output
        room.card.faults.set_ignored = False
        room.card.faults.set_refused = Refusal.NO_ACCESS
        assert (await asker.set(port, (UPS_OFF, 2))).status == "noAccess"
        room.card.faults.set_refused = Refusal.GEN_ERR
        assert (await asker.set(port, (UPS_OFF, 2))).status == "genErr"
        assert room.ups.output

    asked(room, run, "private")


def test_after_a_reboot_version_3_has_new_boots_and_a_client_finds_its_way(room: Carded) -> None:
    def boots(agent: Agent) -> int:
        (count,) = agent.engine.get_mib_builder().import_symbols("__SNMP-FRAMEWORK-MIB", "snmpEngineBoots")
        return int(count.syntax)

    async def run() -> None:
        async with answering(room, users=USERS) as agent, client(agent) as say:
            assert (await say(get_cmd, READER, OUTPUT_STATUS))[2] == ON_LINE
            assert boots(agent) == 1
            room.card.reboot(20)
            assert not agent.hears()
            room.go(30)
            assert (await say(get_cmd, READER, UPTIME))[2] == 1000
            assert boots(agent) == 2

    asyncio.run(run())


def test_the_count_of_starts_outlives_the_agent(room: Carded, tmp_path: Path) -> None:
    async def run() -> None:
        for _ in range(3):
            async with answering(room, folder=tmp_path):
                pass

    asyncio.run(run())
    assert Boots(engine_id("ups1"), tmp_path).next() == 4
    assert [path.name for path in tmp_path.iterdir()] == [f"{engine_id('ups1').hex()}.boots"]


def test_each_ups_has_an_engine_id_of_its_own_as_apcs_cards_have() -> None:
    assert engine_id("ups1") == engine_id("ups1") != engine_id("ups2")
    assert engine_id("ups1").startswith(bytes.fromhex("8000013E0302"))
    assert len(engine_id("ups1")) == 11


# Strangers, and the end


@pytest.mark.parametrize(
    "datagram", [b"", b"\x00" * 40, b"\x30\x84\xff\xff\xff\xff", b"\x30\x80", bytes(range(256)), b"A" * 60000]
)
def test_what_is_no_snmp_does_not_stop_it(room: Carded, datagram: bytes) -> None:
    async def run(asker: Asker, port: int) -> list[Any]:
        asker.send(port, datagram)
        await asyncio.sleep(0.01)  # it is read before the next one comes
        return (await asker.get(port, OUTPUT_STATUS)).values

    assert asked(room, run) == [ON_LINE]


def test_half_a_request_does_not_stop_it(room: Carded) -> None:
    async def run(asker: Asker, port: int) -> list[Any]:
        whole = asker.written(asker._protocol.GetRequestPDU(), [(OUTPUT_STATUS, None), (STATE, None)])
        for length in range(1, len(whole)):
            asker.send(port, whole[:length])
            await asyncio.sleep(0)  # a card has room for few at once
        return (await asker.get(port, BATTERY_STATUS)).values

    assert asked(room, run) == [2]


def test_a_port_that_is_taken_is_an_os_error_and_leaves_nothing_open(room: Carded) -> None:
    async def run() -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
            other.bind(("127.0.0.1", 0))
            with pytest.raises(OSError, match="in use"):
                await room.agent(address=other.getsockname()).start()

    asyncio.run(run())


def test_it_can_be_closed_twice_and_started_again_on_its_port(room: Carded) -> None:
    async def run() -> None:
        agent = room.agent()
        await agent.start()
        port = agent.port
        await agent.close()
        await agent.close()
        async with answering(room, address=("127.0.0.1", port)), Asker() as asker:
            assert (await asker.get(port, OUTPUT_STATUS)).values == [ON_LINE]

    asyncio.run(run())


def test_two_cards_of_one_loop_do_not_meet(room: Carded) -> None:
    async def run() -> None:
        other = Carded(rfc1628)
        async with answering(room) as one, answering(other, name="ups2") as two, Asker() as asker:
            assert (await asker.get(one.port, MODEL)).values == ["Pretend Smart-UPS"]
            assert (await asker.get(two.port, MODEL, rfc1628.MODEL)).values == [
                "noSuchInstance",
                "Pretend UPS",
            ]

    asyncio.run(run())


def test_tables_can_be_served_without_a_card(room: Carded) -> None:
    async def run() -> None:
        async with answering(room, card=None, name="tables") as agent, Asker() as asker:
            answer = await asker.bulk(agent.port, 3, UPS)
            assert [oid for oid, _ in answer.pairs] == [MODEL, NAME, powernet("1.2.1")]

    asyncio.run(run())
