"""An SNMP agent on a real UDP socket: one pretend card, for our driver and for anybody else's program.

Versions 1, 2c and 3. Everything it reads or moves happens inside `act`. Its faults are switches that may be
thrown while it runs (`faults.py`).
"""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from pysnmp.carrier.asyncio.dgram import udp
from pysnmp.entity import config

from teiden.emulator.snmp.access import Access, Community, User
from teiden.emulator.snmp.answering import Act, respond
from teiden.emulator.snmp.card import SnmpCard
from teiden.emulator.snmp.engine import Boots, engine, engine_id, started
from teiden.emulator.snmp.mib import Mib

HEARD_BYTES = 16_384
"""What waits to be heard. A card has room for few requests, and one that nobody waits for any more is lost:
answered late, one after the other, they would keep it busy while new ones wait."""

log = logging.getLogger(__name__)


class Agent:
    """`start` and `close` it on one loop.

    `card`: whose power and restarts it shares; None: the tables are answered for ever. `name` makes its
    engine id, `folder` keeps the count of its starts. `start` raises OSError if the address cannot be had.
    """

    def __init__(
        self,
        mib: Mib,
        address: tuple[str, int] = ("127.0.0.1", 0),
        *,
        act: Act,
        communities: Sequence[Community] = (),
        users: Sequence[User] = (),
        card: SnmpCard | None = None,
        name: str = "",
        folder: Path | None = None,
        reachable: Callable[[], bool] = lambda: True,
    ) -> None:
        self.faults = mib.faults
        self.engine_id = engine_id(name or (card.ups.name if card is not None else "agent"))
        self._mib = mib
        self._address = address
        self._act = act
        self.reachable = reachable
        self._communities = tuple(communities)
        self._users = tuple(users)
        self._card = card
        self._boots = Boots(self.engine_id, folder)
        self._up_since_s: float | None = None
        self._engine: Any = None
        self._port = 0

    @property
    def port(self) -> int:
        """Where it listens, once it has started."""
        assert self._port, "it has not started"
        return self._port

    @property
    def engine(self) -> Any:
        """pysnmp's engine, for whoever sends traps in its name."""
        assert self._engine is not None, "it has not started"
        return self._engine

    async def start(self) -> None:
        assert self._engine is None, "it has started already"
        listening = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            listening.setblocking(False)
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, HEARD_BYTES)
            listening.bind(self._address)
            self._port = listening.getsockname()[1]
            made = engine(self.engine_id)
            Access(made, self._communities, self._users)
            respond(made, self._mib, self._act)
        except BaseException:
            listening.close()
            raise
        transport = _Socket(self)
        transport.open_server_mode(sock=listening)
        config.add_transport(made, udp.DOMAIN_NAME, transport)
        self._engine = made
        self._act(self._notice_restart)
        await transport.opened()

    async def close(self) -> None:
        if self._engine is not None:
            self._engine.close_dispatcher()
            self._engine = None
            await asyncio.sleep(0)  # the loop closes the socket on its next turn

    def hears(self) -> bool:
        """Whether what comes in now is answered."""
        return self._act(self.awake)

    def awake(self) -> bool:
        """The same, inside `act`. A card that has been off starts anew."""
        if self.faults.silent or not self.reachable():
            return False
        if self._card is not None and not self._card.answers:
            return False
        self._notice_restart()
        return True

    def _notice_restart(self) -> None:
        since_s = 0.0 if self._card is None else self._card.up_since_s
        if since_s != self._up_since_s:
            self._up_since_s = since_s
            started(self._engine, self._boots.next())


class _Socket(udp.UdpAsyncioTransport):  # type: ignore[misc]
    """Hears nothing while the card does not, and late if it is slow. What is no SNMP is dropped."""

    def __init__(self, agent: Agent) -> None:
        super().__init__(loop=asyncio.get_running_loop())
        self._agent = agent

    async def opened(self) -> None:
        await self._lport

    def datagram_received(self, datagram: bytes, address: Any) -> None:
        if self._agent.hears():
            if self._agent.faults.delay_s > 0:
                self.loop.call_later(self._agent.faults.delay_s, self._take, datagram, address)
            else:
                self._take(datagram, address)

    def send_message(self, outgoing: bytes, address: Any) -> None:
        """What was done is done, also when the LAN went with it and nobody hears the answer (U6)."""
        if self._agent.reachable():
            super().send_message(outgoing, address)

    def error_received(self, exc: OSError) -> None:
        """Somebody who asked is gone before the answer came."""

    def _take(self, datagram: bytes, address: Any) -> None:
        take = self._callback_function
        if take is None:
            return  # closed in the meantime
        try:
            take(self, address, datagram)
        except Exception as wrong:  # whatever a stranger sends, the agent goes on
            log.debug("a datagram from %s cannot be answered: %s", address, type(wrong).__name__)
