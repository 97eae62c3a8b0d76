"""Who must stop when these UPSes have lost their mains. Pure functions of the site."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sequencer.site import Array, ArrayRole, Server, ServerRole, Site


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

    def __or__(self, other: Scope) -> Scope:
        """What either of them brings down."""
        control = self.control or other.control
        return Scope(
            self.servers | other.servers,
            self.server_upses | other.server_upses,
            self.arrays | other.arrays,
            control,
            frozenset() if control else self.nodes | other.nodes,
        )

    @property
    def devices(self) -> frozenset[str]:
        return self.servers | self.server_upses | self.arrays | self.nodes


def scope(site: Site, out: frozenset[str] | set[str]) -> Scope:
    """What stops when the UPSes `out` are confirmed to be without mains (R9-20, R9-30, R10-01)."""
    servers = (*site.linked_servers, *site.pool_servers)
    return _widened(site, Scope(), out, site.linked_arrays, servers, [u.name for u in site.server_upses])


def widened(site: Site, before: Scope, out: frozenset[str] | set[str], new: Collection[str]) -> Scope:
    """`scope(site, out)`, when `before` was the scope of those that were out before `new` ones came.

    Only what the new ones feed is looked at: in a hall hundreds are confirmed one after the other.
    """
    arrays = [a for name in new for a in site.arrays_on(name) if a.role is ArrayRole.LINKED]
    servers = [s for name in new for s in site.servers_on(name) if s.role is not ServerRole.CONTROL]
    return _widened(site, before, out, arrays, servers, [n for n in new if n in site.names_of_server_upses])


def _widened(
    site: Site,
    before: Scope,
    out: frozenset[str] | set[str],
    arrays: Iterable[Array],
    servers: Iterable[Server],
    upses: Iterable[str],
) -> Scope:
    """`before`, and what of these devices and of those that depend on them stops too."""
    failed = {a.name for a in arrays if array_fails(a, out)} - before.arrays
    users = (s for name in failed for s in site.users_of(name) if s.role is not ServerRole.CONTROL)
    stopped = {s.name for s in servers if server_fails(s, out)} | {s.name for s in users}
    stopped -= before.servers
    # A UPS goes off with its servers, also one that still has its mains (R9-30). Its pool servers
    # go with it; a linked server that draws from another UPS as well keeps it on.
    theirs = {u for name in stopped for u in site.servers[name].upses}
    all_stopped = before.servers | stopped
    off = set()
    for name in {*upses, *theirs} & site.names_of_server_upses:
        linked = [s for s in site.servers_on(name) if s.role is ServerRole.LINKED]
        if (linked and all(s.name in all_stopped for s in linked)) or (not linked and name in out):
            off.add(name)
    all_off = before.server_upses | off
    pool = (s for name in off for s in site.servers_on(name) if s.role is ServerRole.POOL)
    all_stopped |= {s.name for s in pool if all_off.issuperset(s.upses)}
    failing = {n.name for n in site.control_nodes if server_fails(n, out)}
    control = any(array_fails(a, out) for a in site.control_arrays) or len(failing) == len(site.control_nodes)
    nodes = frozenset() if control else frozenset(failing)
    return Scope(all_stopped, all_off, before.arrays | failed, control, nodes)


def server_fails(server: Server, out: frozenset[str] | set[str]) -> bool:
    """Fewer supplies than it needs are left (X-04)."""
    return len(server.upses) - len(out.intersection(server.upses)) < server.minimum_supplies


def array_fails(array: Array, out: frozenset[str] | set[str]) -> bool:
    """Its controllers or its enclosures have no UPS left with mains."""
    return out.issuperset(array.controllers) or out.issuperset(array.enclosures)
