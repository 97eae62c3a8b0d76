"""The drivers of a site: for every device the one that the site file asks for, imported only then.

What cannot be reached, because nothing is written down or an extra is not installed, gets a driver that
says so: it is unknown, and nothing else stops.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from realtime.contacts import Contacts, NutContact, ServerContact, SnmpContact
from realtime.driver import ArrayDriver, ClusterDriver, HostDriver, ServerDriver, UpsDriver
from realtime.extra import ExtraMissing
from realtime.life import Machines
from realtime.pace import wall_limit_s
from realtime.secret import NoSecret
from realtime.unreached import Unreached
from sequencer.site import Server, Site

if TYPE_CHECKING:
    from realtime.peers.driver import Peer
    from realtime.peers.node_driver import OwnNode
    from realtime.snmp.engine import Engine

D = TypeVar("D")

EXTRAS = {"pysnmp": "snmp", "cryptography": "snmp", "asyncssh": "ssh", "aiohttp": "redfish"}
"""Which extra brings a module that is missing."""


@dataclass(frozen=True)
class Reach:
    """How long requests may take, seconds of wall time, and what all drivers share."""

    limit_s: float
    """Of one look."""
    command_limit_s: float
    """Of one command and its first proof."""
    clock: Callable[[], float]
    """Seconds that only grow: time.monotonic, or the same accelerated."""
    rate: float = 1.0
    """Of the rehearsal: how many seconds pass for the devices in one of the wall."""
    engine: Engine | None = None
    """Of SNMP; None where no UPS has a card, or pysnmp is not installed."""


def machines(
    site: Site, contacts: Contacts, own: OwnNode, me: str, peers: Mapping[str, Peer], reach: Reach
) -> Machines:
    """`own`: the node we run on. `peers`: the services on the others, which shut their own systems down."""
    upses = {name: _driver(partial(_ups, site, contacts, name, reach)) for name in site.upses}
    servers: dict[str, ServerDriver] = {}
    for server in site.servers.values():
        if server.name == me:
            servers[me] = own
        else:
            servers[server.name] = _driver(partial(_server, server, contacts, peers, reach))
    arrays = {name: _driver(partial(_array, contacts, name, reach)) for name in site.arrays}
    hosts = {address: _driver(partial(_host, address, reach)) for address in site.lan_watch.hosts}
    return Machines(upses, servers, arrays, _driver(partial(_cluster, site, contacts, me, reach)), hosts)


def _driver(make: Callable[[], D]) -> D | Unreached:
    """What keeps one driver from being made is what its device will say; the others are made."""
    try:
        return make()
    except (ExtraMissing, NoSecret, ValueError) as why:
        return Unreached(str(why))
    except ModuleNotFoundError as error:
        extra = EXTRAS.get((error.name or "").partition(".")[0])
        if extra is None:
            raise
        return Unreached(str(ExtraMissing(extra, error.name)))


def _ups(site: Site, contacts: Contacts, name: str, reach: Reach) -> UpsDriver:
    match contacts.upses.get(name):
        case SnmpContact() as card:
            from realtime.snmp.driver import CONFIRM_S, SnmpUps
            from realtime.snmp.poll import SETTINGS_EVERY_S

            if reach.engine is None:
                raise ExtraMissing("snmp", "pysnmp")
            return SnmpUps(
                reach.engine,
                card,
                site.upses[name],
                reach.limit_s,
                confirm_s=wall_limit_s(CONFIRM_S, reach.rate),
                settings_every_s=SETTINGS_EVERY_S / reach.rate,
            )
        case NutContact() as nut:
            from realtime.nut import NutUps

            return NutUps(nut, site.upses[name], limit_s=reach.limit_s)
    return Unreached("the site file does not say how its card is reached")


def _server(server: Server, contacts: Contacts, peers: Mapping[str, Peer], reach: Reach) -> ServerDriver:
    from realtime.servers.server import ServerDriver as Ways

    contact = contacts.servers.get(server.name, ServerContact())
    ways = Ways(
        contact, server, limit_s=reach.limit_s, command_limit_s=reach.command_limit_s, clock=reach.clock
    )
    peer = peers.get(server.name)
    if peer is None:
        return ways
    from realtime.peers.node_driver import OtherNode

    return OtherNode(peer, ways if contact != ServerContact() else None)


def _array(contacts: Contacts, name: str, reach: Reach) -> ArrayDriver:
    contact = contacts.arrays.get(name)
    if contact is None:
        return Unreached("the site file does not say how it is reached")
    if contact.command is not None:
        from realtime.arrays.command import CommandArray

        return CommandArray(contact.command, name)
    from realtime.arrays.lines import LineArray

    return LineArray(contact, name, limit_s=reach.limit_s)


def _cluster(site: Site, contacts: Contacts, me: str, reach: Reach) -> ClusterDriver:
    from realtime.clusters.cluster import Cluster

    return Cluster(contacts.cluster, site.cluster, me, limit_s=reach.limit_s)


def _host(address: str, reach: Reach) -> HostDriver:
    from realtime.hosts import PingHost

    return PingHost(address, limit_s=reach.limit_s)
