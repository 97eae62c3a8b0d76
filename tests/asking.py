"""A small SNMP client of the tests' own: it says exactly what it is told to and shows the whole answer."""

from __future__ import annotations

import asyncio
import itertools
from dataclasses import dataclass
from typing import Any

from pyasn1.codec.ber import decoder, encoder
from pysnmp.proto import rfc1902, rfc1905
from pysnmp.proto.api import v1, v2c

from teiden.emulator.snmp.objects import Oid

LIMIT_S = 30.0
"""For an answer that must come. One that must not is waited for `SILENCE_S`."""
SILENCE_S = 0.05

_numbers = itertools.count(1)


@dataclass(frozen=True)
class Answered:
    status: str
    """`noError`, `noSuchName`, `genErr` ..."""
    index: int
    pairs: tuple[tuple[Oid, Any], ...]
    """Values of our own types; a `str` for what is no value: `noSuchInstance`, `endOfMibView`."""

    @property
    def values(self) -> list[Any]:
        return [value for _, value in self.pairs]


class Asker(asyncio.DatagramProtocol):
    """Versions 1 and 2c."""

    def __init__(self, community: str = "public", version: str = "2c") -> None:
        self._community = community
        self._protocol = v1 if version == "1" else v2c
        self._heard: asyncio.Queue[bytes] = asyncio.Queue()
        self._transport: Any = None

    async def __aenter__(self) -> Asker:
        loop = asyncio.get_running_loop()
        await loop.create_datagram_endpoint(lambda: self, local_addr=("127.0.0.1", 0))
        return self

    async def __aexit__(self, *error: object) -> None:
        self._transport.close()
        await asyncio.sleep(0)

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def datagram_received(self, data: bytes, addr: Any) -> None:
        self._heard.put_nowait(data)

    async def get(self, port: int, *oids: Oid) -> Answered:
        return await self._ask(port, self._protocol.GetRequestPDU(), [(oid, None) for oid in oids])

    async def next(self, port: int, *oids: Oid) -> Answered:
        return await self._ask(port, self._protocol.GetNextRequestPDU(), [(oid, None) for oid in oids])

    async def bulk(self, port: int, most: int, *oids: Oid) -> Answered:
        pdu = v2c.GetBulkRequestPDU()
        v2c.apiBulkPDU.set_defaults(pdu)
        v2c.apiBulkPDU.set_max_repetitions(pdu, most)
        v2c.apiBulkPDU.set_non_repeaters(pdu, 0)
        return await self._ask(port, pdu, [(oid, None) for oid in oids], ready=True)

    async def set(self, port: int, *pairs: tuple[Oid, Any]) -> Answered:
        """Values of pysnmp's types; a plain int is an INTEGER, a plain str an OCTET STRING."""
        return await self._ask(port, self._protocol.SetRequestPDU(), list(pairs))

    def send(self, port: int, datagram: bytes) -> None:
        self._transport.sendto(datagram, ("127.0.0.1", port))

    async def silence(self) -> bool:
        try:
            await asyncio.wait_for(self._heard.get(), SILENCE_S)
        except TimeoutError:
            return True
        return False

    def written(self, pdu: Any, pairs: list[tuple[Oid, Any]], *, ready: bool = False) -> bytes:
        api = v2c.apiBulkPDU if ready else self._protocol.apiPDU
        if not ready:
            api.set_defaults(pdu)
        api.set_request_id(pdu, next(_numbers))
        api.set_varbinds(pdu, [(rfc1902.ObjectName(oid), self._typed(value)) for oid, value in pairs])
        message = self._protocol.Message()
        self._protocol.apiMessage.set_defaults(message)
        self._protocol.apiMessage.set_community(message, self._community)
        self._protocol.apiMessage.set_pdu(message, pdu)
        return bytes(encoder.encode(message))

    async def _ask(
        self, port: int, pdu: Any, pairs: list[tuple[Oid, Any]], *, ready: bool = False
    ) -> Answered:
        self.send(port, self.written(pdu, pairs, ready=ready))
        data = await asyncio.wait_for(self._heard.get(), LIMIT_S)
        message, _ = decoder.decode(data, asn1Spec=self._protocol.Message())
        response = self._protocol.apiMessage.get_pdu(message)
        api = self._protocol.apiPDU
        return Answered(
            response["error-status"].prettyPrint().strip("'"),
            int(response["error-index"]),
            tuple((tuple(name), _plain(value)) for name, value in api.get_varbinds(response)),
        )

    def _typed(self, value: Any) -> Any:
        match value:
            case None:
                return self._protocol.Null("")
            case int():
                return self._protocol.Integer(value)
            case str():
                return self._protocol.OctetString(value)
            case _:
                return value


def _plain(value: Any) -> Any:
    for name in ("noSuchInstance", "noSuchObject", "endOfMibView"):
        if value.tagSet == getattr(rfc1905, name).tagSet:
            return name
    if value.tagSet == rfc1902.OctetString.tagSet:
        return bytes(value).decode()
    if value.tagSet == rfc1902.ObjectIdentifier.tagSet:
        return tuple(value)
    return None if value.tagSet == rfc1902.Null.tagSet else int(value)
