"""The service on a control node: everything that a life needs, opened in order, and closed in order.

A service is one life. It ends with its process: killed with its node, or told to stop; the next boot
is a recovery boot, whatever the reason.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from realtime.clock import WallClock
from realtime.commands import run as run_program
from realtime.contacts import Contacts, SnmpContact
from realtime.journal.journal import Journal
from realtime.life import COMMAND_LIMIT_S, Life, Machines, Memory, life_name
from realtime.machines import Reach, machines
from realtime.peers.driver import Peer
from realtime.peers.link import PeerLink
from realtime.peers.node_driver import OwnNode
from realtime.peers.port import PeerPort
from realtime.permission import Permission
from realtime.ports import Link
from realtime.request_socket import RequestSocket
from realtime.requests import Requests
from realtime.stop_file import StopFile
from realtime.wall import WallPort
from sequencer.events import Stream
from sequencer.journal import Row
from sequencer.site import Site

if TYPE_CHECKING:
    from realtime.snmp.engine import Engine
    from realtime.snmp.traps import TrapListener

log = logging.getLogger(__name__)

WATCHING = "watching"
"""Beside the journal of an armed service: what a watching one writes down is no fact of any incident."""


@dataclass(frozen=True)
class Orders:
    """What this service was started with."""

    site: Site
    site_hash: str
    contacts: Contacts
    """As this node sees them: `realtime.contacts.at_node`."""
    me: str
    armed: bool
    start: datetime | None = None
    """What the clock showed at env.now 0, in a rehearsal; None: the system's clock counts."""
    any_disk: bool = False
    """A rehearsal's journal may lie on any disk."""
    before_commit: Callable[[Row], None] | None = None
    """Called just before a row is written; for those who pull the plug there."""


@dataclass
class Service:
    """Open, and not yet begun: `life.begin()`, then drive `env`."""

    orders: Orders
    env: WallClock
    stream: Stream
    life: Life
    journal: Journal
    link: PeerLink
    peers: dict[str, Peer]
    drivers: Machines
    stop_file: StopFile
    permission: Permission
    traps: TrapListener | None = None
    closing: list[Callable[[], None]] = field(default_factory=list)


@asynccontextmanager
async def opened(orders: Orders, env: WallClock, stream: Stream) -> AsyncIterator[Service]:
    """Raises NoJournal, NoIdentity, CannotListen, CannotServe: what keeps a service from starting."""
    site, contacts, me = orders.site, orders.contacts, orders.me
    async with AsyncExitStack() as stack:
        wall = WallPort(env, start=orders.start)
        name = life_name(me, wall.now())
        stop_file = StopFile(contacts.live.stop_file, partial(_stop_changed, env, stream, me))
        permission = Permission(armed=orders.armed, stopped=lambda: stop_file.why)
        journal = Journal(
            env,
            contacts.live.journal if orders.armed else f"{contacts.live.journal}.{WATCHING}",
            allow_any_disk=orders.any_disk,
            before_commit=orders.before_commit,
        )
        stack.callback(journal.close)
        own = own_node(contacts, env, wall)
        link = _link(orders, name, journal, own, lambda: service.life)
        await stack.enter_async_context(link)
        peers = {n: Peer(link, n) for n in contacts.peers if n != me and n in site.cluster.nodes}
        requests = Requests(env)
        socket = RequestSocket(contacts.live.socket, requests.deliver)
        requests.replies_to(socket.reply)
        await stack.enter_async_context(socket)
        engine = await _engine(contacts, stack)
        reach = Reach(
            limit_s=site.polling.timeout_s / env.rate,
            command_limit_s=COMMAND_LIMIT_S / env.rate,
            clock=lambda: env.wall_now,
            rate=env.rate,
            engine=engine,
        )
        drivers = machines(site, contacts, own, me, peers, reach)
        ports = Link(env, me, site.polling)
        memory = Memory(
            journal,
            wall,
            requests,
            {n: PeerPort(ports, n, peer, copies=orders.armed) for n, peer in peers.items()},
        )
        life = Life(
            env, site, me, ports, drivers, memory, stream, name=name, permit=permission, standing=lambda: None
        )
        service = Service(orders, env, stream, life, journal, link, peers, drivers, stop_file, permission)
        try:
            yield service
        finally:
            if not life.run.over:
                life.end()
            wall.close()
            await _close(drivers)


def own_node(contacts: Contacts, env: WallClock, wall: WallPort) -> OwnNode:
    return OwnNode(
        run_program,
        power_off=contacts.power_off,
        power_reboot=contacts.power_reboot,
        clock=lambda: wall.now().timestamp(),
    )


def _link(orders: Orders, life: str, journal: Journal, own: OwnNode, current: Callable[[], Life]) -> PeerLink:
    """A watching service says that it does not command, and knows of no incident."""
    armed = orders.armed

    def standing() -> bool:
        run = current().run
        return armed and (run.commands or run.claims)

    def receive(rows: tuple[Row, ...]) -> None:
        new = journal.receive(rows) if armed else rows
        if new:
            current().run.hear(*new)

    return PeerLink(
        orders.me,
        orders.contacts.identity,
        orders.contacts.peers,
        orders.site_hash,
        standing,
        receive,
        journal.all if armed else tuple,
        own.halt,
        life=life,
        armed=lambda: armed,
        going_down=lambda: own.going_down,
    )


async def _engine(contacts: Contacts, stack: AsyncExitStack) -> Engine | None:
    """Of SNMP, warmed up before anything depends on it."""
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


async def _close(drivers: Machines) -> None:
    every = [
        *drivers.upses.values(),
        *drivers.servers.values(),
        *drivers.arrays.values(),
        drivers.cluster,
        *drivers.hosts.values(),
    ]
    for driver in every:
        try:
            await driver.close()
        except Exception:
            log.exception("a driver could not be closed")


def _stop_changed(env: WallClock, stream: Stream, me: str, stopped: bool) -> None:
    text = "emergency stop: nothing is commanded any more"
    name = "alarm.raised" if stopped else "alarm.cleared"
    env.act(lambda: stream.seen(float(env.now), name, me, me, text=text, rule="SEC-30"))
