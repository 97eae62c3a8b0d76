"""Where the cards' traps are heard: they hasten a look at whoever sent one, and nothing else (SEC-4)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from realtime.contacts import Live
from realtime.driver import UpsDriver
from realtime.peers.listener import CannotListen

if TYPE_CHECKING:
    from realtime.snmp.driver import SnmpUps
    from realtime.snmp.traps import TrapListener


async def trap_listener(
    live: Live, drivers: Mapping[str, UpsDriver], poke: Callable[[str], None]
) -> TrapListener | None:
    """Started; None where the site hears no traps. CannotListen: its port cannot be had."""
    if not live.traps_address:
        return None
    from realtime.snmp.driver import SnmpUps
    from realtime.snmp.traps import Sender, TrapListener

    senders: dict[str, list[Sender]] = {}
    for name, driver in drivers.items():
        if isinstance(driver, SnmpUps):
            cards = senders.setdefault(driver.host, [])
            cards.append(Sender(name, driver.credentials, _engine_id_of(driver)))
    listener = TrapListener(live.traps_address, live.traps_port, senders, poke)
    try:
        await listener.start()
    except OSError as error:
        where = f"{live.traps_address} port {live.traps_port}"
        raise CannotListen(f"no traps can be heard on {where}: {error.strerror}") from None
    return listener


def _engine_id_of(driver: SnmpUps) -> Callable[[], bytes | None]:
    return lambda: driver.engine_id
