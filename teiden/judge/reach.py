"""Whom the fault of a device reaches: by its power, by its disks, by who waits for whom."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from sequencer.scope import array_fails, scope, server_fails
from sequencer.site import Array, ArrayRole, ServerRole, Site
from sim.faults.fault import Reach


def reached(reach: Reach, name: str, site: Site) -> frozenset[str] | None:
    """Those whom it covers, of a fault of this device; None: everybody."""
    return None if reach is Reach.ALL else REACHES[reach](name, site)


def covers(reach: Reach, faulty: str, subject: str, site: Site) -> bool:
    """Whether an excuse that reaches this far, of a fault of this device, covers the subject of a breach."""
    names = reached(reach, faulty, site)
    return names is None or subject in names


def loads(name: str, site: Site) -> frozenset[str]:
    """The device itself, what draws its power, the arrays on it, and who uses their disks.

    Of a feed: its UPSes with all of theirs. Of a control array: its nodes, and their cluster.
    """
    if name in site.feeds:
        behind = [ups.name for ups in site.upses.values() if ups.feed == name]
        return frozenset((name,)).union(*(loads(ups, site) for ups in behind))
    if name in site.arrays:
        users = {server.name for server in site.users_of(name)}
        control = site.arrays[name].role is ArrayRole.CONTROL
        return frozenset((name, *users, *((site.cluster.name,) if control else ())))
    if name in site.upses:
        drawing = {s.name for s in site.servers_on(name)} | {s.name for s in site.switches_on(name)}
        return frozenset((name, *drawing)).union(*(loads(a.name, site) for a in site.arrays_on(name)))
    return frozenset((name,))


def unit(ups: str, site: Site) -> frozenset[str]:
    """The UPS, the nodes and the control disks on it, and what else feeds its loads; the control side, if all
    nodes are on it.

    What hangs on two falls to the other; enclosures go after controllers (S4); and the nodes stay up as long
    as none of them would come back, and so does one that is left alone (ADR 0019). Control disks are never
    flushed: whoever stays up, or comes back with his own mains, uses them until it ends. Linked ones are.
    """
    found = {ups}.union(*(s.upses for s in site.servers_on(ups)), *(a.upses for a in site.arrays_on(ups)))
    found |= {node.name for node in site.control_nodes if ups in node.upses}
    found |= {array.name for array in site.control_arrays if ups in array.upses}
    if site.control_nodes and all(ups in node.upses for node in site.control_nodes):
        found |= control_side(site)
    return frozenset(found)


def control_side(site: Site) -> set[str]:
    """Nodes, cluster, control disks and the UPSes of all these."""
    names = {*site.cluster.nodes, site.cluster.name, *(array.name for array in site.control_arrays)}
    return names | {ups.name for ups in site.control_upses}


def with_its_disk(ups: str, site: Site) -> frozenset[str]:
    """All of the control side goes with one of its disks, the nodes' UPSes too (S31)."""
    return frozenset((ups, *(control_side(site) if ups in site.names_of_control_array_upses else ())))


def outage(ups: str, site: Site) -> frozenset[str]:
    """The UPS, and whoever is stopped when it has no mains (R9-20)."""
    stops = scope(site, {ups})
    return frozenset({ups} | stops.devices | (control_side(site) if stops.control else set()))


def waiting(name: str, site: Site) -> frozenset[str]:
    """It, and who waits for it on the way down: its UPS and all on that, their arrays, the UPSes of these.

    Of the control side: all of that.
    """
    if name in control_side(site):
        return frozenset(control_side(site))
    upses = site.servers[name].upses if name in site.servers else (name,)
    servers = [s for s in site.servers.values() if name == s.name or not set(upses).isdisjoint(s.upses)]
    arrays = {a.name for a in site.arrays.values() if name in (a.name, *a.upses)}
    arrays |= {a for s in servers for a in s.arrays}
    found = {name}.union(*((s.name, *s.upses) for s in servers))
    return frozenset(found.union(*((a, *site.arrays[a].upses) for a in arrays)))


def using(name: str, site: Site) -> frozenset[str]:
    """It and its disks, which nobody flushes while it runs; of the control side, all of that.

    Not those of who shares a UPS with it, or of whom one that is held feeds: they can be stopped, and their
    disks are flushed though that UPS stays on.
    """
    if name in control_side(site):
        return frozenset(control_side(site))
    return frozenset((name, *(site.servers[name].arrays if name in site.servers else ())))


def undeclared(server: str, site: Site) -> frozenset[str]:
    return frozenset(a.name for a in site.linked_arrays if a.name not in site.servers[server].arrays)


def depending(names: Iterable[str], site: Site) -> frozenset[str]:
    """These devices, and whoever cannot come up without them; and the site, whose incident waits for it.

    A feed takes its UPSes with it; a server goes with as many of its UPSes as it cannot do without, or with
    an array of its own; a UPS of servers with an array that one of them uses (S8); an array with all that
    feed its controllers or its enclosures, or with one of a lower warm-up rank, which it waits for (R9-26);
    the cluster with all its nodes or any of its disks, and the linked side with the cluster; whoever is
    switched on or woken, with the last of the nodes or of the LAN switches.
    """
    out: set[str] = set(names)
    while out:
        more = _next(out, site) - out
        if not more:
            out.add(site.name)
            break
        out |= more
    return frozenset(out)


def _next(out: set[str], site: Site) -> set[str]:
    found = {ups.name for ups in site.upses.values() if ups.feed in out}
    found |= {s.name for s in site.switches.values() if s.upses and out.issuperset(s.upses)}
    found |= {ups.name for ups in site.server_upses if _waits_for_disks(ups.name, out, site)}
    found |= {s.name for s in site.servers.values() if _server_goes(s.name, out, site)}
    found |= {a.name for a in site.arrays.values() if array_fails(a, out) or _waits_for_rank(a, out, site)}
    if out.issuperset(site.cluster.nodes) or any(a.name in out for a in site.control_arrays):
        found.add(site.cluster.name)
    if site.cluster.name in out:
        found |= {s.name for s in site.servers.values() if s.role is not ServerRole.CONTROL}
        found |= {a.name for a in site.linked_arrays}
    lan = [s.name for s in site.switches.values() if s.kind == "lan"]
    if out.issuperset(site.cluster.nodes) or (lan and out.issuperset(lan)):
        found |= {*site.servers, *site.arrays, site.cluster.name}
    return found


def _server_goes(name: str, out: set[str], site: Site) -> bool:
    server = site.servers[name]
    no_disks = server.role is not ServerRole.CONTROL and not out.isdisjoint(server.arrays)
    return no_disks or (bool(server.upses) and server_fails(server, out))


def _waits_for_disks(ups: str, out: set[str], site: Site) -> bool:
    """Power for servers is a start of all of them (S8)."""
    return any(not out.isdisjoint(s.arrays) for s in site.servers_on(ups))


def _waits_for_rank(array: Array, out: set[str], site: Site) -> bool:
    lower = (a for a in site.arrays.values() if a.role is array.role and rank(a, site) < rank(array, site))
    return any(a.name in out for a in lower)


def rank(array: Array, site: Site) -> int:
    return min((site.upses[u].warm_up_rank for u in array.upses), default=1)


def needing(ups: str, site: Site) -> frozenset[str]:
    """An array waits for the mains of all its UPSes, redundant or not (S7, R10-19)."""
    return depending((ups, *(a.name for a in site.arrays.values() if ups in a.upses)), site)


def kept_on(ups: str, site: Site) -> frozenset[str]:
    """A node that is halted boots only when its power comes back; it has not gone."""
    return depending((node.name for node in site.control_nodes if ups in node.upses), site)


def mixed_up(ups: str, site: Site) -> frozenset[str]:
    """Each feeds what the other is said to feed (U19); the last one and the first are such a pair, too."""
    return loads(ups, site) | loads(next_ups(ups, site), site)


def mixed_kept_on(ups: str, site: Site) -> frozenset[str]:
    """Of either of the two."""
    return kept_on(ups, site) | kept_on(next_ups(ups, site), site)


def taken(ups: str, site: Site, *, mixed: bool) -> tuple[str, ...]:
    """With whose power the loads of a UPS go; where they are mixed up, with that of either."""
    return (ups, next_ups(ups, site)) if mixed else (ups,)


def next_ups(ups: str, site: Site) -> str:
    names = list(site.upses)
    return names[(names.index(ups) + 1) % len(names)]


def over_the_lan(switch: str, site: Site) -> frozenset[str] | None:
    others = [s.name for s in site.switches.values() if s.kind == "lan" and s.name != switch]
    return frozenset((switch,)) if others else None


REACHES: dict[Reach, Callable[[str, Site], frozenset[str] | None]] = {
    Reach.SUBJECT: lambda name, _: frozenset((name,)),
    Reach.LOADS: loads,
    Reach.UNIT: unit,
    Reach.CONTROL: with_its_disk,
    Reach.OUTAGE: outage,
    Reach.WAITING: waiting,
    Reach.USING: using,
    Reach.UNDECLARED: undeclared,
    Reach.DEPENDING: lambda name, site: depending((name,), site),
    Reach.NEEDING: needing,
    Reach.KEPT_ON: kept_on,
    Reach.MIXED: mixed_up,
    Reach.MIXED_NEEDING: lambda ups, site: depending(mixed_up(ups, site), site),
    Reach.MIXED_KEPT_ON: mixed_kept_on,
    Reach.LAN: over_the_lan,
    Reach.SYSTEMS: lambda _, site: frozenset(site.servers),
    Reach.CLUSTER: lambda _, site: frozenset((site.cluster.name,)),
}
"""All but `Reach.ALL`."""
