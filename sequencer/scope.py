"""Who must stop when these UPSes have lost their mains. Pure functions of the site."""

from __future__ import annotations

from dataclasses import dataclass

from sequencer.site import Array, Server, ServerRole, Site


@dataclass(frozen=True, slots=True)
class Scope:
    """Names of what a declared outage brings down."""

    servers: frozenset[str] = frozenset()
    server_upses: frozenset[str] = frozenset()
    arrays: frozenset[str] = frozenset()
    """Linked arrays."""
    control: bool = False
    """The whole control side: cluster, nodes, control arrays."""
    nodes: frozenset[str] = frozenset()
    """Single control nodes that lose their power while the cluster goes on elsewhere."""


def scope(site: Site, out: frozenset[str] | set[str]) -> Scope:
    """What stops when the UPSes `out` are confirmed to be without mains (R9-20, R9-30, R10-01)."""
    arrays = {a.name for a in site.linked_arrays if array_fails(a, out)}
    servers = {
        s.name
        for s in (*site.linked_servers, *site.pool_servers)
        if server_fails(s, out) or (s.arrays and arrays.intersection(s.arrays))
    }
    # A UPS goes off with its servers, also one that still has its mains (R9-30). Its pool servers
    # go with it; a linked server that draws from another UPS as well keeps it on.
    server_upses = set()
    for ups in site.server_upses:
        linked = [s for s in site.servers_on(ups.name) if s.role is ServerRole.LINKED]
        if (linked and all(s.name in servers for s in linked)) or (not linked and ups.name in out):
            server_upses.add(ups.name)
    servers |= {s.name for s in site.pool_servers if s.upses and server_upses.issuperset(s.upses)}
    failing = {n.name for n in site.control_nodes if server_fails(n, out)}
    control = any(array_fails(a, out) for a in site.control_arrays) or len(failing) == len(site.control_nodes)
    return Scope(
        frozenset(servers),
        frozenset(server_upses),
        frozenset(arrays),
        control,
        frozenset() if control else frozenset(failing),
    )


def server_fails(server: Server, out: frozenset[str] | set[str]) -> bool:
    """Fewer supplies than it needs are left (X-04)."""
    return sum(u not in out for u in server.upses) < server.minimum_supplies


def array_fails(array: Array, out: frozenset[str] | set[str]) -> bool:
    """Its controllers or its enclosures have no UPS left with mains."""
    return out.issuperset(array.controllers) or out.issuperset(array.enclosures)
