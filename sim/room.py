"""The pretend machine room: every device of the site, wired up, and what happens to it.

Randomness only by counter-based draws from (seed, component, purpose, n): same seed, same events.
Nothing ticks: a room where nothing changes has no events at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import partial

import simpy

from sequencer.events import Stream
from sequencer.site import ServerRole, Site
from sim.array import Array
from sim.clock import WallClock
from sim.cluster import Cluster
from sim.later import after
from sim.model import ArrayModel, Model, ServerModel, UpsModel
from sim.network import Lan
from sim.node import Devices, Node
from sim.server import Server, State
from sim.story import Fault, FaultChange, Happening, MainsChange
from sim.supply import Supplies
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
    ) -> None:
        self.env = simpy.Environment()
        self.stream = stream if stream is not None else Stream()
        self.site = site
        self.lan = Lan()
        self._feeds = dict.fromkeys(site.feeds, True)
        self._inputs = dict.fromkeys(site.upses, True)
        self.upses = {
            n: Ups(self.env, self.stream, u, model.upses.get(n, UpsModel()), mains=True)
            for n, u in site.upses.items()
        }
        self.servers = {
            n: Server(
                self.env,
                self.stream,
                s,
                model.servers.get(n, ServerModel()),
                Supplies(s.upses, self._live),
                up=s.role is not ServerRole.POOL,
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
        self._plug_in(model)
        self._in_use()
        self.clocks = {n: WallClock(self.env, start) for n in site.servers}
        self.nodes: dict[str, Node] = {}
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
            self.clocks,
        )
        for node in nodes:
            self.nodes[node.name] = Node(self.env, self.stream, site, node, devices)

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
            load = _Switch(
                switch.name,
                Supplies(switch.upses, self._live),
                switch.minimum_supplies,
                model.switch_load_w,
                self.lan if switch.kind == "lan" else None,
                self._load_changed,
            )
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
        """Everything runs; batteries charge and the control nodes' lives begin."""
        for ups in self.upses.values():
            ups.begin()
        for node in self.nodes.values():
            node.begin()

    def happen(self, happenings: Iterable[Happening]) -> None:
        """Schedule what the story does to the room."""
        for happening in happenings:
            after(self.env, happening.at_s, partial(self._happen, happening))

    def _happen(self, happening: Happening) -> None:
        match happening:
            case MainsChange(_, of, lost):
                self._change_mains(of, present=not lost)
            case FaultChange(_, fault, subject, present):
                self._fault(fault, subject, present)

    def _change_mains(self, of: str, *, present: bool) -> None:
        self.stream.fact(float(self.env.now), "mains.restored" if present else "mains.lost", of)
        (self._feeds if of in self._feeds else self._inputs)[of] = present
        for ups in self.upses.values():
            feed = self.site.upses[ups.name].feed
            ups.set_mains(self._feeds.get(feed, True) and self._inputs[ups.name])

    def _fault(self, fault: Fault, subject: str, present: bool) -> None:
        match fault:
            case Fault.FLUSH_NEVER_ENDS:
                self.arrays[subject].flush_never_ends = present
            case Fault.ARRAY_UNREACHABLE:
                self.arrays[subject].unreachable = present
                self.arrays[subject].changed()
            case Fault.SERVER_HANGS:
                self.servers[subject].hangs = present
            case Fault.SERVER_DOES_NOT_BOOT:
                self.servers[subject].boots = not present
            case Fault.CARD_SILENT:
                self.upses[subject].card.silence(present)
            case Fault.OFF_IGNORED:
                self.upses[subject].ignores_off = present
            case Fault.CLUSTER_STOP_HANGS:
                self.cluster.stop_hangs = present
            case Fault.NODE_CRASHES:
                self.servers[subject].crash()
            case Fault.BATTERY_COLLAPSES:
                self.upses[subject].collapse()

    def _live(self, ups: str) -> bool:
        return self.upses[ups].output

    def _load_changed(self, upses: tuple[str, ...]) -> None:
        for name in upses:
            self.upses[name].load_changed()


class _Switch:
    """A switch works while it has power; a LAN switch carries the requests."""

    def __init__(
        self,
        name: str,
        supplies: Supplies,
        minimum_supplies: int,
        watts: float,
        lan: Lan | None,
        load_changed: Callable[[tuple[str, ...]], None],
    ) -> None:
        self.name = name
        self._supplies = supplies
        self._minimum = minimum_supplies
        self._watts = watts
        self._lan = lan
        self._load_changed = load_changed
        if lan is not None:
            lan.switch_power(name, True)

    def supply_changed(self) -> None:
        if self._lan is not None:
            self._lan.switch_power(self.name, self._supplies.live >= self._minimum)
        self._load_changed(self._supplies.upses)

    def watts_from(self, ups: str) -> float:
        return self._supplies.share(ups, self._watts)

    def full_watts_from(self, ups: str) -> float:
        return self._supplies.full_share(ups, self._watts)
