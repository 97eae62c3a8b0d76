"""The port to a peer over a real link: looked at, waited for, copied to, fetched from (S13, X-07)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import pytest

from realtime.clock import WallClock
from realtime.peers.port import PeerPort
from realtime.ports import Link
from sequencer import conditions as when
from sequencer.ports import Answer, PeerStatus, Unreachable
from sequencer.ports import PeerPort as Port
from sequencer.site import Polling
from tests.test_realtime.peering import NEXT, ROW, Node, calling, certified, listening

T = TypeVar("T")
POLLING = Polling(on_line_s=0.1, on_battery_s=0.05, timeout_s=2.0)


@dataclass
class Pair:
    """We, and the node that we look at."""

    clock: WallClock
    life: Link
    port: Port
    me: Node
    other: Node

    async def value(self, answer: Answer[T]) -> T:
        async with asyncio.timeout(10):
            await self.clock.live(answer)
        value: T = answer.value
        return value


@asynccontextmanager
async def pair(folder: Path, polling: Polling = POLLING) -> AsyncIterator[Pair]:
    clock, me, other = WallClock(), Node("control1"), Node("control2")
    life = Link(clock, "control1", polling)
    async with listening(other, folder) as there, calling(folder, there, me) as peer:
        yield Pair(clock, life, PeerPort(life, peer), me, other)
        life.close()
        await clock.close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return certified(tmp_path_factory.mktemp("certificates"))


def run(steps: Coroutine[None, None, None]) -> None:
    asyncio.run(steps)


def test_s13_a_look_tells_whether_the_peer_commands(folder: Path) -> None:
    async def steps() -> None:
        async with pair(folder) as two:
            assert await two.value(two.port.look()) == PeerStatus(commands=False)
            two.other.commands = True
            assert await two.value(two.port.look()) == PeerStatus(commands=True)

    run(steps())


def test_who_waits_for_the_peer_to_command_hears_it_at_a_poll(folder: Path) -> None:
    async def steps() -> None:
        async with pair(folder) as two:
            answer = two.port.until(when.PEER_COMMANDS)
            assert (await two.value(two.port.until(when.PEER_ANSWERS))).fresh
            assert not answer.triggered
            two.other.commands = True
            assert (await two.value(answer)).status == PeerStatus(commands=True)

    run(steps())


def test_x_07_a_fetch_answers_when_all_has_arrived(folder: Path) -> None:
    async def steps() -> None:
        async with pair(folder) as two:
            two.other.rows = [ROW, NEXT]
            assert (await two.value(two.port.fetch())).ok
            assert two.me.rows == [ROW, NEXT]

    run(steps())


def test_a_peer_that_is_down_is_unreachable_and_fetches_nothing(folder: Path) -> None:
    async def steps() -> None:
        async with pair(folder, Polling(timeout_s=0.05)) as two:
            await two.other.link.__aexit__(None, None, None)
            assert isinstance(await two.value(two.port.look()), Unreachable)
            assert not (await two.value(two.port.fetch())).ok

    run(steps())


def test_a_life_that_ended_copies_nothing_and_asks_nothing(folder: Path) -> None:
    async def steps() -> None:
        async with pair(folder) as two:
            two.port.copy(ROW)
            async with asyncio.timeout(5):
                await two.other.received.wait()
            two.life.close()
            two.port.copy(NEXT)
            with pytest.raises(AssertionError, match="ended"):
                two.port.fetch()
            assert two.other.rows == [ROW]

    run(steps())
