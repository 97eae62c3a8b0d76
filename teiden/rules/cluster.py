"""Rules of the cluster's first settings: its nodes stop together, hear each other, and tell us."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

from sequencer.site import Cluster, Site
from teiden.language.say import t
from teiden.plan.arithmetic import KeyPath
from teiden.rules.finding import Broken, Change, Found, Remedy, Severity
from teiden.rules.registry import rule

EVERYWHERE = ipaddress.IPv4Address("255.255.255.255")
PORT = Cluster("", (), 0.0).port
"""The port that every server of the product listens on unless it is told otherwise."""


@rule(
    "R7-01",
    Severity.ERROR,
    "the cluster linkage is on",
    why="""
    With the linkage the power service knows the cluster and stops it as one. Without it every node is a
    single server to it: the first one that goes is a failed server to the others, its groups move, and
    when all of them have gone nothing is left that would start them again by itself.
    """,
    also=("R9-01",),
)
def cluster_is_linked(site: Site) -> Iterator[Found]:
    if not site.cluster.linked:
        yield _switched_off(
            t("{cluster} is not linked to the power service", cluster=site.cluster.name), "linked"
        )


@rule(
    "R7-02",
    Severity.ERROR,
    "an outage stops the cluster, not its servers one by one",
    why="""
    With "cluster shutdown at an outage" off, each node is only shut down by itself. The cluster takes
    that for a fault, moves its groups to the next node in the middle of the outage, and has to be
    repaired by hand when the last one is down (R9-01).
    """,
    also=("R9-01", "R9-03"),
)
def outage_stops_the_cluster(site: Site) -> Iterator[Found]:
    if not site.cluster.stop_at_outage:
        message = t("an outage shuts the nodes of {cluster} down one by one", cluster=site.cluster.name)
        yield _switched_off(message, "stop_at_outage")


@rule(
    "R7-08",
    Severity.ERROR,
    "the cluster's manager tells of its shutdowns",
    why="""
    `clpacmode enable` on every node, and a restart of the cluster, make its manager's shutdowns and
    reboots known to the power service (R2-08). Without it a shutdown from the manager looks like a row
    of crashes, and no UPS is switched off behind it.
    """,
    also=("R7-09", "R12-08", "R2-08"),
)
def manager_tells_of_its_shutdowns(site: Site) -> Iterator[Found]:
    if not site.cluster.ac_mode:
        message = t("{cluster} does not tell of shutdowns from its manager", cluster=site.cluster.name)
        remark = t(", after `clpacmode enable` on every node and a restart of the cluster")
        yield _switched_off(message, "ac_mode", remark)


def _switched_off(message: str, key: str, remark: str = "") -> Broken:
    path = ("cluster", key)
    return Broken(message, path, remedies=(Remedy((Change(path, True),), remark),))


@rule(
    "R7-04",
    Severity.ERROR,
    "the cluster's broadcast address reaches every control node",
    why="""
    The nodes call each other at one broadcast address, the same on the whole system. Either it is
    255.255.255.255, or that of a subnet in which every control node has its address: (address AND mask)
    OR NOT mask, 172.16.134.255 for 172.16.134.12/24 (R7-07). A node outside it never hears the others
    and takes itself for the only one.
    """,
    also=("R7-07", "N7"),
)
def broadcast_reaches_every_node(site: Site) -> Iterator[Found]:
    path = ("cluster", "broadcast")
    broadcast = ipaddress.ip_address(site.cluster.broadcast)
    if broadcast == EVERYWHERE:
        return
    network = _widest(broadcast)
    if network is None:
        message = t("{address} is no broadcast address", address=site.cluster.broadcast)
        yield _everywhere(message, path)
        return
    outside = [
        n.name
        for n in site.control_nodes
        if (address := _ip(n.address)) is not None and (address not in network or address == broadcast)
    ]
    for name in outside:
        message = t(
            "{node} ({address}) is not reached by {broadcast}",
            node=name,
            address=site.servers[name].address,
            broadcast=site.cluster.broadcast,
        )
        yield _everywhere(message, path)


def _everywhere(message: str, path: KeyPath) -> Broken:
    remark = t(", the same on every server, which then needs a restart")
    return Broken(message, path, remedies=(Remedy((Change(path, str(EVERYWHERE)),), remark),))


def _widest(broadcast: ipaddress.IPv4Address | ipaddress.IPv6Address) -> ipaddress.IPv4Network | None:
    """The largest subnet that this can be the broadcast address of; None: no subnet with two hosts."""
    if broadcast.version == 6:
        return None
    value = int(broadcast)
    host_bits = (~value & (value + 1)).bit_length() - 1
    if host_bits < 2:
        return None
    return ipaddress.IPv4Network((value >> host_bits << host_bits, 32 - host_bits))


def _ip(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(address)
    except ValueError:
        return None


@rule(
    "R7-05",
    Severity.NOTE,
    "the cluster's communication port is the usual one",
    why="""
    Every server of the system, control node or linked server, has to listen on the same port; the
    product comes with 4000. With another one each of them has to be set by hand, and every server has
    to be restarted before it counts (R7-06). One that was forgotten is not heard.
    """,
    also=("R7-06",),
)
def port_is_the_usual_one(site: Site) -> Iterator[Found]:
    if site.cluster.port != PORT:
        path = ("cluster", "port")
        message = t(
            "port {port} instead of {usual}: set it on every server and restart them all",
            port=site.cluster.port,
            usual=PORT,
        )
        yield Broken(message, path)


@rule(
    "R5-06",
    Severity.ERROR,
    "the cluster's floating address leads to whoever commands",
    why="""
    The management service moves with the cluster's group, so it is reached by the floating address. The
    installed default, localhost, finds it only while it happens to run on the same node.
    """,
)
def floating_address_is_none_of_its_own(site: Site) -> Iterator[Found]:
    address = _ip(site.cluster.floating_ip)
    if address is not None and (address.is_loopback or address.is_unspecified):
        message = t("the floating address {address} is each node itself", address=site.cluster.floating_ip)
        remark = t("floating_ip: the address that moves with the cluster's group")
        yield Broken(message, ("cluster", "floating_ip"), remedies=(Remedy(remark=remark),))
