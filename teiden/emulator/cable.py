"""A TCP cable between two ends that can be pulled: what a LAN without power, or a partition, looks like.

Pulled, nothing gets through and nobody is told: connections stay open and silent, new ones are let in
and hang, as they do behind a switch that has died.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress

CHUNK = 64 * 1024


class Cable:
    """Listens on a port of its own and carries everything to `to()`, while `plugged()`."""

    def __init__(self, to: Callable[[], tuple[str, int]], plugged: Callable[[], bool]) -> None:
        self._to = to
        self._plugged = plugged
        self._server: asyncio.Server | None = None
        self._carrying: set[asyncio.Task[None]] = set()
        self.port = 0

    async def start(self, host: str = "127.0.0.1") -> None:
        self._server = await asyncio.start_server(self._let_in, host, 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()
        for task in list(self._carrying):
            task.cancel()
        await asyncio.gather(*self._carrying, return_exceptions=True)

    async def _let_in(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._carrying.add(task)
        try:
            await self._carry(reader, writer)
        except (OSError, asyncio.CancelledError):
            pass  # one end has gone, or we are closed
        finally:
            self._carrying.discard(task)
            writer.transport.abort()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not self._plugged():
            await reader.read()  # it hangs until whoever called gives up
            return
        far_reader, far_writer = await asyncio.open_connection(*self._to())
        pairs = ((reader, far_writer), (far_reader, writer))
        ways = [asyncio.ensure_future(self._one_way(*pair)) for pair in pairs]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            far_writer.transport.abort()

    async def _one_way(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(CHUNK):
                if self._plugged():
                    writer.write(data)
                    await writer.drain()
