"""Slow connections are hung up on, stage by stage; many of them keep nobody out who says what he wants."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest
from uvicorn.config import Config
from uvicorn.server import ServerState

from teiden.web import timely
from teiden.web.timely import Timely

SOON_S, PAUSE_S = 0.3, 0.02
GET = b"GET / HTTP/1.1\r\nhost: x\r\n"
POST = b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 100000\r\n\r\n"


async def app(scope: Any, receive: Any, send: Any) -> None:
    """`/news` has no end; everything else is answered at once, and no body is looked at."""
    await send({"type": "http.response.start", "status": 200, "headers": []})
    while scope["path"] == "/news":
        await send({"type": "http.response.body", "body": b".", "more_body": True})
        await asyncio.sleep(PAUSE_S)
    size = 4_000_000 if scope["path"] == "/large" else 2
    await send({"type": "http.response.body", "body": b"a" * size})


@asynccontextmanager
async def served() -> AsyncIterator[int]:
    config = Config(app, lifespan="off", log_level="error", http=Timely)
    config.load()
    state = ServerState()

    def protocol() -> Timely:
        return Timely(config=config, server_state=state, app_state={})

    server = await asyncio.get_running_loop().create_server(protocol, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for one in list(state.connections):
            one.transport.abort()
        for task in list(state.tasks):
            task.cancel()
        await asyncio.gather(*state.tasks, return_exceptions=True)


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HEAD_S", "BODY_S"):
        monkeypatch.setattr(timely, name, SOON_S + (name == "BODY_S") * 0.01)
    monkeypatch.setattr(timely, "ANSWER_S", 2 * SOON_S)


def look(what: Callable[[int], Awaitable[None]]) -> None:
    async def around() -> None:
        async with served() as port, asyncio.timeout(20.0):
            await what(port)
            await asyncio.sleep(PAUSE_S)  # what was closed has its turn

    asyncio.run(around())


async def trickled(port: int, first: bytes, more: bytes) -> float:
    """How long somebody is suffered who sends this, and then a little again and again."""
    loop = asyncio.get_running_loop()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    began_s = loop.time()
    writer.write(first)
    with suppress(OSError):
        while not reader.at_eof():
            writer.write(more)
            with suppress(TimeoutError):
                async with asyncio.timeout(PAUSE_S):
                    await reader.read(65536)
    writer.close()
    return loop.time() - began_s


@pytest.mark.parametrize(
    ("first", "more"),
    [
        (b"", b""),
        (GET, b"x-more: 1\r\n"),
        (POST, b"a"),
        (GET + b"\r\n", b"G"),
    ],
    ids=["silence", "a head", "a body nobody asked for", "the next head"],
)
def test_sec_22_what_trickles_ends_at_its_limit(hasty: None, first: bytes, more: bytes) -> None:
    async def slow(port: int) -> None:
        least_s = 0.0 if first == POST else 0.9 * SOON_S  # it was answered, and nobody reads the rest
        assert least_s < await trickled(port, first, more) < 10 * SOON_S

    look(slow)


def test_sec_22_an_answer_that_nobody_takes_ends_at_its_limit(hasty: None) -> None:
    async def deaf(port: int) -> None:
        loop = asyncio.get_running_loop()
        with socket.create_connection(("127.0.0.1", port)) as one:
            one.setblocking(False)
            await loop.sock_sendall(one, GET.replace(b"/ ", b"/large ") + b"\r\n")
            await asyncio.sleep(SOON_S / 2)
            began_s = loop.time()
            while Timely.waiting:
                await asyncio.sleep(PAUSE_S)
            assert SOON_S < loop.time() - began_s < 10 * SOON_S, "longer than a head, for he may be slow"

    look(deaf)


def test_a_stream_that_has_no_end_is_not_hung_up_on(hasty: None) -> None:
    async def long(port: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(GET.replace(b"/ ", b"/news ") + b"\r\n")
        await asyncio.sleep(4 * SOON_S)
        assert not Timely.waiting
        with suppress(TimeoutError):
            async with asyncio.timeout(SOON_S):
                while await reader.read(65536):
                    pass
        assert not reader.at_eof()
        writer.close()

    look(long)


def test_sec_22_of_those_who_say_nothing_the_oldest_makes_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timely, "MOST_WAITING", 5)
    monkeypatch.setattr(timely, "GRACE_S", 0.0)

    async def crowd(port: int) -> None:
        silent = [await asyncio.open_connection("127.0.0.1", port) for _ in range(12)]
        while len(Timely.waiting) > 5:
            await asyncio.sleep(PAUSE_S)
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(GET + b"connection: close\r\n\r\n")
        assert b"200" in await reader.readline(), "who says what he wants gets it at once"
        writer.close()
        for gone, _ in silent[:6]:
            assert await gone.read() == b""
        assert len(Timely.waiting) <= 5
        for _, one in silent:
            one.close()

    look(crowd)


def test_who_has_only_just_come_makes_no_room_for_a_crowd(monkeypatch: pytest.MonkeyPatch) -> None:
    """What he wants lies unread in the kernel: a hundred are accepted before anything is read."""
    monkeypatch.setattr(timely, "MOST_WAITING", 5)

    async def crowd(port: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        silent = [await asyncio.open_connection("127.0.0.1", port) for _ in range(20)]
        writer.write(GET + b"connection: close\r\n\r\n")
        assert b"200" in await reader.readline()
        for _, one in [*silent, (reader, writer)]:
            one.close()

    look(crowd)
