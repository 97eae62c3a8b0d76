"""The drivers of a site: for every device the one that the site file asks for, imported only then.

What cannot be reached, because nothing is written down or an extra is not installed, gets a driver that
says so: it is unknown, and nothing else stops.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from realtime.contacts import Contacts, NutContact, ServerContact, SnmpContact
from realtime.driver import ArrayDriver, ClusterDriver, HostDriver, ServerDriver, UpsDriver
from realtime.life import Machines
from realtime.unreached import Unreached
from sequencer.site import Server, Site

if TYPE_CHECKING:
    from realtime.peers.driver import Peer
    from realtime.snmp.engine import Engine

D = TypeVar("D")

EXTRAS = {"pysnmp": "snmp", "cryptography": "snmp", "asyncssh": "ssh", "aiohttp": "redfish", "aionut": "nut"}
"""Which extra brings a module that is missing."""


@dataclass(frozen=True)
class Reach:
    """How long requests may take, seconds of wall time, and what all drivers share."""

    limit_s: float
    """Of one look."""
    command_limit_s: float
    """Of one command and its first proof."""
    engine: Engine | None = None
    """Of SNMP; None where no UPS has a card."""


def machines(site: Site, contacts: Contacts, me: str, peers: Mapping[str, Peer], reach: Reach) -> Machines:
    """`peers`: the services on the other control nodes, which shut their own systems down."""
    return Machines(
        upses={name: _driver(lambda n=name: _ups(site, contacts, n, reach)) for name in site.upses},  # type: ignore[misc]
        servers={
            name: _driver(lambda s=server: _server(s, site, contacts, me, peers, reach))  # type: ignore[misc]
            for name, server in site.servers.items()
        },
        arrays={name: _driver(lambda n=name: _array(contacts, n, reach)) for name in site.arrays},  # type: ignore[misc]
        cluster=_driver(lambda: _cluster(site, contacts, me, reach)),
        hosts={a: _driver(lambda a=a: _host(a, reach)) for a in site.lan_watch.hosts},  # type: ignore[misc]
    )


def _driver(make: Callable[[], D]) -> D | Unreached:
    try:
        return make()
    except ModuleNotFoundError as error:
        extra = EXTRAS.get((error.name or "").partition(".")[0])
        if extra is None:
            raise
        return Unreached(f'{error.name} is not installed: pip install "teiden[{extra}]"')


def _ups(site: Site, contacts: Contacts, name: str, reach: Reach) -> UpsDriver:
    match contacts.upses.get(name):
        case SnmpContact() as card if reach.engine is not None:
            from realtime.snmp.driver import SnmpUps

            return SnmpUps(reach.engine, card, site.upses[name], limit_s=reach.limit_s)
        case NutContact() as nut:
            from realtime.nut import NutUps

            return NutUps(nut, site.upses[name], limit_s=reach.limit_s)
    return Unreached("the site file does not say how its card is reached")


def _server(
    server: Server, site: Site, contacts: Contacts, me: str, peers: Mapping[str, Peer], reach: Reach
) -> ServerDriver:
    from realtime.servers.server import ServerDriver as Composed

    contact = contacts.servers.get(server.name, ServerContact())
    inner = Composed(contact, server, limit_s=reach.limit_s, command_limit_s=reach.command_limit_s)
    if server.name not in site.cluster.nodes or server.shutdown_by != "cluster":
        return inner
    from realtime.peers.node_driver import NodeDriver

    return NodeDriver(server.name, me, contacts, peers.get(server.name), inner, limit_s=reach.limit_s)


def _array(contacts: Contacts, name: str, reach: Reach) -> ArrayDriver:
    contact = contacts.arrays.get(name)
    if contact is None:
        return Unreached("the site file does not say how it is reached")
    if contact.command is not None:
        from realtime.arrays.command import CommandArray

        return CommandArray(contact, name, limit_s=reach.limit_s)
    from realtime.arrays.lines import LineArray

    return LineArray(contact, name, limit_s=reach.limit_s)


def _cluster(site: Site, contacts: Contacts, me: str, reach: Reach) -> ClusterDriver:
    from realtime.clusters.cluster import Cluster

    return Cluster(contacts.cluster, site.cluster, me, limit_s=reach.limit_s)


def _host(address: str, reach: Reach) -> HostDriver:
    from realtime.hosts import PingHost

    return PingHost(address, limit_s=reach.limit_s)
