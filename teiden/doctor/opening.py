"""Opens what a doctor needs: the service's own drivers on this node, and nothing that listens or commands."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING

from realtime.commands import run as run_program
from realtime.contacts import Contacts, ServerContact, SnmpContact
from realtime.driver import ServerDriver
from realtime.extra import ExtraMissing
from realtime.machines import Reach, machines
from realtime.peers.driver import Peer
from realtime.peers.link import PeerLink
from realtime.peers.node_driver import OtherNode, OwnNode
from realtime.peers.tls import NoIdentity
from realtime.secret import NoSecret
from realtime.servers.server import ServerDriver as Ways
from teiden.doctor.context import Context, Machine

if TYPE_CHECKING:
    from realtime.snmp.engine import Engine
    from teiden.files.site_file import SiteFile

LOOK_LIMIT_S = 5.0
"""Of one look: longer than the service has, so that slow is told apart from silent."""


@asynccontextmanager
async def opened(
    site_file: SiteFile,
    contacts: Contacts,
    me: str,
    *,
    emulated: bool = False,
    try_write: bool = False,
    wiring: str = "",
    look_limit_s: float = LOOK_LIMIT_S,
    machine: Machine | None = None,
) -> AsyncIterator[Context]:
    """`contacts`: as this node sees them (`realtime.contacts.at_node`)."""
    async with AsyncExitStack() as stack:
        engine = await _engine(contacts, stack)
        peers, no_identity = _peers(site_file, contacts, me, look_limit_s)
        reach = Reach(look_limit_s, look_limit_s, time.monotonic, engine=engine)
        own = OwnNode(run_program)
        made = machines(site_file.site, contacts, own, me, peers, reach)
        ways = _ways(site_file, contacts, made.servers, look_limit_s)
        ctx = Context(
            site_file,
            contacts,
            me,
            made,
            ways,
            peers,
            no_identity=no_identity,
            engine=engine,
            look_limit_s=look_limit_s,
            emulated=emulated,
            try_write=try_write,
            wiring=wiring,
            machine=machine or Machine(),
        )
        for driver in (
            *made.upses.values(),
            *made.servers.values(),
            *made.arrays.values(),
            made.cluster,
            *made.hosts.values(),
        ):
            stack.push_async_callback(driver.close)
        if me in ways:
            stack.push_async_callback(ways[me].close)
        for peer in peers.values():
            stack.push_async_callback(peer.caller.close)
        stack.push_async_callback(ctx.close)
        yield ctx


async def _engine(contacts: Contacts, stack: AsyncExitStack) -> Engine | None:
    if not any(isinstance(contact, SnmpContact) for contact in contacts.upses.values()):
        return None
    try:
        from realtime.snmp.engine import Engine
    except ModuleNotFoundError:
        return None  # each UPS says so
    engine = Engine()
    await engine.warm_up()
    stack.push_async_callback(engine.close)
    return engine


def _peers(site_file: SiteFile, contacts: Contacts, me: str, limit_s: float) -> tuple[dict[str, Peer], str]:
    """The link is not listened at: the service may be running beside us."""
    others = [node for node in contacts.peers if node != me and node in site_file.site.cluster.nodes]
    if me not in contacts.peers:
        return {}, ""
    try:
        link = PeerLink(
            me,
            contacts.identity,
            contacts.peers,
            site_file.hash,
            lambda: False,
            lambda rows: None,
            tuple,
            OwnNode(run_program, power_off=(), power_reboot=()).halt,
            armed=lambda: False,
            limit_s=limit_s,
        )
    except NoIdentity as why:
        return {}, str(why)
    return {node: Peer(link, node) for node in others}, ""


def _ways(
    site_file: SiteFile, contacts: Contacts, drivers: Mapping[str, ServerDriver], limit_s: float
) -> dict[str, Ways]:
    """To every server, this node too: the service's driver where it has one, so that nobody logs in twice."""
    found: dict[str, Ways] = {}
    for name, server in site_file.site.servers.items():
        driver = drivers[name]
        ways = driver.ways if isinstance(driver, OtherNode) else driver
        contact = contacts.servers.get(name, ServerContact())
        if isinstance(ways, Ways):
            found[name] = ways
        elif isinstance(driver, OwnNode) and contact != ServerContact():
            try:
                found[name] = Ways(contact, server, limit_s=limit_s)
            except (ExtraMissing, NoSecret, ValueError):
                continue
    return found
