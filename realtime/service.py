"""The service on a control node: everything that a life needs, opened in order, and closed in order.

A service is one life. It ends with its process: killed with its node, or told to stop; the next boot
is a recovery boot, whatever the reason.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from realtime.boots import has_booted
from realtime.clock import WallClock
from realtime.clusters.manager_socket import manager_socket
from realtime.commands import run as run_program
from realtime.contacts import Contacts, SnmpContact, places
from realtime.hearing_traps import trap_listener
from realtime.journal.journal import Journal
from realtime.life import COMMAND_LIMIT_S, Life, Machines, Memory, life_name
from realtime.machines import Reach, machines
from realtime.pace import LEAST_S, wall_limit_s
from realtime.peers.driver import Peer
from realtime.peers.link import PeerLink
from realtime.peers.node_driver import OwnNode, uptime_s
from realtime.peers.port import PeerPort
from realtime.permission import Permission
from realtime.ports import Link
from realtime.request_socket import RequestSocket
from realtime.requests import Requests
from realtime.settling import settle
from realtime.site_files import NO_FILES, SiteFiles
from realtime.status import UpsView
from realtime.status_lines import StatusLines
from realtime.stop_file import StopFile
from realtime.telling import Telling
from realtime.wall import WallPort
from sequencer.events import Stream
from sequencer.journal import Row
from sequencer.ports import Accepted, Receipt
from sequencer.requests import Request
from sequencer.site import Site

if TYPE_CHECKING:
    from realtime.snmp.engine import Engine

log = logging.getLogger(__name__)

WATCHING = "watching"
"""Beside the journal of an armed service: what a watching one writes down is no fact of any incident."""


WATCHES = "this service only watches: it was started without --arm"


@dataclass(frozen=True)
class Orders:
    """What this service was started with."""

    site: Site
    site_hash: str
    contacts: Contacts
    """As this node sees them: `realtime.contacts.at_node`."""
    me: str
    armed: bool
    forced: str = ""
    """Armed although of this: what was not shown of the site. '' if all was."""
    start: datetime | None = None
    """What the clock showed at env.now 0, in a rehearsal; None: the system's clock counts."""
    any_disk: bool = False
    """A rehearsal's journal may lie on any disk."""
    before_commit: Callable[[Row], None] | None = None
    """Called just before a row is written; for those who pull the plug there."""


class Service:
    """What `opened` has opened. `begin` its life inside `env.act`, then drive `env`."""

    def __init__(
        self,
        orders: Orders,
        env: WallClock,
        stream: Stream,
        name: str,
        permission: Permission,
        journal: Journal,
        wall: WallPort,
    ) -> None:
        self.orders = orders
        self.env = env
        self.stream = stream
        self.name = name
        self.permission = permission
        self.journal = journal
        self.wall = wall
        self.requests = Requests(env, self._replied)
        self.socket: RequestSocket | None = None
        self.manager: RequestSocket | None = None
        self.status: StatusLines | None = None
        self.telling: Telling | None = None
        rehearsed = orders.start is not None
        self.own = own_node(orders.contacts, wall, rehearsed=rehearsed)
        self.booted = not rehearsed and has_booted(journal.path)
        self.peers: dict[str, Peer] = {}
        self.drivers: Machines | None = None
        self.life: Life | None = None
        self._settled = False
        self.site_files: SiteFiles = NO_FILES

    @property
    def commands(self) -> bool:
        """A watching service says that it does not command: nobody is to wait for it."""
        run = self.life.run if self.life is not None else None
        return self.orders.armed and run is not None and (run.commands or run.claims)

    def deliver(self, request: Request) -> None:
        """What was asked at the socket. Who may send nothing to any device promises nothing either (X-12)."""
        if self.orders.armed:
            self.requests.deliver(request)
        else:
            self._replied(request, WATCHES)

    def hear_manager(self, request: Request) -> None:
        """The cluster's manager stops our own system: it goes down, and our peers need not tell it to."""
        if self.orders.me in request.of:
            self.own.going_down = True
        self.deliver(request)

    def _replied(self, request: Request, refusal: str) -> None:
        for socket in (self.socket, self.manager):
            if socket is not None:
                socket.reply(request, refusal=refusal)  # to whom it was asked; the other knows it not

    async def halt(self, how: str) -> Receipt:
        """What a peer asks of our own system; not while the emergency stop is pulled here (SEC-30)."""
        if why := self.permission.stopped():
            return Receipt(Accepted.NO, why)
        return await self.own.halt(how)

    def receive(self, rows: tuple[Row, ...]) -> None:
        """A peer's rows; those that are new are kept, and heard by the life."""
        new = self.journal.receive(rows)
        if new and self.life is not None:
            run = self.life.run
            self.env.act(lambda: None if run.over else run.hear(*new))

    def begin(self) -> None:
        """Entered from the top: every boot is a recovery boot."""
        self.prepare().begin()

    def prepare(self) -> Life:
        """Its life with all its ports, which has not begun: it decides nothing yet."""
        assert self.drivers is not None, "it has not been opened"
        orders = self.orders
        ports = Link(
            self.env, orders.me, orders.site.polling, least_s=LEAST_S, stopped=self.permission.stopped
        )
        peers = {n: PeerPort(ports, peer, copies=orders.armed) for n, peer in self.peers.items()}
        memory = Memory(self.journal, self.wall, self.requests, {**peers}, self.booted)
        self.life = Life(
            self.env,
            orders.site,
            orders.me,
            ports,
            self.drivers,
            memory,
            self.stream,
            name=self.name,
            permit=self.permission,
        )
        self.life.run.on_standing = self._standing
        return self.life

    def _standing(self) -> None:
        """Who commands has changed; a new commander sees to the settings of the cards."""
        assert self.life is not None
        if self.status is not None:
            self.status.changed()
        if self.life.run.commands and self.orders.armed and not self._settled:
            self._settled = True
            self.env.start(settle(self.life))

    def stop_changed(self, stopped: bool) -> None:
        """The emergency stop was pulled, or released."""
        env, stream, me = self.env, self.stream, self.orders.me
        text = "emergency stop: nothing is commanded any more"
        name = "alarm.raised" if stopped else "alarm.cleared"
        env.act(lambda: stream.seen(float(env.now), name, me, me, text=text, rule="SEC-30"))
        if stopped and self.life is not None:
            self.life.link.break_off(self.permission.stopped())

    def poke(self, device: str) -> None:
        """A trap came from this card."""
        life = self.life
        if life is not None:
            self.env.act(lambda: life.poke(device))

    def busy(self) -> str:
        """Why neither the site file nor this life may be changed just now; '' if they may.

        A confirm time that runs would begin anew with another life; so it counts as an incident.
        """
        if self.life is None or self.telling is None:
            return "its service has only just started"
        if self.life.run.facts.open:
            return f"incident {self.life.run.facts.epoch} is open"
        if self.own.may_go_down:
            return "its system is going down"
        if away := [ups.name for ups in self.telling.upses() if ups.fresh and away_from_mains(ups)]:
            return f"the mains of {', '.join(away)} are away"
        return ""

    async def reload(self) -> str:
        """Why not; '' if another life begins by the file as it lies on the disk."""
        return await self.site_files.reload(self.busy)

    def still_to_tell(self) -> list[str]:
        """UPSes that our own system, on its way down, would leave on: not yet seen to count down.

        A system that goes down stops its services first. One that ended there and then would have its node
        halted with its power on, and nobody would boot it when the mains are back (L3).
        """
        life, site = self.life, self.orders.site
        if life is None or not (self.own.may_go_down and self.orders.armed) or self.permission.stopped():
            return []
        run = life.run
        if not (run.commands and run.facts.down):
            return []
        own = [site.upses[name] for name in site.servers[run.me].upses]
        upses = site.control_upses if run.scope.control else own
        seen = {ups.name: life.upses[ups.name].seen().status for ups in upses}
        return [n for n, told in seen.items() if told is None or (told.output_on and not told.off_armed)]

    def end(self) -> None:
        """Whoever has asked for something that nobody is going to do any more is told so."""
        self.requests.close()
        if self.life is not None and not self.life.run.over:
            self.life.end()


@asynccontextmanager
async def opened(
    orders: Orders, env: WallClock, stream: Stream, site_files: SiteFiles = NO_FILES
) -> AsyncIterator[Service]:
    """Raises NoJournal, NoIdentity, CannotListen, CannotServe: what keeps a service from starting."""
    contacts, me = orders.contacts, orders.me
    async with AsyncExitStack() as stack:
        wall = WallPort(env, start=orders.start)
        stack.callback(wall.close)
        stop_file = StopFile(contacts.live.stop_file, lambda stopped: service.stop_changed(stopped))
        journal = Journal(
            env,
            contacts.live.journal if orders.armed else f"{contacts.live.journal}.{WATCHING}",
            forbidden=places(contacts),
            allow_any_disk=orders.any_disk,
            before_commit=orders.before_commit,
        )
        stack.callback(journal.close)
        permission = Permission(
            armed=orders.armed, stopped=lambda: stop_file.reason if stop_file.stopped else ""
        )
        name = life_name(me, wall.now())
        service = Service(orders, env, stream, name, permission, journal, wall)
        service.site_files = site_files
        watching = env.start(stop_file.watch())
        stack.callback(watching.cancel)
        link = _link(service)
        await stack.enter_async_context(link)
        nodes = orders.site.cluster.nodes
        service.peers = {n: Peer(link, n) for n in contacts.peers if n != me and n in nodes}
        service.telling = telling = Telling(service, wall.now)
        stream.listen(telling.hear)
        service.status = StatusLines(telling.as_json)
        service.socket = RequestSocket(
            contacts.live.socket, service.deliver, status=service.status, reload=service.reload
        )
        await stack.enter_async_context(service.socket)
        reach = Reach(
            limit_s=wall_limit_s(orders.site.polling.timeout_s, env.rate),
            command_limit_s=wall_limit_s(COMMAND_LIMIT_S, env.rate),
            clock=lambda: env.wall_now,
            rate=env.rate,
            engine=await _engine(contacts, stack, permission.stopped),
        )
        service.drivers = machines(orders.site, contacts, service.own, me, service.peers, reach)
        stack.push_async_callback(_close, service.drivers)
        service.manager = manager_socket(
            contacts.live.manager_socket,
            service.hear_manager,
            service.drivers.cluster,
            nodes,
        )
        await stack.enter_async_context(service.manager)
        traps = await trap_listener(contacts.live, service.drivers.upses, service.poke)
        if traps is not None:
            stack.push_async_callback(traps.close)
        stack.callback(service.end)
        yield service


def away_from_mains(ups: UpsView) -> bool:
    return ups.mains is False or ups.on_battery is True


def own_node(contacts: Contacts, wall: WallPort, *, rehearsed: bool = False) -> OwnNode:
    """`rehearsed`: this machine does not boot when the node does."""
    return OwnNode(
        run_program,
        power_off=contacts.power_off,
        power_reboot=contacts.power_reboot,
        force_off=contacts.power_force,
        job=contacts.own_job,
        clock=lambda: wall.now().timestamp(),
        up=(lambda: None) if rehearsed else uptime_s,
    )


def _link(service: Service) -> PeerLink:
    """A watching service knows of no incident: what it writes down has not happened."""
    orders, own = service.orders, service.own
    return PeerLink(
        orders.me,
        orders.contacts.identity,
        orders.contacts.peers,
        orders.site_hash,
        lambda: service.commands,
        service.receive,
        service.journal.all if orders.armed else tuple,
        service.halt,
        life=service.name,
        armed=lambda: orders.armed,
        going_down=lambda: own.going_down,
        keeps=lambda: service.journal.healthy,
        site_files=service.site_files,
        busy=service.busy,
        limit_s=wall_limit_s(orders.site.polling.timeout_s, service.env.rate),
    )


async def _engine(contacts: Contacts, stack: AsyncExitStack, stopped: Callable[[], str]) -> Engine | None:
    """Of SNMP, warmed up before anything depends on it."""
    if not any(isinstance(contact, SnmpContact) for contact in contacts.upses.values()):
        return None
    try:
        from realtime.snmp.engine import Engine
    except ModuleNotFoundError:
        return None  # each UPS says so
    engine = Engine(stopped=stopped)
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
