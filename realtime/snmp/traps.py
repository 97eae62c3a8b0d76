"""Hears traps and informs of the UPS cards: each is a reason to look sooner, and never more than that.

What a trap says is not read: it can be forged, lost, repeated and late (SEC-4, U3, U4). It must come from the
address of a known card and carry its community or its user's signature; and however many come, a card is
looked at no more often than the limit allows. Informs are acknowledged.
"""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pysnmp.carrier.asyncio.dgram import udp, udp6
from pysnmp.entity import config
from pysnmp.entity.engine import SnmpEngine
from pysnmp.entity.rfc3413 import ntfrcv

from realtime.secret import Secret
from realtime.snmp.credentials import Community, Credentials, User
from realtime.snmp.made import made_engine
from realtime.snmp.speaker import add_user

log = logging.getLogger(__name__)

POKE_EVERY_S = 1.0
"""A card is looked at no more often than this because of traps; RFC 1628 sends one each minute on battery."""

READ_PER_S = 50
"""Datagrams that are decoded in a second, about a twentieth of one core. The rest is dropped unread."""


@dataclass(frozen=True, slots=True)
class Sender:
    """A card that may send traps."""

    device: str
    credentials: Credentials
    engine_id: Callable[[], bytes | None] = lambda: None
    """Of version 3: what its traps are signed for. None until the card has been read once."""


@dataclass(slots=True)
class Heard:
    """Counts, for status pages and tests."""

    all: int = 0
    """Datagrams."""
    pokes: int = 0
    """Looks that were asked for."""
    unknown: int = 0
    """From addresses that no card has."""
    dropped: int = 0
    """Too many in this second; not read."""
    refused: int = 0
    """No SNMP, a wrong community, a wrong signature."""


class TrapListener:
    """`senders`: by the address that their traps come from; cards that share one are all looked at.

    `communities`: further ones that cards may send traps with. `start` raises OSError if the port cannot be
    had: 162 is for privileged users.
    """

    def __init__(
        self,
        address: str,
        port: int,
        senders: Mapping[str, Sequence[Sender]],
        poke: Callable[[str], None],
        *,
        communities: Sequence[Secret] = (),
        poke_every_s: float = POKE_EVERY_S,
        read_per_s: int = READ_PER_S,
    ) -> None:
        self.heard = Heard()
        self._where = (address, port)
        self._senders = {address: tuple(cards) for address, cards in senders.items()}
        self._communities = tuple(communities)
        self._poke = poke
        self._poke_every_s = poke_every_s
        self._read_per_s = read_per_s
        self._poked_s: dict[str, float] = {}
        self._second, self._read = 0, 0
        self._learnt: set[tuple[str, bytes]] = set()
        self._engine: SnmpEngine | None = None
        self._port = 0
        self._genuine = False

    @property
    def port(self) -> int:
        assert self._port, "it has not started"
        return self._port

    async def start(self) -> None:
        six = ":" in self._where[0]
        listening = socket.socket(socket.AF_INET6 if six else socket.AF_INET, socket.SOCK_DGRAM)
        try:
            listening.setblocking(False)
            listening.bind(self._where)
            self._port = listening.getsockname()[1]
            engine = self._engine = self._made()
        except BaseException:
            listening.close()
            raise
        transport = (_Listening6 if six else _Listening)(self._take)
        transport.open_server_mode(sock=listening)
        config.add_transport(engine, udp6.DOMAIN_NAME if six else udp.DOMAIN_NAME, transport)
        await transport.opened()

    def _made(self) -> SnmpEngine:
        engine = made_engine()
        everybody = [sender.credentials for cards in self._senders.values() for sender in cards]
        names = [who.name for who in everybody if isinstance(who, Community)] + list(self._communities)
        for number, name in enumerate({name.reveal(): name for name in names}.values()):
            config.add_v1_system(engine, f"traps{number}", name.reveal())
        # An inform is signed for us who receive it, so one name can have one key there only.
        for user in {who.name: who for who in everybody if isinstance(who, User)}.values():
            add_user(engine, user)
        ntfrcv.NotificationReceiver(engine, self._understood)
        return engine

    async def close(self) -> None:
        if self._engine is not None:
            self._engine.close_dispatcher()
            self._engine = None
            await asyncio.sleep(0)  # the loop closes the socket on its next turn

    # What comes in

    def _take(self, read: Callable[[], None], source: str) -> None:
        """`read` lets pysnmp decode the datagram."""
        self.heard.all += 1
        senders = self._senders.get(source)
        if senders is None:
            self.heard.unknown += 1
            return
        now_s = asyncio.get_running_loop().time()
        if not self._may_read(now_s):
            self.heard.dropped += 1
            return
        self._learn(senders)
        self._genuine = False
        try:
            read()
        except Exception as wrong:  # whatever a stranger sends, the listener goes on
            log.debug("a datagram from %s is no trap: %s", source, type(wrong).__name__)
        if not self._genuine:
            self.heard.refused += 1
            return
        for sender in senders:
            self._look_soon(sender.device, now_s)

    def _may_read(self, now_s: float) -> bool:
        if int(now_s) != self._second:
            self._second, self._read = int(now_s), 0
        self._read += 1
        return self._read <= self._read_per_s

    def _learn(self, senders: Sequence[Sender]) -> None:
        """A trap of version 3 is signed for its sender, whose engine id the polls have found out."""
        for sender in senders:
            engine_id = sender.engine_id()
            if isinstance(sender.credentials, User) and engine_id is not None:
                key = (sender.credentials.name, engine_id)
                if key not in self._learnt:
                    self._learnt.add(key)
                    add_user(self._engine, sender.credentials, engine_id)

    def _understood(self, *told: Any) -> None:
        """pysnmp has checked community or signature. What it says is left unread."""
        self._genuine = True

    def _look_soon(self, device: str, now_s: float) -> None:
        last_s = self._poked_s.get(device)
        if last_s is None or now_s - last_s >= self._poke_every_s:
            self._poked_s[device] = now_s
            self.heard.pokes += 1
            self._poke(device)


Take = Callable[[Callable[[], None], str], None]


class _Taking:
    """A socket of pysnmp that asks before anything is decoded."""

    _callback_function: Any
    _lport: Any

    def __init__(self, take: Take) -> None:
        super().__init__()
        self._take = take

    async def opened(self) -> None:
        await self._lport

    def datagram_received(self, datagram: bytes, address: Any) -> None:
        decode = self._callback_function
        if decode is not None:
            self._take(lambda: decode(self, address, datagram), address[0])

    def error_received(self, error: OSError) -> None:
        """Whoever sent an inform is gone before it was acknowledged."""


class _Listening(_Taking, udp.UdpAsyncioTransport):  # type: ignore[misc]
    pass


class _Listening6(_Taking, udp6.Udp6AsyncioTransport):  # type: ignore[misc]
    pass
