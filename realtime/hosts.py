"""Whether a machine of the LAN is there (R8-04): it echoes a ping, or answers to a connection.

A refused connection is an answer too. Silence is not "away": the sequencer has its own limit for that.
"""

from __future__ import annotations

import asyncio
import ipaddress
import secrets
import socket
import struct
from contextlib import suppress
from dataclasses import dataclass

from realtime.breaking_off import break_off
from sequencer.ports import HostStatus, Unreachable

PORTS = (22, 135, 445, 3389)
"""SSH and what Windows listens on: a machine whose firewall drops pings often answers at one of them."""
REFUSED = (ConnectionRefusedError, ConnectionResetError)
"""Said by the machine itself. A router's "no route" says nothing of it."""


@dataclass(frozen=True, slots=True)
class Echo:
    """The ICMP messages of one family (RFC 792, RFC 4443); the kernel fills in id and checksum."""

    family: socket.AddressFamily
    protocol: int
    request: int
    reply: int


ECHOES = {
    4: Echo(socket.AF_INET, socket.IPPROTO_ICMP, 8, 0),
    6: Echo(socket.AF_INET6, getattr(socket, "IPPROTO_ICMPV6", 58), 128, 129),
}


class MayNot(Exception):
    """This process may send no pings: the system has no ping sockets, or keeps them for others."""


class PingHost:
    """A HostDriver. A ping first, for half of `limit_s`, then connections to `ports`, all at once.

    `address`: of IPv4 or IPv6, or a name, which is looked up anew each time and may take that long.
    Pings go through unprivileged ping sockets (`net.ipv4.ping_group_range`); where these are not
    allowed only the connections are made.
    """

    def __init__(self, address: str, *, limit_s: float, ports: tuple[int, ...] = PORTS) -> None:
        self._address = address
        self._limit_s = limit_s
        self._ports = ports

    async def read(self) -> HostStatus | Unreachable:
        try:
            async with asyncio.timeout(self._limit_s):
                address = await _looked_up(self._address)
                if await self._echoes(address) or await self._connects(address):
                    return HostStatus()
        except TimeoutError:
            return Unreachable(f"no answer in {self._limit_s:g} s")
        except OSError as error:
            return Unreachable(f"{self._address}: {error.strerror or error}")
        return Unreachable("no answer at any port")

    async def close(self) -> None:
        pass

    async def _echoes(self, address: str) -> bool:
        with suppress(TimeoutError, MayNot, OSError):
            async with asyncio.timeout(self._limit_s / 2):
                await ping(address)
                return True
        return False

    async def _connects(self, address: str) -> bool:
        """The first answer counts; if none comes the others are waited for, up to the limit."""
        attempts = [asyncio.ensure_future(_answers(address, port)) for port in self._ports]
        try:
            for attempt in asyncio.as_completed(attempts):
                if await attempt:
                    return True
            return False
        finally:
            for attempt in attempts:
                attempt.cancel()
            await asyncio.gather(*attempts, return_exceptions=True)


async def ping(address: str) -> None:
    """Send one echo request and wait for its echo, for ever. MayNot if this process may not; OSError."""
    echo = ECHOES[ipaddress.ip_address(address).version]
    loop = asyncio.get_running_loop()
    try:
        asked = socket.socket(echo.family, socket.SOCK_DGRAM, echo.protocol)
    except (OSError, AttributeError) as error:
        raise MayNot(str(error)) from None
    with asked:
        asked.setblocking(False)
        payload = secrets.token_bytes(16)
        asked.connect((address, 0))  # of a datagram socket: at once, and only its answers are heard
        await loop.sock_sendall(asked, struct.pack("!BBHHH", echo.request, 0, 0, 0, 1) + payload)
        while True:
            heard = await loop.sock_recv(asked, 256)
            if heard[:1] == bytes([echo.reply]) and heard[8:] == payload:
                return


async def _answers(address: str, port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection(address, port)
    except REFUSED:
        return True
    except OSError:
        return False
    break_off(writer)
    return True


async def _looked_up(address: str) -> str:
    with suppress(ValueError):
        return str(ipaddress.ip_address(address))
    found = await asyncio.get_running_loop().getaddrinfo(address, None, type=socket.SOCK_STREAM)
    return str(found[0][4][0])
