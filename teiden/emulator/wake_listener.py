"""Hears magic packets for the pretend servers: who is called by its MAC, has power and is halted boots."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from typing import Any

from sim.server import Server

HEAD = b"\xff" * 6
TIMES = 16


class WakeListener:
    """One port for all servers, as a broadcast reaches all of them. `act`: at the wall's now."""

    def __init__(
        self,
        servers: Iterable[Server],
        act: Callable[[Callable[[], Any]], Any],
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        reachable: Callable[[], bool] = lambda: True,
    ) -> None:
        self._by_mac = {_plain(s.settings.mac): s for s in servers if s.settings.mac}
        self._act = act
        self._host = host
        self._reachable = reachable
        self.port = port
        """0 until it is started."""
        self.heard = 0
        """Magic packets, for whomever."""
        self._transport: asyncio.DatagramTransport | None = None

    async def start(self) -> None:
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(
            lambda: _Ears(self._hear), local_addr=(self._host, self.port)
        )
        self.port = self._transport.get_extra_info("sockname")[1]

    async def close(self) -> None:
        if self._transport is not None:
            self._transport.close()

    def _hear(self, packet: bytes) -> None:
        mac = mac_in(packet)
        if mac is None:
            return
        self.heard += 1
        server = self._by_mac.get(mac)
        if server is not None:
            self._act(lambda: server.wake() if self._reachable() else None)


def mac_in(packet: bytes) -> str | None:
    """It may stand anywhere in a packet; None if there is none."""
    start = packet.find(HEAD)
    while start >= 0:
        mac = packet[start + 6 : start + 12]
        if len(mac) == 6 and packet[start + 6 : start + 6 + 6 * TIMES] == mac * TIMES:
            return mac.hex()
        start = packet.find(HEAD, start + 1)
    return None


def _plain(mac: str) -> str:
    return mac.replace(":", "").replace("-", "").lower()


class _Ears(asyncio.DatagramProtocol):
    def __init__(self, hear: Callable[[bytes], None]) -> None:
        self._hear = hear

    def datagram_received(self, data: bytes, addr: tuple[str | Any, int]) -> None:
        self._hear(data)
