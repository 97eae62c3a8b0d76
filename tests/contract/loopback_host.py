"""A watched host of the LAN at a port of this machine: it takes connections, or drops them without a word.

The loopback echoes every ping, whatever stands there; so the drivers here are of a system that may send
none, and go by the port alone.
"""

from __future__ import annotations

import asyncio
import socket
from contextlib import suppress
from unittest.mock import patch

from realtime.hosts import MayNot, PingHost
from sim.host import Host
from sim.network import Lan

LOOPBACK = "127.0.0.1"
CALLERS = 4
"""More than a port takes whose backlog is 0: from then on what comes is dropped."""


async def may_not(address: str) -> None:
    raise MayNot


class LoopbackHost:
    def __init__(self, host: Host, lan: Lan) -> None:
        self._host = host
        self._lan = lan
        self._loop: asyncio.AbstractEventLoop
        self._listener = socket.socket()
        self._callers: list[socket.socket] = []
        self._no_pings = patch("realtime.hosts.ping", may_not)

    async def start(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._listener.bind((LOOPBACK, 0))
        self._listener.listen(0)
        self._listener.setblocking(False)
        self._no_pings.start()
        self._host.add_sight(self._changed)
        self._lan.listen(self._changed)
        self._changed()

    async def close(self) -> None:
        self._no_pings.stop()
        self._host.remove_sight(self._changed)
        self._lan.forget(self._changed)
        self._hang_up()
        self._loop.remove_reader(self._listener)
        self._listener.close()

    def driver(self, limit_s: float) -> PingHost:
        """`limit_s`: of a look, seconds of wall time."""
        return PingHost(LOOPBACK, limit_s=limit_s, ports=(self._listener.getsockname()[1],))

    def _changed(self) -> None:
        self._hang_up()
        if self._host.present and self._lan.up:
            self._loop.add_reader(self._listener, self._take)
        else:
            self._loop.remove_reader(self._listener)
            self._take()
            self._callers = [self._call() for _ in range(CALLERS)]

    def _take(self) -> None:
        with suppress(BlockingIOError):
            while True:
                self._listener.accept()[0].close()

    def _call(self) -> socket.socket:
        caller = socket.socket()
        caller.setblocking(False)
        caller.connect_ex(self._listener.getsockname())
        return caller

    def _hang_up(self) -> None:
        for caller in self._callers:
            caller.close()
        self._callers.clear()
