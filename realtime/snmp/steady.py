"""pysnmp's dispatcher and sockets, made deaf to the wall clock and to strangers.

pysnmp counts its time-outs by `time.time()`: a clock that is set back by half a minute, which happens
just after a power failure, lets every request of that half minute wait for as long. And it takes an
answer from anybody who guesses a request's number (SEC-5).
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from typing import Any

from pysnmp.carrier.asyncio.dgram import udp, udp6
from pysnmp.carrier.asyncio.dispatch import AsyncioDispatcher

log = logging.getLogger(__name__)

TICK_S = 0.1


class SteadyDispatcher(AsyncioDispatcher):  # type: ignore[misc]
    """Ticks by the loop's clock, which nobody sets."""

    def __init__(self) -> None:
        super().__init__(loop=asyncio.get_running_loop())
        self.set_timer_resolution(TICK_S)

    async def handle_timeout(self) -> None:
        with suppress(asyncio.CancelledError):
            while True:
                await asyncio.sleep(TICK_S)
                self.handle_timer_tick(self.loop.time())


class _Known:
    """Drops what comes from an address that nobody asked, and what is no SNMP."""

    _callback_function: Any

    def __init__(self, known: set[tuple[str, int]]) -> None:
        super().__init__()
        self._known = known
        self.strangers = 0
        self.garbled = 0

    def datagram_received(self, datagram: bytes, address: Any) -> None:
        if address[:2] not in self._known:
            self.strangers += 1
        elif self._callback_function is not None:  # None: an answer that comes after the end
            try:
                self._callback_function(self, address, datagram)
            except Exception as wrong:  # whatever a card sends, the others are heard (SEC-21)
                self.garbled += 1
                log.debug("what %s answered cannot be read: %s", address[0], type(wrong).__name__)

    def error_received(self, error: OSError) -> None:
        """Nobody listens there; the request ends as silence."""


class KnownUdp(_Known, udp.UdpAsyncioTransport):  # type: ignore[misc]
    pass


class KnownUdp6(_Known, udp6.Udp6AsyncioTransport):  # type: ignore[misc]
    pass


UDP, UDP6 = udp.DOMAIN_NAME, udp6.DOMAIN_NAME
