"""Wake-on-LAN: a magic packet by UDP broadcast. Whether it arrived, and what came of it, looking must tell.

Six bytes FF, then the MAC sixteen times (R9-35). It is sent three times: one that is lost is not asked
for again, since nobody could say that it was lost, and a machine that is up does not mind.
"""

from __future__ import annotations

import asyncio
import re

from realtime.contacts import WakeContact
from realtime.servers.banner import no_way
from realtime.servers.way import NotSent, Told, accepted

TIMES = 3
MAC = re.compile(r"(?:[0-9a-f]{2}[:-]?){5}[0-9a-f]{2}", re.IGNORECASE)


def magic_packet(mac: str) -> bytes:
    """Raises ValueError if it is no MAC."""
    if not MAC.fullmatch(mac):
        raise ValueError(f"{mac!r} is no MAC")
    return b"\xff" * 6 + bytes.fromhex(mac.replace(":", "").replace("-", "")) * 16


async def wake(contact: WakeContact) -> Told:
    try:
        packet = magic_packet(contact.mac)
        transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
            asyncio.DatagramProtocol, remote_addr=(contact.broadcast, contact.port), allow_broadcast=True
        )
    except ValueError as error:
        return NotSent(str(error))
    except OSError as error:
        return NotSent(f"magic packet: {no_way(error)}")
    try:
        for _ in range(TIMES):
            transport.sendto(packet)
    finally:
        transport.close()
    return accepted("sent; nobody acknowledges it")
