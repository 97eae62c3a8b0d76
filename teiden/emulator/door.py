"""A TCP port that stays ours, at which somebody answers only while the device behind it would.

Without power or without a system, whoever connects is refused, as a machine on the same LAN would be
told by its switch at the latest. In between, nobody else gets the port.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable

BACKLOG = 100


class Door:
    """`answer` is given a bound socket to listen at; `leave` ends that, open connections too.

    Both run one at a time on the loop, in the order in which the device's changes ask for them.
    """

    def __init__(
        self,
        answer: Callable[[socket.socket], Awaitable[None]],
        leave: Callable[[], Awaitable[None]],
        *,
        host: str = "127.0.0.1",
        port: int = 0,
    ) -> None:
        self._answer = answer
        self._leave = leave
        self._held = _bound(host, port)
        self.host = host
        self.port: int = self._held.getsockname()[1]
        self._wanted = False
        self._is_open = False
        self._given_up = False
        self._settling: asyncio.Task[None] | None = None

    def be(self, wanted: bool) -> None:
        """Open or closed, soon. Once it is given up, the device's changes mean nothing to it."""
        if self._given_up:
            return
        self._wanted = wanted
        if self._settling is None or self._settling.done():
            self._settling = asyncio.get_running_loop().create_task(self._settle())

    async def settled(self) -> None:
        """It is as it was last told to be."""
        while self._settling is not None and not self._settling.done():
            await asyncio.wait([self._settling])
        if self._settling is not None:
            self._settling.result()

    async def close(self) -> None:
        self.be(False)
        self._given_up = True
        await self.settled()
        self._held.close()

    async def _settle(self) -> None:
        while self._is_open is not self._wanted:
            self._is_open = self._wanted
            if self._is_open:
                await self._answer(_bound(self.host, self.port))
            else:
                await self._leave()


def _bound(host: str, port: int) -> socket.socket:
    """One that only holds the port, and one that listens at it, may be bound at once."""
    held = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        held.bind((host, port))
        held.setblocking(False)
    except OSError:
        held.close()
        raise
    return held
