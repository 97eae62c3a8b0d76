"""Rules of the cluster's nodes and of the power-control groups: everything stands where it belongs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator

from sequencer.site import Group, ServerRole, Site, Ups
from teiden.language.say import t
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
        t("two control nodes or more"),
        amount(2, t("nodes")),
        amount(len(site.cluster.nodes), t("nodes")),
        site.cluster.name,
        unit="nodes",
        headline=False,
    )
    yield margin
    if margin.short:
        yield Broken(
            t(
                "{cluster} has {count} node; two or more are needed",
                cluster=site.cluster.name,
                count=len(site.cluster.nodes),
            ),
            ("cluster", "nodes"),
            margin,
            (Remedy(remark=t("nodes: two control servers or more, each on a UPS")),),
        )
    for server in site.servers.values():
        if server.role is ServerRole.CONTROL and server.name not in site.cluster.nodes:
            yield Broken(
                t(
                    "{server} is a control node but no node of {cluster}",
                    server=server.name,
                    cluster=site.cluster.name,
                ),
                ("cluster", "nodes"),
                remedies=(Remedy(remark=t("nodes: name {server} too", server=server.name)),),
            )
    yield from _addresses(site)


def _addresses(site: Site) -> Iterator[Found]:
    at: dict[str, list[str]] = defaultdict(list)
    if site.cluster.floating_ip:
        at[site.cluster.floating_ip].append(t("{cluster}'s floating IP", cluster=site.cluster.name))
    for node in site.control_nodes:
        if node.address:
            at[node.address].append(node.name)
        else:
            yield Broken(
                t("{node} has no address; its peer cannot find it", node=node.name),
                ("servers", node.name, "address"),
                remedies=(Remedy(remark=t("address: its own, not the floating one")),),
                severity=Severity.WARNING,
            )
    for address, who in at.items():
        if len(who) > 1:
            name = who[-1]
            yield Broken(
                t("{who} have the same address, {address}", who=names(who), address=address),
                ("servers", name, "address"),
                remedies=(Remedy(remark=t("address: its own, not the floating one")),),
            )


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
    yield from _power_with_servers(site, site.node_upses, t("control node"))


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
    yield from _power_with_servers(site, site.server_upses, t("server"))


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
    yield from _devices_above(site, {ups.name: nodes for ups in site.control_array_upses})


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
    users: dict[str, set[str]] = {ups.name: set() for ups in site.linked_array_upses}
    for array in site.arrays.values():
        for name in users.keys() & {*array.upses}:
            users[name].update(s.name for s in site.users_of(array.name))
    yield from _devices_above(site, users)


@rule(
    "R12-06",
    Severity.ERROR,
    "an array that is not linked has all its UPSes in one group",
    why="""
    Without the linkage the console switches an array by the device slot of one group, so everything that
    feeds it has to stand in that one slot, as one UPS or several. Spread over two groups its enclosures
    and its controllers are switched without regard to each other. Linked arrays may have any number of
    UPSes: their order is the sequence's own (R12-07).
    """,
    also=("R12-07",),
)
def unlinked_arrays_are_in_one_group(site: Site) -> Iterator[Found]:
    holding = [(path, g, set(g.devices)) for path, g in _walk(site.groups) if g.devices]
    for array in site.control_arrays:
        parts = [(path, g) for path, g, devices in holding if devices.intersection(array.upses)]
        if len(parts) > 1:
            path, _ = parts[-1]
            yield Broken(
                t(
                    "{array}'s UPSes stand in several groups: {groups}",
                    array=array.name,
                    groups=names(g.name for _, g in parts),
                ),
                (*path, "devices"),
                remedies=(Remedy(remark=t("devices: [{upses}] in one group", upses=", ".join(array.upses))),),
            )


@rule(
    "H10",
    Severity.WARNING,
    "who stands below a linked disk says that it uses it",
    why="""
    A server that uses a disk without saying so is not waited for: the disk is flushed and cut under it.
    The groups of the linked servers lie below the group of their disk (R6-17); a linked server that
    stands there without naming the disk is either in the wrong place or an edge nobody declared. `teiden
    doctor` looks at the paths that are really there.
    """,
)
def users_say_what_they_use(site: Site) -> Iterator[Found]:
    for _, group in _walk(site.groups):
        arrays = {a.name for a in site.linked_arrays if not {*a.upses}.isdisjoint(group.devices)}
        below = {n for _, g in _walk((group,)) for n in g.servers} if arrays else set()
        for name in wanted_in_order(site, below):
            server = site.servers[name]
            if server.role is ServerRole.LINKED and arrays.isdisjoint(server.arrays):
                yield Broken(
                    t(
                        "{server} stands below {arrays} but does not say that it uses it",
                        server=name,
                        arrays=names(sorted(arrays)),
                    ),
                    ("servers", name, "arrays"),
                    remedies=(Remedy(remark=t("arrays: what it uses; or another group")),),
                )


Place = tuple[KeyPath, Group]


def _power_with_servers(site: Site, upses: Iterable[Ups], what: str) -> Iterator[Found]:
    """Each UPS in the power slot of a group that holds everybody who draws from it."""
    if not site.groups:
        return
    power = _by_ups(site, lambda group: group.power)
    for ups in upses:
        wanted = {s.name for s in site.servers_on(ups.name)}
        holding = power.get(ups.name, [])
        if not holding:
            yield _without_power_slot(site, ups, names(wanted_in_order(site, wanted)), what)
            continue
        missing = wanted.difference(*(g.servers for _, g in holding))
        if missing:
            path, group = holding[0]
            yield Broken(
                t(
                    "{ups} is the power of {group}, but feeds {missing} outside it",
                    ups=ups.name,
                    group=group.name,
                    missing=names(wanted_in_order(site, missing)),
                ),
                (*path, "power"),
            )


def _without_power_slot(site: Site, ups: Ups, servers: str, what: str) -> Broken:
    elsewhere = _by_ups(site, lambda group: group.devices).get(ups.name, [])
    fields = {"ups": ups.name, "what": what, "servers": servers}
    if elsewhere:
        above, group = elsewhere[0]
        path: KeyPath = (*above, "devices")
        message = t("{ups} feeds {what} {servers} but is a device of {group}", group=group.name, **fields)
    else:
        path = ("groups",)
        message = t("{ups} feeds {what} {servers} but stands in no group", **fields)
    remark = t("power: [{ups}] in the group of those servers", ups=ups.name)
    return Broken(message, path, remedies=(Remedy(remark=remark),))


def _devices_above(site: Site, users: dict[str, set[str]]) -> Iterator[Found]:
    """Each UPS in the device slot of a group at or below which all these servers are."""
    if not site.groups:
        return
    devices = _by_ups(site, lambda group: group.devices)
    for ups, servers in users.items():
        holding = devices.get(ups, [])
        if not holding:
            arrays = names(a.name for a in site.arrays_on(ups))
            remark = t("devices: [{ups}] in the group above its servers", ups=ups)
            message = t("{ups} feeds {arrays} but is no group's device", ups=ups, arrays=arrays)
            yield Broken(message, ("groups",), remedies=(Remedy(remark=remark),))
            continue
        missing = servers.difference(*(below.servers for _, g in holding for _, below in _walk((g,))))
        if missing:
            path, group = holding[0]
            yield Broken(
                t(
                    "{ups} is a device of {group}, but {missing} stand elsewhere",
                    ups=ups,
                    group=group.name,
                    missing=names(wanted_in_order(site, missing)),
                ),
                (*path, "devices"),
            )


def _by_ups(site: Site, slot: Callable[[Group], tuple[str, ...]]) -> dict[str, list[Place]]:
    """Where each UPS stands in this slot."""
    table: dict[str, list[Place]] = defaultdict(list)
    for path, group in _walk(site.groups):
        for name in slot(group):
            table[name].append((path, group))
    return table


def wanted_in_order(site: Site, wanted: set[str]) -> list[str]:
    """These servers as the file lists them."""
    return [name for name in site.servers if name in wanted]


def _walk(groups: Iterable[Group], above: KeyPath = ()) -> Iterator[tuple[KeyPath, Group]]:
    for group in groups:
        path = (*above, "groups", group.name)
        yield path, group
        yield from _walk(group.groups, path)
