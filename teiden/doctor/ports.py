"""The firewall's matrix: every port that must be let through, and each tried where it can be (SEC-29)."""

from __future__ import annotations

import asyncio
import socket
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from realtime.contacts import Contacts, ServerContact, SnmpContact
from sequencer.ports import Os, Unreachable
from teiden.doctor.amounts import few
from teiden.doctor.context import Context
from teiden.doctor.finding import Found, Rows, ok, warn
from teiden.doctor.reach import connects
from teiden.doctor.registry import Kind, check
from teiden.language.say import later, said, t

TCP, UDP = "tcp", "udp"


@dataclass(frozen=True, slots=True)
class Door:
    """One port of one machine that this node must reach."""

    protocol: str
    port: int
    host: str
    what: str
    """Marked by `later`."""
    device: str


CARDS, CONTROLLERS, LOGINS = later("UPS cards"), later("controllers"), later("servers, SSH")
ARRAYS, NODES, NUT, ALARMS = later("arrays"), later("other nodes"), later("NUT servers"), later("alarms")


def doors(contacts: Contacts, me: str) -> Iterator[Door]:
    """Out of this node."""
    for name, ups in contacts.upses.items():
        if isinstance(ups, SnmpContact):
            yield Door(UDP, ups.port, ups.host, CARDS, name)
        else:
            yield Door(TCP, ups.port, ups.host, NUT, name)
    for name, server in contacts.servers.items():
        yield from _of_server(name, server)
    for name, array in contacts.arrays.items():
        if array.command is None:
            yield Door(TCP, array.port, array.host, ARRAYS, name)
    for node, peer in contacts.peers.items():
        if node != me:
            yield Door(TCP, peer.port, peer.host, NODES, node)
    yield from _alarms(contacts)


def _of_server(name: str, server: ServerContact) -> Iterator[Door]:
    if server.bmc is not None:
        where = urlsplit(server.bmc.url)
        yield Door(TCP, where.port or 443, where.hostname or "", CONTROLLERS, name)
    if server.ssh is not None:
        yield Door(TCP, server.ssh.port, server.ssh.host, LOGINS, name)


def _alarms(contacts: Contacts) -> Iterator[Door]:
    alarms = contacts.alarms
    if alarms.webhook:
        where = urlsplit(alarms.webhook)
        port = where.port or (443 if where.scheme == "https" else 80)
        yield Door(TCP, port, where.hostname or "", ALARMS, "webhook")
    if alarms.mail_server:
        host, _, port_text = alarms.mail_server.partition(":")
        yield Door(
            TCP, int(port_text or (465 if alarms.mail_security == "tls" else 587)), host, ALARMS, "mail"
        )


@check(
    "ports.out",
    Kind.SITE,
    "ports out",
    why="""
    A firewall that drops what it does not know makes a device look dead. These are the ports that must be
    open from each control node, and nothing else needs to be.
    """,
)
async def out(ctx: Context, name: str) -> Rows:
    groups: dict[tuple[str, int, str], list[Door]] = defaultdict(list)
    for door in doors(ctx.contacts, ctx.me):
        port = 0 if ctx.emulated else door.port  # every emulated device has a port of its own
        groups[door.protocol, port, door.what].append(door)
    results = await asyncio.gather(*(_tried(ctx, group) for group in groups.values()))
    for found in results:
        yield found


async def _tried(ctx: Context, group: list[Door]) -> Found:
    first, what = group[0], t("{what} ({n})", what=said(group[0].what), n=len(group))
    if ctx.emulated:
        words = t("{protocol} to {what}", protocol=first.protocol, what=what)
    else:
        words = t("{protocol} {port} to {what}", protocol=first.protocol, port=first.port, what=what)
    answers = await asyncio.gather(*(_answers(ctx, door) for door in group))
    shut = [door.device for door, open_ in zip(group, answers, strict=True) if not open_]
    if not shut:
        return ok(t("{words}: open", words=words))
    return warn(
        t("{words}: no answer from {devices}", words=words, devices=few(shut)),
        t("let it through, if the device is on; its own row says more"),
    )


async def _answers(ctx: Context, door: Door) -> bool:
    if door.what == CARDS:
        visit = await ctx.ups(door.device)
        return not isinstance(visit.status, Unreachable) or visit.state not in ("UNREACHABLE", "UNKNOWN", "")
    if door.what == LOGINS and await _is_halted(ctx, door.device):
        return True  # its port cannot be tried now
    return not await connects(door.host, door.port, ctx.look_limit_s)


async def _is_halted(ctx: Context, name: str) -> bool:
    status = await ctx.server(name) if name in ctx.site.servers else Unreachable("")
    return not isinstance(status, Unreachable) and status.os is Os.HALTED


@check(
    "ports.in",
    Kind.SITE,
    "ports in",
    why="The other nodes come in to this node's service; traps of the cards only hasten a look (SEC-4).",
)
async def into(ctx: Context, name: str) -> Rows:
    own, traps = ctx.contacts.peers.get(ctx.me), ctx.contacts.live
    if own is not None and len(ctx.site.cluster.nodes) > 1:
        why_not = await connects(own.host, own.port, ctx.look_limit_s)
        words = t("tcp {port} from the other nodes", port=own.port)
        if why_not:
            yield warn(
                t("{words}: {why}", words=words, why=why_not),
                t("the service does not run here now; the firewall could not be tried"),
            )
        else:
            yield ok(t("{words}: the service listens", words=words))
    if traps.traps_address:
        yield ok(t("udp {port} from the UPS cards, for traps; not tried", port=traps.traps_port))


@check(
    "ports.apart",
    Kind.SITE,
    "kept apart",
    why="""
    Whoever gets into a server should not find the UPS cards on its network: with them everything can be
    switched off at once. They belong on a management network that only the control nodes reach (SEC-29).
    """,
)
async def apart(ctx: Context, name: str) -> Rows:
    cards = {door.host for door in doors(ctx.contacts, ctx.me) if door.what == CARDS}
    servers = {door.host for door in doors(ctx.contacts, ctx.me) if door.what == LOGINS}
    by_card, by_server = interfaces(cards), interfaces(servers)
    if not by_card or not by_server:
        return
    if by_card & by_server:
        yield warn(
            t(
                "cards and servers are reached over one network ({address})",
                address=", ".join(sorted(by_card & by_server)),
            ),
            t("put the cards on a management network of their own, or close it to the servers"),
        )
    else:
        yield ok(t("cards and servers are reached over different networks"))


def interfaces(hosts: set[str]) -> set[str]:
    """Our own addresses on the way to them; nothing is sent. Loopback left out: that is an emulated room."""
    found = set()
    for host in hosts:
        try:
            family = socket.AF_INET6 if ip_address(host).version == 6 else socket.AF_INET
            with socket.socket(family, socket.SOCK_DGRAM) as probe:
                probe.connect((host, 9))
                found.add(str(probe.getsockname()[0]))
        except (OSError, ValueError):
            continue  # a name, or no route; its own row says so
    return {address for address in found if not ip_address(address).is_loopback}
