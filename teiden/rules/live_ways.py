"""Rules of the ways to devices in live mode: each end of a connection proves to the other who it is."""

from __future__ import annotations

import ipaddress
from collections import defaultdict
from collections.abc import Iterator
from urllib.parse import urlsplit

from realtime.contacts import Contacts
from sequencer.site import Site
from teiden.language.say import t
from teiden.plan.arithmetic import KeyPath, names
from teiden.rules.finding import Broken, Found, Remedy, Severity
from teiden.rules.registry import live_rule


@live_rule(
    "SEC-7",
    Severity.ERROR,
    "servers are logged in to with a key of their own, and their host keys are pinned",
    why="""
    The service logs in with a key that the server forces to one program; without a key it cannot log in.
    Without `host_key` anybody who answers at the address could say that the server has halted, so that its
    power is cut while it runs; the first key that comes along is never trusted. One key for several servers
    opens all of them when it is taken from one.
    """,
)
def servers_are_known_by_their_keys(site: Site, contacts: Contacts) -> Iterator[Found]:
    told = {
        name: server.ssh
        for name, server in contacts.servers.items()
        if server.ssh is not None and not (server.command and "shutdown" in server.command.commands)
    }
    keyless = [name for name, ssh in told.items() if not ssh.key]
    unknown = [name for name, ssh in told.items() if not ssh.host_key]
    if keyless:
        yield Broken(
            t("no key is stated for {servers}: nobody can tell them to shut down", servers=names(keyless)),
            ("servers", keyless[0], "shutdown", "key"),
            remedies=(Remedy(remark=t("shutdown key: /path/of/the/key, e.g. /etc/teiden/keys/{name}")),),
        )
    if unknown:
        yield Broken(
            t("the host key of {servers} is not pinned: they are never logged in to", servers=names(unknown)),
            ("servers", unknown[0], "shutdown", "host_key"),
            remedies=(
                Remedy(
                    remark=t("shutdown host_key: what ssh-keyscan -t ed25519 prints after the host's name")
                ),
            ),
        )
    shared: dict[str, list[str]] = defaultdict(list)
    for name, ssh in told.items():
        shared[ssh.key].append(name)
    for key, who in shared.items():
        if key and len(who) > 1:
            yield Broken(
                t("{servers} are opened by the same key, {key}", servers=names(who), key=key),
                ("servers", who[0], "shutdown", "key"),
                severity=Severity.NOTE,
            )


@live_rule(
    "SEC-8",
    Severity.ERROR,
    "controllers, manager and alarms are reached over TLS that is checked",
    why="""
    A management controller is told a password and forces a server off. Over http everybody on the way
    learns it; with a certificate that nobody checks, so does whoever answers in its place. `ca:` names
    the CA, or the controller's own certificate, and nothing else is trusted: without it the controller is
    not asked at all. What never leaves the node, at a loopback address, needs no TLS.
    """,
)
def controllers_are_reached_over_tls(site: Site, contacts: Contacts) -> Iterator[Found]:
    bmcs = {name: server.bmc for name, server in contacts.servers.items() if server.bmc is not None}
    plain = [name for name, bmc in bmcs.items() if not bmc.url.startswith("https://")]
    unpinned = [name for name, bmc in bmcs.items() if not bmc.ca and name not in plain]
    if plain:
        yield Broken(
            t("the controller of {servers} is told its password in plain text", servers=names(plain)),
            ("servers", plain[0], "bmc", "url"),
            remedies=(Remedy(remark=t("url: https://..., and ca: the certificate to trust")),),
        )
    if unpinned:
        yield Broken(
            t("no certificate is pinned for the controller of {servers}", servers=names(unpinned)),
            ("servers", unpinned[0], "bmc", "ca"),
            remedies=(Remedy(remark=t("bmc ca: /path/of/the/certificate that is trusted, and no other")),),
        )
    alarms = contacts.alarms
    others: list[tuple[str, bool, KeyPath]] = [
        (
            contacts.cluster.rest_url,
            _is_plain(contacts.cluster.rest_url),
            ("cluster", "manager", "rest", "url"),
        ),
        (alarms.webhook, _is_plain(alarms.webhook), ("live", "alarms", "webhook")),
        (
            alarms.mail_server,
            alarms.mail_security == "none" and not _is_here(f"//{alarms.mail_server}"),
            ("live", "alarms", "mail", "security"),
        ),
    ]
    for where, is_plain, path in others:
        if where and is_plain:
            yield Broken(
                t("what is said to {where} crosses the network in plain text", where=where),
                path,
                remedies=(Remedy(remark=t("TLS, or an address on the node itself")),),
                severity=Severity.WARNING,
            )


def _is_plain(url: str) -> bool:
    return url.startswith("http://") and not _is_here(url)


def _is_here(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@live_rule(
    "LIVE-3",
    Severity.ERROR,
    "the control nodes reach each other and prove who they are",
    why="""
    Exactly one node commands. While no cluster runs, and its disk is still off, the nodes agree on who that
    is over a link of their own, with certificates of one small CA on both sides. A node that hears nothing
    of the other cannot tell silence from death: it stops at most itself, and what the other one had begun
    is not gone on with.
    """,
)
def control_nodes_reach_each_other(site: Site, contacts: Contacts) -> Iterator[Found]:
    nodes = [node.name for node in site.control_nodes]
    if len(nodes) < 2:
        return
    lost = [name for name in nodes if name not in contacts.peers]
    if lost:
        yield Broken(
            t("nobody knows where {nodes} can be reached by the other control nodes", nodes=names(lost)),
            ("live", "peers"),
            remedies=(
                Remedy(remark=t("live peers: {control1: HOST, control2: HOST}, or each node's address")),
            ),
        )
    at: dict[tuple[str, int], list[str]] = defaultdict(list)
    for name, peer in contacts.peers.items():
        at[peer.host, peer.port].append(name)
    for who in at.values():
        if len(who) > 1:
            yield Broken(
                t("{nodes} are said to listen at the same place", nodes=names(who)),
                ("live", "peers", who[-1]),
            )
    if not contacts.identity.key:
        yield Broken(
            t("{nodes} have no certificates for each other: their link stays closed", nodes=names(nodes)),
            ("live", "identity"),
            remedies=(Remedy(remark=t("live identity: ca, certificate and key, with {node} in the paths")),),
        )
