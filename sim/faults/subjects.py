"""Which names of a site a fault may be put on."""

from __future__ import annotations

from sequencer.site import Site
from sim.faults.fault import Kind

NETWORK = "network"
"""The name of the one there is."""


def subjects(site: Site, kind: Kind) -> list[str]:
    """In the order of the site file."""
    names = {
        Kind.INPUT: [*site.feeds, *site.upses],
        Kind.UPS: list(site.upses),
        Kind.SWITCH: [switch.name for switch in site.switches.values() if switch.kind == "lan"],
        Kind.NETWORK: [NETWORK],
        Kind.SERVER: list(site.servers),
        Kind.LINKED: [server.name for server in site.linked_servers],
        Kind.POOL: [server.name for server in site.pool_servers],
        Kind.NODE: list(site.cluster.nodes),
        Kind.ARRAY: list(site.arrays),
        Kind.CLUSTER: [site.cluster.name],
    }
    return names[kind]
