"""The LAN of an emulated room: without it nobody answers, and nobody is told why."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from realtime.contacts import ArrayContact, SnmpContact, SshContact
from realtime.secret import Secret
from realtime.snmp.answers import Failure
from realtime.snmp.credentials import Community
from realtime.snmp.engine import Engine
from realtime.snmp.values import SYS_UP_TIME
from teiden.emulator.attended import Vacant
from teiden.emulator.room import COMMUNITY, EmulatedRoom
from teiden.emulator.snmp.mib import Mib
from teiden.emulator.snmp.objects import Bound, Oid
from tests.living import small_story

SILENT_S = 0.05
ANSWERED_S = 5.0
"""Longer than a busy machine takes."""


def lan(room: EmulatedRoom, *, up: bool) -> None:
    room.act(lambda: room.room.lan.switch_power("lan1", up))


async def heard(contact: SshContact | ArrayContact, limit_s: float) -> bytes:
    """What is said first to whoever calls; b"" if nothing comes in this time. OSError if he is refused."""
    reader, writer = await asyncio.open_connection(contact.host, contact.port)
    try:
        async with asyncio.timeout(limit_s):
            return await reader.readline()
    except TimeoutError:
        return b""
    finally:
        writer.close()


def dies_while_asked(room: EmulatedRoom) -> Callable[[Mib, Oid], Bound | None]:
    """A card reads, and the LAN is dead when it has."""
    get = Mib.get

    def reading(mib: Mib, oid: Oid) -> Bound | None:
        lan(room, up=False)
        return get(mib, oid)

    return reading


def in_room(folder: Path, steps: Any) -> None:
    async def main() -> None:
        room = EmulatedRoom(replace(small_story(folder), until_s=1e6), folder / "room", rate=1.0, life=Vacant)
        await room.open()
        try:
            doing: Coroutine[Any, Any, None] = steps(room)
            await doing
        finally:
            await room.close()

    asyncio.run(main())


def test_r1_11_without_the_lan_ports_take_a_call_and_stay_silent_and_answer_when_it_is_back(
    tmp_path: Path,
) -> None:
    async def steps(room: EmulatedRoom) -> None:
        server, array = room.contacts().servers["blade1"].ssh, room.contacts().arrays["linkeddisk"]
        assert server is not None
        for up in (True, False, True):
            lan(room, up=up)
            limit_s = ANSWERED_S if up else SILENT_S
            assert (await heard(server, limit_s)).startswith(b"SSH-") is up
            assert bool(await heard(array, limit_s)) is up

    in_room(tmp_path, steps)


def test_r1_11_a_connection_that_is_open_when_the_lan_dies_is_not_cut(tmp_path: Path) -> None:
    async def steps(room: EmulatedRoom) -> None:
        server = room.contacts().servers["blade1"].ssh
        assert server is not None
        reader, writer = await asyncio.open_connection(server.host, server.port)
        assert (await reader.readline()).startswith(b"SSH-")
        lan(room, up=False)
        writer.write(b"SSH-2.0-test\r\n")
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(SILENT_S):
                await reader.read(1)
        writer.close()

    in_room(tmp_path, steps)


def test_u6_an_answer_of_a_card_is_lost_with_the_lan_that_it_would_cross(tmp_path: Path) -> None:
    async def steps(room: EmulatedRoom) -> None:
        card = room.contacts().upses["ups4"]
        assert isinstance(card, SnmpContact)
        engine = Engine()
        reader = Community("2c", Secret(COMMUNITY))
        target = await engine.target(card.host, card.port, reader, limit_s=ANSWERED_S / 10)
        assert not isinstance(target, Failure)
        assert not isinstance(await engine.get(target, [SYS_UP_TIME]), Failure)
        asking = asyncio.create_task(engine.get(target, [SYS_UP_TIME]))
        with patch.object(Mib, "get", dies_while_asked(room)):
            assert isinstance(await asking, Failure)
        await engine.close()

    in_room(tmp_path, steps)
