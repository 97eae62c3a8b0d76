"""A pretend control node: each boot is a new life of the sequencer, with what its journal kept.

The life begins when the system is up and ends when it has halted, is forced, or loses power. A
service really ends somewhat before its system has halted; here it lives to the end. By then all it does
is wait, and force its own system should that hang (which a real one can as long as it lives).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Protocol, TypeVar

import simpy

from sequencer import notices
from sequencer.duty import duty
from sequencer.events import Stream
from sequencer.journal import Kind, Row
from sequencer.notices import Noticed, unnoticed
from sequencer.ports import Accepted, ClusterStatus, PeerStatus, Ports, Receipt, UpsStatus
from sequencer.requests import Request
from sequencer.run import Run
from sequencer.site import Site
from sim.array import Array
from sim.clock import WallPort
from sim.cluster import Cluster
from sim.device import Device
from sim.disk import Disk
from sim.host import Host
from sim.journal import Journal
from sim.later import after
from sim.mailbox import Mailbox
from sim.model import NetworkModel
from sim.network import Lan, Net
from sim.ports import ArrayPort, ClusterPort, Link, Looking, PeerPort, ServerPort, UpsPort
from sim.server import Server, State
from sim.stall import Stall
from sim.ups import Ups

S = TypeVar("S")

RESTART_S = 1.0
"""Until the system has begun a service anew that somebody stopped to begin it anew."""


class Life(Protocol):
    """What runs on a control node while its system works; it sees to its own end."""

    def begin(self) -> None: ...
    def hear(self, request: Request) -> None:
        """Somebody asks it for something; a node that is down misses it."""
        ...


@dataclass(frozen=True)
class Devices:
    """Everything a node can reach, and the way there."""

    upses: Mapping[str, Ups]
    servers: Mapping[str, Server]
    arrays: Mapping[str, Array]
    cluster: Cluster
    nodes: Mapping[str, Node]
    lan: Lan
    network: NetworkModel
    seed: int
    horizon_s: float
    hosts: Mapping[str, Host]
    replied: Callable[[str, Request, str], None]
    """A node has answered a request: accepted, or with this refusal."""


class Node(Device[PeerStatus]):
    """As a device it is what its peers see of the service on it."""

    def __init__(
        self, env: simpy.Environment, stream: Stream, site: Site, server: Server, devices: Devices
    ) -> None:
        super().__init__()
        self._env = env
        self._stream = stream
        self.site = site
        """The site file that its service goes by."""
        self.version = 1
        """Of the language of its rows: a later one reads what an earlier one has written."""
        self.apart = False
        """Fault N2: it and its peers do not hear each other."""
        self.told: ClusterStatus | None = None
        """Fault C4: what the cluster's service on it goes on saying; None: what is true."""
        self.disk = Disk()
        self._server = server
        self._devices = devices
        self.name = server.name
        self._alike: dict[tuple[Kind, str, float], list[Row]] = {}
        self._sorted = 0
        """How many of the rows stand in `_alike` too."""
        self.run: Run | None = None
        self._link: Link | None = None
        self._journal = Journal(env, self.disk)
        self._lives = 0
        self._booted_at_s = server.booted_at_s
        """When the system booted in which its last life began."""
        self._hung = False
        """Its system has hung while it ran: that life does not go on."""
        self._stall: Stall | None = None
        self._unread: list[tuple[Row, ...]] = []
        """Rows of peers that have come in while it was stopped."""
        self._mailbox: Mailbox | None = None
        self.layer: Callable[[Ports], Ports] = lambda ports: ports
        """Laid over the ports of every life: what counts, cuts or spoils what goes through them."""
        server.listen(self._server_changed)

    @property
    def rows(self) -> list[Row]:
        """What its journal says."""
        return self.disk.rows

    def _server_changed(self, server: Server) -> None:
        if not server.works:
            self._hung = server.frozen and (self._hung or self.run is not None)
            self.end()
        elif server.state is State.UP:
            if self._hung:  # nobody sees its system go and come; else its new life were taken for the old one
                self._hung = False
                self._stream.fact(float(self._env.now), "service.died", self.name, cause="its system hung")
                self._begun()
            self.begin()

    def begin(self) -> None:
        """A new life, entered from the top."""
        self.end()
        self._lives += 1
        life = f"{self.name}/{self._lives}"
        devices = self._devices
        self._link = Link(
            self._env,
            self.name,
            life,
            devices.lan,
            devices.network,
            self.site.polling,
            devices.seed,
            devices.horizon_s,
        )
        self._mailbox = Mailbox(self._env, partial(devices.replied, self.name))
        self._link.at_close(self._mailbox.close)
        self.disk.boot()
        self._alike.clear()
        self._sorted = 0
        self._journal = Journal(self._env, self.disk)
        ports = self.layer(self._ports(self._link, self._mailbox))
        self._booted_at_s = self._server.booted_at_s
        self.run = Run(self._env, self.site, self.name, ports, self._stream, life)
        self.run.on_standing = self.changed
        self.run.spawn(duty(self.run))
        self.changed()

    def end(self) -> None:
        if self.run is None or self._link is None:
            return
        run, self.run = self.run, None
        self._stall = None
        self._unread.clear()
        run.end()
        self._link.close()
        self._journal.close()
        self.changed()

    # What goes wrong with the service alone

    def kill(self, down_s: float, cause: str) -> None:
        """The service ends at once, and its system begins it anew after so long (C1)."""
        if self.run is None:
            return
        self.end()
        self._stream.fact(float(self._env.now), "service.died", self.name, cause=cause)
        lives = self._lives
        after(self._env, down_s, lambda: self.begin_anew() if lives == self._lives else None)

    @property
    def may_begin(self) -> bool:
        """Its system would begin a service that has ended: not on its way down, nor while it hangs."""
        return self._server.works and self._server.state is State.UP

    def begin_anew(self) -> None:
        """If its system is up, and nobody has begun it yet."""
        if self.run is None and self.may_begin:
            self._begun()
            self.begin()

    def _begun(self) -> None:
        self._stream.fact(float(self._env.now), "service.begun", self.name)

    def stall(self, for_s: float) -> None:
        """The service does nothing for so long, and goes on where it was (C7)."""
        if self.run is None or self._link is None or self._stall is not None:
            return
        stall = self._stall = Stall(self._env, self.run, self._link, self._went_on)
        self._stream.fact(float(self._env.now), "service.stalled", self.name, for_s=for_s)
        self.changed()
        after(self._env, for_s, lambda: stall.end() if self._stall is stall else None)

    def _went_on(self) -> None:
        self._stall = None
        unread, self._unread = self._unread, []
        for rows in unread:
            self.receive(rows)
        self.changed()

    def cut_off(self, apart: bool) -> None:
        """Its service and its peers' do not hear each other, or do again (N2)."""
        self.apart = apart
        for node in self._devices.nodes.values():
            node.changed()

    def mistake(self, status: ClusterStatus | None) -> None:
        """The cluster's service on it goes on saying this, or tells the truth again (C4)."""
        self.told = status
        self._devices.cluster.changed()

    def go_by(self, site: Site) -> None:
        """Somebody has copied another site file to it, and begins its service anew (C9)."""
        self.site = site
        self.kill(RESTART_S, "another site file")

    def hear(self, request: Request) -> None:
        """Somebody asks it for something; a node that is down misses it."""
        if self.run is not None and self._mailbox is not None:
            self._mailbox.deliver(request)

    def _ports(self, link: Link, mailbox: Mailbox) -> Ports:
        devices = self._devices
        since_s, found_s = dict[str, float](), dict[str, float]()
        offs_s, moved_s = dict[str, float](), dict[str, float]()
        wall = WallPort(devices.servers[self.name].clock)
        link.at_close(wall.close)
        return Ports(
            upses={
                n: UpsPort(link, u, self._counting(n, since_s, found_s, offs_s))
                for n, u in devices.upses.items()
            },
            servers={
                n: ServerPort(link, s, self._noticed(n, notices.of_server))
                for n, s in devices.servers.items()
            },
            arrays={
                n: ArrayPort(link, a, self._noticed(n, notices.of_array)) for n, a in devices.arrays.items()
            },
            cluster=ClusterPort(
                link,
                devices.cluster,
                notices.moving(self._noticed(devices.cluster.name, notices.of_cluster), self._env, moved_s),
                lambda: self.told or devices.cluster.status,
            ),
            peers={
                n: PeerPort(
                    link,
                    n,
                    Heard(self, peer),
                    unnoticed,
                    partial(self.send_to, peer),
                    partial(self.fetch_from, peer),
                )
                for n, peer in devices.nodes.items()
                if n != self.name
            },
            journal=self._journal,
            wall=wall,
            requests=mailbox,
            hosts={
                n: Looking(link, n, h, self._noticed(n, notices.of_host), net=Net.PRODUCTION)
                for n, h in devices.hosts.items()
            },
            countdowns_s=since_s,
            found_s=found_s,
            offs_s=offs_s,
            moved_s=moved_s,
            booted=self._server.booted_at_s > self._booted_at_s,
        )

    def _noticed(self, name: str, news: Callable[[S | None, S | None], list[str]]) -> Noticed[S]:
        return notices.noticing(news, self._env, self._stream, name, self.name)

    def _counting(self, ups: str, *noted: dict[str, float]) -> Noticed[UpsStatus]:
        return notices.counting(self._noticed(ups, notices.of_ups), self._env, ups, *noted)

    # What its peers see of it

    def read(self) -> PeerStatus | None:
        """As one reads it that goes by the same site file."""
        if self.run is None or self._stall is not None:
            return None
        return PeerStatus(self.run.commands or self.run.claims, keeps=self.run.ports.journal.healthy)

    def hears(self, peer: Node) -> bool:
        return not (self.apart or peer.apart)

    def send_to(self, peer: Node, rows: tuple[Row, ...]) -> None:
        if self.hears(peer) and not self.unread_by(peer):
            peer.receive(rows)

    def fetch_from(self, peer: Node) -> Receipt | None:
        """What a peer that answers knows."""
        if not self.hears(peer) or peer.read() is None:
            return None
        if refusal := peer.unread_by(self):
            return Receipt(Accepted.NO, refusal)
        self.receive(tuple(peer.rows))
        return Receipt(Accepted.YES)

    def unread_by(self, peer: Node) -> str:
        """Why it takes none of our rows: who reads them otherwise may believe anything (C8, C9)."""
        if self.version > peer.version:
            return (
                f"{self.name} writes rows of version {self.version}, {peer.name} reads up to {peer.version}"
            )
        same = self.site is peer.site or self.site == peer.site
        return "" if same else f"{self.name} has another site file than {peer.name}"

    def _like(self, row: Row) -> list[Row]:
        """Those of this node's rows that could be the same one; a hall's outage writes thousands."""
        for known in self.rows[self._sorted :]:
            self._alike.setdefault((known.kind, known.subject, known.at_s), []).append(known)
        self._sorted = len(self.rows)
        return self._alike.get((row.kind, row.subject, row.at_s), [])

    def lose(self, rows: Sequence[Row]) -> None:
        """Its disk did not keep these: the next life knows them only if a peer does."""
        self.rows[:] = [row for row in self.rows if row not in rows]
        self._alike.clear()
        self._sorted = 0

    def receive(self, rows: tuple[Row, ...]) -> None:
        """Copies of a peer's journal rows arrive; a node that is down misses them."""
        if self._stall is not None:
            self._unread.append(rows)
            return
        new = [row for row in rows if row not in self._like(row)]
        if self.run is not None and new:
            well = self._journal.healthy
            self._journal.take(new)
            self.run.hear(*new)
            if self._journal.healthy is not well:
                self.changed()


class Heard(Device[PeerStatus]):
    """The service on a peer as one node hears it: perhaps not at all, and with whose site file."""

    def __init__(self, by: Node, peer: Node) -> None:
        super().__init__()
        self._by = by
        self._peer = peer

    def read(self) -> PeerStatus | None:
        status = self._peer.read() if self._by.hears(self._peer) else None
        if status is None or self._by.site is self._peer.site or self._by.site == self._peer.site:
            return status
        return replace(status, alike=False)

    def add_sight(self, planned: Callable[[], None]) -> None:
        self._peer.add_sight(planned)

    def remove_sight(self, planned: Callable[[], None]) -> None:
        self._peer.remove_sight(planned)
