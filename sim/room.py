"""The pretend machine room: every device of the site, wired up, and what happens to it.

Randomness only by counter-based draws from (seed, component, purpose, n): same seed, same events.
Nothing ticks: a room where nothing changes has no events at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from functools import partial

import simpy

from sequencer.events import Stream
from sequencer.requests import Request, Wish
from sequencer.site import Site
from sim.array import Array
from sim.clock import WallClock
from sim.cluster import Cluster
from sim.deeds import Deeds, Reply
from sim.host import Host
from sim.model import ArrayModel, Model, ServerModel, UpsModel
from sim.network import Lan
from sim.node import Devices, Life, Node
from sim.server import Server, State
from sim.story import Happening
from sim.supply import Supplies
from sim.switch import Switch
from sim.ups import Ups

START = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)
"""When a run begins that says nothing else: 14:00 in Tokyo."""


class Room:
    """Build it, `happen` what the story says, run `env` until the end."""

    def __init__(
        self,
        site: Site,
        model: Model,
        *,
        seed: int = 0,
        horizon_s: float,
        stream: Stream | None = None,
        start: datetime = START,
        env: simpy.Environment | None = None,
        life: Callable[[Server], Life] | None = None,
        sites: Mapping[str, Site] | None = None,
    ) -> None:
        """`env`: a clock of your own. `life`: what runs on each control node instead of a pretend service.

        `sites`: control nodes whose service goes by another site file than `site` (C9).
        """
        self.env = env if env is not None else simpy.Environment()
        self.stream = stream if stream is not None else Stream()
        self.site = site
        self.lan = Lan()
        self._feeds = dict.fromkeys(site.feeds, True)
        self._inputs = dict.fromkeys(site.upses, True)
        self.upses = {
            n: Ups(self.env, self.stream, u, model.upses.get(n, UpsModel()), mains=True)
            for n, u in site.upses.items()
        }
        self.clocks = {
            n: WallClock(self.env, start, skew_s=model.servers.get(n, ServerModel()).clock_skew_s)
            for n in site.servers
        }
        self.servers = {
            n: Server(
                self.env,
                self.stream,
                s,
                model.servers.get(n, ServerModel()),
                Supplies(s.upses, self._live),
                self.clocks[n],
                load_changed=self._load_changed,
            )
            for n, s in site.servers.items()
        }
        self.arrays = {
            n: Array(
                self.env,
                self.stream,
                a,
                model.arrays.get(n, ArrayModel()),
                self._live,
                load_changed=self._load_changed,
            )
            for n, a in site.arrays.items()
        }
        control_arrays = [self.arrays[a.name] for a in site.control_arrays]
        nodes = [self.servers[n] for n in site.cluster.nodes]
        self.cluster = Cluster(self.env, self.stream, site.cluster, model.cluster, nodes, control_arrays)
        self.hosts = {a: Host(self.env, self.stream, a) for a in site.lan_watch.hosts}
        self.switches: dict[str, Switch] = {}
        self._plug_in(model)
        self._in_use()
        self.replies: list[Reply] = []
        """What the nodes answered to requests."""
        self._deeds = Deeds(self)
        self.nodes: dict[str, Node] = {}
        """The pretend services; empty where something else lives on the control nodes."""
        devices = Devices(
            self.upses,
            self.servers,
            self.arrays,
            self.cluster,
            self.nodes,
            self.lan,
            model.network,
            seed,
            horizon_s,
            self.hosts,
            self._replied,
        )
        if life is None:
            files = dict.fromkeys(site.cluster.nodes, site) | dict(sites or {})
            self.nodes |= {n.name: Node(self.env, self.stream, files[n.name], n, devices) for n in nodes}
        self.lives: dict[str, Life] = {n.name: life(n) for n in nodes} if life else {**self.nodes}

    def _plug_in(self, model: Model) -> None:
        for server in self.servers.values():
            for name in server.settings.upses:
                self.upses[name].loads.append(server)
            for array in server.settings.arrays:
                server.listen(partial(self._used, self.arrays[array]))
        for disk in self.arrays.values():
            for name in disk.settings.upses:
                self.upses[name].loads.append(disk)
        for switch in self.site.switches.values():
            lan = self.lan if switch.kind == "lan" else None
            load = Switch(
                switch, Supplies(switch.upses, self._live), model.switch_load_w, lan, self._load_changed
            )
            self.switches[switch.name] = load
            for name in switch.upses:
                self.upses[name].loads.append(load)

    def _in_use(self) -> None:
        """The servers have been using their arrays before the story begins."""
        for server in self.servers.values():
            for name in server.settings.arrays if server.state is State.UP else ():
                self.arrays[name].users.add(server.name)
                self.arrays[name].dirty = True

    @staticmethod
    def _used(array: Array, server: Server) -> None:
        array.used_by(server.name, running=server.running)

    def begin(self) -> None:
        """Batteries charge, and the lives of the control nodes that are up begin."""
        for ups in self.upses.values():
            ups.begin()
        for name, life in self.lives.items():
            if self.servers[name].state is State.UP:
                life.begin()

    def happen(self, happenings: Iterable[Happening]) -> None:
        """Schedule what the story does to the room."""
        self._deeds.schedule(happenings)

    def ask(self, wish: Wish, of: tuple[str, ...], by: str) -> None:
        """Somebody asks every node that is up for something."""
        self._deeds.ask(wish, of, by, tuple(self.lives))

    def _replied(self, node: str, request: Request, refusal: str) -> None:
        self.replies.append(Reply(float(self.env.now), node, request, refusal))

    def change_mains(self, of: str, *, present: bool) -> None:
        self.stream.fact(float(self.env.now), "mains.restored" if present else "mains.lost", of)
        (self._feeds if of in self._feeds else self._inputs)[of] = present
        for ups in self.upses.values():
            feed = self.site.upses[ups.name].feed
            ups.set_mains(self._feeds.get(feed, True) and self._inputs[ups.name])

    def _live(self, ups: str) -> bool:
        return self.upses[ups].output

    def _load_changed(self, upses: tuple[str, ...]) -> None:
        for name in upses:
            self.upses[name].load_changed()
