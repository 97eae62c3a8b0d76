"""Peers on loopback that say what a test tells them to, and an array that really answers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

from realtime.secret import Secret
from sim.room import Room
from teiden.emulator.array_service import ArrayService
from tests.worlds import reference_model, reference_site

Peer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def listening(peer: Peer) -> AsyncIterator[int]:
    """The port at which this peer answers until the block ends."""
    writers: list[asyncio.StreamWriter] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        with suppress(ConnectionError):
            await peer(reader, writer)

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for writer in writers:
            writer.transport.abort()
        await asyncio.sleep(0)


def saying(*lines: bytes) -> Peer:
    """Says the first at once, and each other after it has heard a line; then hears on."""

    async def peer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        first, *others = lines
        writer.write(first)
        for line in others:
            await reader.readline()
            writer.write(line)
        await reader.read()

    return peer


def closed_port() -> int:
    """A port of this machine at which nobody listens."""
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@asynccontextmanager
async def array_service(**settings: Any) -> AsyncIterator[ArrayService]:
    """The reference site's linked disk, with its users down, at a port of its own."""
    room = Room(reference_site(), reference_model(), horizon_s=1e6)
    for name in ("blade1", "blade2", "rack1", "rack2"):
        room.servers[name].force()
    service = ArrayService(room.arrays["linkeddisk"], lambda do: do(), **settings)
    await service.start()
    service.room = room  # type: ignore[attr-defined]
    service.array = room.arrays["linkeddisk"]  # type: ignore[attr-defined]
    try:
        yield service
    finally:
        await service.close()


WORD = Secret("correct horse")
