"""Rules of the cluster's nodes and of the power-control groups: everything stands where it belongs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from sequencer.site import Group, ServerRole, Site, Ups
from teiden.plan.arithmetic import KeyPath, amount, names
from teiden.rules.finding import Broken, Found, Margin, Remedy, Severity
from teiden.rules.registry import rule


@rule(
    "R6-30",
    Severity.ERROR,
    "every control node is a node of the cluster, and there are two or more",
    why="""
    One node cannot hand over: while it restarts nobody watches the room, and if it fails in an outage
    nothing is stopped in order. A control node that the cluster does not name is never stopped with it.
    Nodes are told apart by their addresses.
    """,
    also=("R1-09",),
)
def nodes_are_in_the_cluster(site: Site) -> Iterator[Found]:
    margin = Margin(
        "two control nodes or more",
        amount(2, "nodes"),
        amount(len(site.cluster.nodes), "nodes"),
        site.cluster.name,
        unit="nodes",
        headline=False,
    )
    yield margin
    if margin.short:
        yield Broken(
            f"{site.cluster.name} has {len(site.cluster.nodes)} node; two or more are needed",
            ("cluster", "nodes"),
            margin,
        )
    for server in site.servers.values():
        if server.role is ServerRole.CONTROL and server.name not in site.cluster.nodes:
            yield Broken(
                f"{server.name} is a control node but no node of {site.cluster.name}", ("cluster", "nodes")
            )
    yield from _addresses(site)


def _addresses(site: Site) -> Iterator[Found]:
    at: dict[str, list[str]] = defaultdict(list)
    if site.cluster.floating_ip:
        at[site.cluster.floating_ip].append(f"{site.cluster.name}'s floating IP")
    for node in site.control_nodes:
        if node.address:
            at[node.address].append(node.name)
    for address, who in at.items():
        if len(who) > 1:
            name = who[-1]
            yield Broken(f"{names(who)} have the same address, {address}", ("servers", name, "address"))


@rule(
    "R6-15",
    Severity.ERROR,
    "a control node's UPS is the power of its node's own group",
    why="""
    The console switches what stands in a group's power slot together with the servers of that group.
    UPS 1 belongs to the group of node 1, UPS 2 to that of node 2.
    """,
)
def node_upses_are_in_their_group(site: Site) -> Iterator[Found]:
    yield from _power_with_servers(site, site.node_upses, "control node")


@rule(
    "R6-18",
    Severity.ERROR,
    "a servers' UPS is the power of its servers' group",
    why="""
    Linked servers are registered in the group of the UPS that feeds them; otherwise the console shows,
    and a person switches, the wrong machines.
    """,
    also=("R6-31",),
)
def server_upses_are_in_their_group(site: Site) -> Iterator[Found]:
    yield from _power_with_servers(site, site.server_upses, "server")


@rule(
    "R6-16",
    Severity.ERROR,
    "the control disk's UPS is a device of the group above the control nodes",
    why="""
    A peripheral UPS works for every group below its own. The control disk belongs to all control nodes,
    so its UPS stands in the device slot of the group that holds them all.
    """,
)
def control_disk_is_above_the_nodes(site: Site) -> Iterator[Found]:
    nodes = {n.name for n in site.control_nodes}
    for ups in site.control_array_upses:
        yield from _device_above(site, ups, nodes)


@rule(
    "R6-17",
    Severity.ERROR,
    "the linked disk's UPS is a device of the group above its servers",
    why="""
    A peripheral UPS works for every group below its own. The linked disk's UPS stands in the device
    slot of the group below which the groups of the servers' UPSes lie.
    """,
)
def linked_disk_is_above_its_servers(site: Site) -> Iterator[Found]:
    for ups in site.linked_array_upses:
        users = {s.name for a in site.arrays_on(ups.name) for s in site.users_of(a.name)}
        yield from _device_above(site, ups, users)


def _power_with_servers(site: Site, upses: Iterable[Ups], what: str) -> Iterator[Found]:
    """Each UPS in the power slot of a group that holds everybody who draws from it."""
    if not site.groups:
        return
    for ups in upses:
        holding = [(path, g) for path, g in _walk(site.groups) if ups.name in g.power]
        wanted = {s.name for s in site.servers_on(ups.name)}
        if not holding:
            elsewhere = [(path, g) for path, g in _walk(site.groups) if ups.name in g.devices]
            slot = f"is a device of {elsewhere[0][1].name}" if elsewhere else "stands in no group"
            path = (*elsewhere[0][0], "devices") if elsewhere else ("groups",)
            yield Broken(
                f"{ups.name} feeds {what} {names(wanted_in_order(site, wanted))} but {slot}",
                path,
                remedies=(Remedy(remark=f"power: [{ups.name}] in the group of those servers"),),
            )
            continue
        here = {name for _, g in holding for name in g.servers}
        missing = [s for s in wanted_in_order(site, wanted) if s not in here]
        if missing:
            path, group = holding[0]
            yield Broken(
                f"{ups.name} is the power of {group.name}, but feeds {names(missing)} outside it",
                (*path, "power"),
            )


def _device_above(site: Site, ups: Ups, servers: set[str]) -> Iterator[Found]:
    """The UPS in the device slot of a group at or below which all these servers are."""
    if not site.groups:
        return
    holding = [(path, g) for path, g in _walk(site.groups) if ups.name in g.devices]
    if not holding:
        yield Broken(
            f"{ups.name} feeds {names(a.name for a in site.arrays_on(ups.name))} but is no group's device",
            ("groups",),
            remedies=(Remedy(remark=f"devices: [{ups.name}] in the group above its servers"),),
        )
        return
    here = {name for _, g in holding for _, below in _walk((g,)) for name in below.servers}
    missing = [s for s in wanted_in_order(site, servers) if s not in here]
    if missing:
        path, group = holding[0]
        yield Broken(
            f"{ups.name} is a device of {group.name}, but {names(missing)} stand elsewhere",
            (*path, "devices"),
        )


def wanted_in_order(site: Site, wanted: set[str]) -> list[str]:
    """These servers as the file lists them."""
    return [name for name in site.servers if name in wanted]


def _walk(groups: Iterable[Group], above: KeyPath = ()) -> Iterator[tuple[KeyPath, Group]]:
    for group in groups:
        path = (*above, "groups", group.name)
        yield path, group
        yield from _walk(group.groups, path)
