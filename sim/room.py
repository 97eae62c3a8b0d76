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
from sim.faults.fault import Turn
from sim.grid import Grid
from sim.host import Host
from sim.model import ArrayModel, Model, ServerModel, UpsModel
from sim.network import Lan
from sim.node import Devices, Life, Node
from sim.server import Server, State
from sim.story import Happening
from sim.supply import Load, Supplies
from sim.switch import Switch
from sim.swizzle import Swizzle
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
        self.upses = {
            n: Ups(self.env, self.stream, u, model.upses.get(n, UpsModel()), mains=True)
            for n, u in site.upses.items()
        }
        self._feeders = dict(self.upses)
        """By the name that its loads know: the UPS that feeds them (U19)."""
        self._mixed: list[tuple[str, str]] = []
        self._plugged: dict[str, list[Load]] = {}
        self.grid = Grid(self.env, self.stream, site, self.upses, seed)
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
        self.swizzle = Swizzle(self.env, self.upses, seed)
        self._in_secret: set[str] = set()
        """Servers that use arrays of which nobody knows (H10)."""
        self._plug_in(model)
        self._in_use()
        self.held: dict[str, Turn] = {}
        """By device, what whoever works on it wanted last (O2)."""
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
            server.listen(self._used_in_secret)
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

    def _used_in_secret(self, server: Server) -> None:
        if server.name in self._in_secret:
            self._use_others(server, running=server.running)

    def use_in_secret(self, name: str, *, uses: bool) -> None:
        """Fault H10, or its end: it uses every linked array that is not given to it."""
        (self._in_secret.add if uses else self._in_secret.discard)(name)
        self._use_others(self.servers[name], running=uses and self.servers[name].running)

    def _use_others(self, server: Server, *, running: bool) -> None:
        for array in self.site.linked_arrays:
            if array.name not in server.settings.arrays:
                self.arrays[array.name].used_by(server.name, running=running)

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
        self.grid.change(of, present=present)

    def mix_up(self, one: str, other: str, *, mixed: bool) -> None:
        """What is plugged into the one hangs on the other, and the reverse (U19); or no longer."""
        if not self._mixed:
            self._plugged = {name: ups.loads for name, ups in self.upses.items()}
        (self._mixed.append if mixed else self._mixed.remove)((one, other))
        hangs_on = {name: name for name in self.upses}
        for a, b in self._mixed:
            hangs_on[a], hangs_on[b] = hangs_on[b], hangs_on[a]
        for name, outlet in hangs_on.items():
            ups = self._feeders[outlet] = self.upses[name]
            ups.outlet, ups.loads = outlet, self._plugged[outlet]
            ups.know_loads()
        for load in self._plugged[one] + self._plugged[other]:
            load.supply_changed()
        self._load_changed((one, other))

    def _live(self, ups: str) -> bool:
        return self._feeders[ups].output

    def _load_changed(self, upses: tuple[str, ...]) -> None:
        for name in upses:
            self._feeders[name].load_changed()
