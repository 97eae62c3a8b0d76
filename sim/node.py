"""A pretend control node: each boot is a new life of the sequencer, with what its journal kept.

The life begins when the system is up and ends when it has halted, is forced, or loses power. A
service really ends somewhat before its system has halted; here it lives to the end, which changes
nothing because all it does by then is wait.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol, TypeVar

import simpy

from sequencer import notices
from sequencer.duty import duty
from sequencer.events import Stream
from sequencer.journal import Kind, Row
from sequencer.notices import Noticed, unnoticed
from sequencer.ports import Accepted, PeerStatus, Ports, Receipt
from sequencer.requests import Request
from sequencer.run import Run
from sequencer.site import Site
from sim.array import Array
from sim.clock import WallPort
from sim.cluster import Cluster
from sim.host import Host
from sim.mailbox import Mailbox
from sim.model import NetworkModel
from sim.network import Lan, Net
from sim.ports import ArrayPort, ClusterPort, Journal, Link, Looking, PeerPort, ServerPort, UpsPort
from sim.server import Server, State
from sim.sight import Device
from sim.ups import Ups

S = TypeVar("S")


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
        self._site = site
        self._devices = devices
        self.name = server.name
        self.rows: list[Row] = []
        self._alike: dict[tuple[Kind, str, float], list[Row]] = {}
        self._sorted = 0
        """How many of the rows stand in `_alike` too."""
        self.run: Run | None = None
        self._link: Link | None = None
        self._lives = 0
        self._mailbox: Mailbox | None = None
        self.layer: Callable[[Ports], Ports] = lambda ports: ports
        """Laid over the ports of every life: what counts, cuts or spoils what goes through them."""
        server.listen(self._server_changed)

    def _server_changed(self, server: Server) -> None:
        if not server.works:
            self.end()
        elif server.state is State.UP:
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
            self._site.polling,
            devices.seed,
            devices.horizon_s,
        )
        self._mailbox = Mailbox(self._env, partial(devices.replied, self.name))
        self._link.at_close(self._mailbox.close)
        ports = self.layer(self._ports(self._link, self._mailbox))
        self.run = Run(self._env, self._site, self.name, ports, self._stream, life)
        self.run.on_standing = self.changed
        self.run.spawn(duty(self.run))
        self.changed()

    def end(self) -> None:
        if self.run is None or self._link is None:
            return
        run, self.run = self.run, None
        run.end()
        self._link.close()
        self.changed()

    def hear(self, request: Request) -> None:
        """Somebody asks it for something; a node that is down misses it."""
        if self.run is not None and self._mailbox is not None:
            self._mailbox.deliver(request)

    def _ports(self, link: Link, mailbox: Mailbox) -> Ports:
        devices = self._devices
        wall = WallPort(devices.servers[self.name].clock)
        link.at_close(wall.close)
        return Ports(
            upses={n: UpsPort(link, u, self._noticed(n, notices.of_ups)) for n, u in devices.upses.items()},
            servers={
                n: ServerPort(link, s, self._noticed(n, notices.of_server))
                for n, s in devices.servers.items()
            },
            arrays={
                n: ArrayPort(link, a, self._noticed(n, notices.of_array)) for n, a in devices.arrays.items()
            },
            cluster=ClusterPort(
                link, devices.cluster, self._noticed(devices.cluster.name, notices.of_cluster)
            ),
            peers={
                n: PeerPort(link, n, peer, unnoticed, peer.receive, partial(self.fetch_from, peer))
                for n, peer in devices.nodes.items()
                if n != self.name
            },
            journal=Journal(self._env, self.rows),
            wall=wall,
            requests=mailbox,
            hosts={
                n: Looking(link, n, h, self._noticed(n, notices.of_host), net=Net.PRODUCTION)
                for n, h in devices.hosts.items()
            },
        )

    def _noticed(self, name: str, news: Callable[[S | None, S | None], list[str]]) -> Noticed[S]:
        return notices.noticing(news, self._env, self._stream, name, self.name)

    # What its peers see of it

    def read(self) -> PeerStatus | None:
        return None if self.run is None else PeerStatus(self.run.commands or self.run.claims)

    def fetch_from(self, peer: Node) -> Receipt | None:
        """What a peer that is up knows."""
        if peer.run is None:
            return None
        self.receive(tuple(peer.rows))
        return Receipt(Accepted.YES)

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
        new = [row for row in rows if row not in self._like(row)]
        if self.run is not None and new:
            self.rows.extend(new)
            self.run.hear(*new)
