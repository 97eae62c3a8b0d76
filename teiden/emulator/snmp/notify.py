"""Sends a card's traps when the room's facts say so: versions 1, 2c and 3, to any number of places.

Versions 1 and 2c are written by hand and leave through a socket of the notifier's own; version 3 leaves
through the agent's engine, whose id and time they are signed with. Each place has names of its own there:
pysnmp sends to everybody who shares one.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from pyasn1.codec.ber import encoder
from pysnmp.carrier.asyncio.dgram import udp
from pysnmp.entity import config
from pysnmp.entity.rfc3413 import ntforg
from pysnmp.error import PySnmpError
from pysnmp.proto import rfc1902
from pysnmp.proto.api import v1, v2c
from pysnmp.proto.proxy import rfc2576

from realtime.secret import Secret
from teiden.emulator.snmp.agent import Agent
from teiden.emulator.snmp.answering import TYPES, Act
from teiden.emulator.snmp.card import SnmpCard
from teiden.emulator.snmp.objects import dotted
from teiden.emulator.snmp.system import UPTIME, uptime_ticks
from teiden.emulator.snmp.traps import Trap, Traps

TRAP_OID = dotted("1.3.6.1.6.3.1.1.4.1.0")


@dataclass(frozen=True, slots=True)
class Destination:
    """Version `1` or `2c` with a community, or `3` with the name of a user of the agent."""

    address: tuple[str, int]
    version: str = "2c"
    community: Secret | None = None
    user: str = ""

    def __post_init__(self) -> None:
        assert self.user if self.version == "3" else self.community is not None, "who sends it?"


class Notifier:
    """From a started agent; close it before the agent."""

    def __init__(
        self, card: SnmpCard, agent: Agent, traps: Traps, destinations: Sequence[Destination], act: Act
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._card = card
        self._agent = agent
        self._traps = traps
        self._act = act
        self._last = act(card.look)
        self._awaited = False
        self._closed = False
        self._originator = ntforg.NotificationOriginator()
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        self._places = [(f"place{number}", place) for number, place in enumerate(destinations)]
        for name, place in self._places:
            if place.version == "3":
                _register(agent.engine, name, place)
        card.listen(self._changed)

    def close(self) -> None:
        self._closed = True
        self._card.forget(self._changed)
        self._socket.close()

    def _changed(self) -> None:
        """Looked at a moment later, when all that belongs to one change has happened."""
        if not self._awaited:
            self._awaited = True
            self._loop.call_soon(self._compare_now)

    def _compare_now(self) -> None:
        self._awaited = False
        if not self._closed:
            self._act(self._compare)

    def _compare(self) -> None:
        was, now = self._last, self._card.look()
        if now != was:
            self._last = now
            self._send(self._traps(was, now))

    def _remind(self) -> None:
        if not self._closed:
            now = self._card.look()
            self._send([trap for trap in self._traps(now, now) if trap.again_s is not None])

    def _send(self, traps: list[Trap]) -> None:
        for trap in traps:
            if trap.again_s is not None:
                self._card.later(trap.again_s, self._remind)
            if self._agent.awake() and not self._card.ups.quirks.loses_traps:
                for name, place in self._places:
                    self._send_one(trap, name, place)

    def _send_one(self, trap: Trap, name: str, place: Destination) -> None:
        pairs = [
            (rfc1902.ObjectName(UPTIME), rfc1902.TimeTicks(uptime_ticks(self._card))),
            (rfc1902.ObjectName(TRAP_OID), rfc1902.ObjectIdentifier(trap.oid)),
            *((rfc1902.ObjectName(b.oid), TYPES[b.kind](b.value)) for b in trap.bound),
        ]
        # A trap is sent once, whatever becomes of it.
        with suppress(OSError, PySnmpError):
            if place.community is None:
                self._originator.send_varbinds(self._agent.engine, name, None, "", pairs)
            else:
                self._socket.sendto(_written(place.version, place.community, pairs), place.address)


def _written(version: str, community: Secret, pairs: list[tuple[Any, Any]]) -> bytes:
    pdu = v2c.TrapPDU()
    v2c.apiTrapPDU.set_defaults(pdu)
    v2c.apiTrapPDU.set_varbinds(pdu, pairs)
    protocol = v2c
    if version == "1":
        protocol, pdu = v1, rfc2576.v2_to_v1(pdu)
    message = protocol.Message()
    protocol.apiMessage.set_defaults(message)
    protocol.apiMessage.set_community(message, community.reveal())
    protocol.apiMessage.set_pdu(message, pdu)
    return bytes(encoder.encode(message))


def _register(engine: Any, name: str, place: Destination) -> None:
    config.add_target_parameters(engine, name, place.user, "authPriv", 3)
    config.add_target_address(engine, name, udp.DOMAIN_NAME, place.address, name, tagList=name)
    config.add_notification_target(engine, name, name, name, "trap")
