"""Which names of a site a fault may be put on."""

from __future__ import annotations

from sequencer.site import Site
from sim.faults.fault import Kind

NETWORK = "network"
"""The name of the one there is."""


def subjects(site: Site, kind: Kind) -> list[str]:
    """In the order of the site file."""
    match kind:
        case Kind.INPUT:
            return [*site.feeds, *site.upses]
        case Kind.UPS:
            return list(site.upses)
        case Kind.SWITCH:
            return [switch.name for switch in site.switches.values() if switch.kind == "lan"]
        case Kind.NETWORK:
            return [NETWORK]
        case Kind.SERVER:
            return list(site.servers)
        case Kind.LINKED:
            return [server.name for server in site.linked_servers]
        case Kind.POOL:
            return [server.name for server in site.pool_servers]
        case Kind.NODE:
            return list(site.cluster.nodes)
        case Kind.ARRAY:
            return list(site.arrays)
        case Kind.CLUSTER:
            return [site.cluster.name]
