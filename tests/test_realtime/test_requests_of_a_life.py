"""What a life hears of its request socket: each once, in order, answered or refused when it ends (R2-05)."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import pytest

from realtime.clock import WallClock
from realtime.request_socket import RequestSocket
from realtime.requests import STOPPING, Requests
from sequencer.ports import RequestPort
from sequencer.requests import Request, Wish

OFF = Request("1", Wish.POWER_OFF, ("blade1",), "backup job")
HOLD = Request("2", Wish.HOLD, ("ups5",), "duty engineer")


class Heard:
    """A life's requests, and what was replied."""

    def __init__(self) -> None:
        self.replies: list[tuple[Request, str]] = []
        self.clock = WallClock()
        self.port = Requests(self.clock, lambda request, refusal: self.replies.append((request, refusal)))

    async def next(self) -> Request:
        port: RequestPort = self.port
        answer = port.next()
        async with asyncio.timeout(5):
            await self.clock.live(answer)
        request: Request = answer.value
        return request


def run(steps: Coroutine[Any, Any, None]) -> None:
    asyncio.run(steps)


def test_r2_05_what_comes_while_nobody_listens_waits_in_its_order() -> None:
    async def steps() -> None:
        heard = Heard()
        heard.port.deliver(OFF)
        heard.port.deliver(HOLD)
        assert [await heard.next(), await heard.next()] == [OFF, HOLD]
        assert not heard.port.next().triggered, "each is heard once"

    run(steps())


def test_who_listens_hears_it_at_the_walls_now() -> None:
    async def steps() -> None:
        heard = Heard()
        answer = heard.port.next()
        await asyncio.sleep(0.02)
        heard.port.deliver(OFF)
        assert answer.triggered
        assert heard.clock.now == pytest.approx(heard.clock.wall_now, abs=0.01)

    run(steps())


def test_who_withdraws_leaves_the_request_to_the_next_who_asks() -> None:
    async def steps() -> None:
        heard = Heard()
        gone, waits = heard.port.next(), heard.port.next()
        gone.withdraw()
        heard.port.deliver(OFF)
        assert (gone.triggered, waits.value) == (False, OFF)

    run(steps())


def test_what_a_life_has_not_heard_when_it_ends_is_refused() -> None:
    async def steps() -> None:
        heard = Heard()
        heard.port.deliver(OFF)
        heard.port.close()
        heard.port.deliver(HOLD)
        assert heard.replies == [(OFF, STOPPING), (HOLD, STOPPING)]
        with pytest.raises(AssertionError, match="ended"):
            heard.port.reply(OFF)

    run(steps())


def test_r2_05_from_a_real_socket_to_the_life_and_back(tmp_path: Path) -> None:
    async def steps() -> None:
        clock = WallClock()
        requests = Requests(clock, lambda request, refusal: socket.reply(request, refusal=refusal))
        socket = RequestSocket(str(tmp_path / "s"), requests.deliver)
        async with socket:
            reader, writer = await asyncio.open_unix_connection(str(tmp_path / "s"))
            writer.write(b'{"id": "a1", "wish": "hold", "of": ["ups5"]}\n')
            answer = requests.next()
            async with asyncio.timeout(5):
                await clock.live(answer)
                requests.reply(answer.value, refusal="ups5 is held")
                line = await reader.readline()
            assert line == b'{"id": "a1", "accepted": false, "reason": "ups5 is held"}\n'
            writer.close()
            await writer.wait_closed()

    run(steps())
