"""The ports of one life: how a control node's sequencer reaches the pretend devices.

A sight is made when a device is first looked at, so a standby node polls only what it watches.
Commands cross the LAN once and are answered or not; a life that has ended sends nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, partial
from typing import Generic, Protocol, TypeVar

import simpy

from sequencer.journal import Row
from sequencer.notices import Noticed
from sequencer.ports import (
    Accepted,
    Answer,
    ArrayStatus,
    ClusterStatus,
    Condition,
    Off,
    PeerStatus,
    Receipt,
    Seen,
    ServerStatus,
    Unreachable,
    UpsStatus,
)
from sequencer.site import Job, Polling
from sim.array import Array
from sim.card import Card
from sim.cluster import Cluster
from sim.device import Device
from sim.jobs import Outcome, run_remotely
from sim.journal import COMMIT_S
from sim.later import after
from sim.model import NetworkModel
from sim.network import Lan, Net, Path, request
from sim.server import Server
from sim.sight import Sight
from sim.trouble import Trouble
from sim.ups import Ups

S = TypeVar("S")


class Stopping(Protocol):
    """Something of a life that looks at a device."""

    def stop(self) -> None: ...
    def go_on(self) -> simpy.Event: ...


class Link:
    """What all ports of one life share: the LAN, the chance, and whether the life still goes on."""

    def __init__(
        self,
        env: simpy.Environment,
        node: str,
        life: str,
        lan: Lan,
        network: NetworkModel,
        polling: Polling,
        seed: int,
        horizon_s: float,
    ) -> None:
        self.env = env
        self.node = node
        self.lan = lan
        self.network = network
        self.polling = polling
        self.horizon_s = horizon_s
        self.open = True
        self.stopped = False
        """The life does nothing for a while (C7)."""
        self._stopping: list[Stopping] = []
        self._going_on: list[Callable[[], None]] = []
        self._seed = seed
        self._life = life
        self._closing: list[Callable[[], None]] = []

    def path(self, device: str, far_end: Card | None = None, use: str = "") -> Path:
        """The machine we run on is not across the network, whose losses and delays (N3) do not touch it."""
        name = f"{self._life}>{device}{use}"
        trouble = Trouble() if device == self.node else self.lan.trouble
        return Path(self.network, self._seed, name, trouble, self.polling.timeout_s, far_end)

    def at_close(self, do: Callable[[], None]) -> None:
        self._closing.append(do)

    def at_stop(self, port: Stopping) -> None:
        """This one is told when the life is stopped, and when it goes on."""
        self._stopping.append(port)

    def stop(self) -> None:
        self.stopped = True
        for port in self._stopping:
            port.stop()

    def at_go_on(self, do: Callable[[], None]) -> None:
        self._going_on.append(do)

    def go_on(self) -> list[simpy.Event]:
        """What everything that was watched answers to a fresh look."""
        self.stopped = False
        for do in self._going_on:
            do()
        return [port.go_on() for port in self._stopping]

    def close(self) -> None:
        self.open = False
        for do in self._closing:
            do()
        self._closing.clear()

    def reaches(self, device: str, net: Net) -> bool:
        """Everything is behind the LAN but the machine we run on."""
        return self.lan.carries(net) or device == self.node

    def send(
        self, path: Path, reachable: Callable[[], bool], act: Callable[[], Receipt | None]
    ) -> Answer[Receipt]:
        assert self.open, "a life that has ended sends nothing"
        return request(self.env, path, reachable, act, self.polling.timeout_s)


class Looking(Generic[S]):
    """The looking half of a port."""

    _far_end: Card | None = None

    def __init__(
        self,
        link: Link,
        name: str,
        device: Device[S],
        noticed: Noticed[S],
        *,
        net: Net = Net.MANAGEMENT,
    ) -> None:
        self._link = link
        self._net = net
        self._name = name
        self._device = device
        self._noticed = noticed

    @cached_property
    def _sight(self) -> Sight[S]:
        link = self._link
        sight = Sight(
            link.env,
            self._device,
            link.path(self._name, self._far_end),
            link.polling,
            horizon_s=link.horizon_s,
            reachable=self._reachable,
            noticed=self._noticed,
        )
        link.lan.listen(sight.plan)
        link.at_close(sight.close)
        link.at_close(lambda: link.lan.forget(sight.plan))
        link.at_stop(sight)
        return sight

    def _reachable(self) -> bool:
        return self._link.reaches(self._name, self._net)

    @cached_property
    def _commands(self) -> Path:
        return self._link.path(self._name, self._far_end, ":command")

    def seen(self) -> Seen[S]:
        return self._sight.seen()

    def look(self) -> Answer[S | Unreachable]:
        return self._sight.look()

    def until(self, condition: Condition[S], *, eager: bool = False) -> Answer[Seen[S]]:
        return self._sight.until(condition, eager=eager)


class UpsPort(Looking[UpsStatus]):
    def __init__(self, link: Link, ups: Ups, noticed: Noticed[UpsStatus]) -> None:
        super().__init__(link, ups.name, ups, noticed)
        self._ups = ups
        self._far_end = ups.card
        ups.trap_listeners.append(self._trap)
        link.at_close(lambda: ups.trap_listeners.remove(self._trap))

    def _trap(self) -> None:
        """It only wakes whoever watches this UPS anyway (SEC-4)."""
        if "_sight" in vars(self):
            self.look()

    def switch_off(self, how: Off, *, sleep_s: float = 0.0) -> Answer[Receipt]:
        return self._send(lambda: self._ups.switch_off(how, sleep_s=sleep_s))

    def switch_on(self) -> Answer[Receipt]:
        return self._send(self._ups.switch_on)

    def _send(self, act: Callable[[], Receipt]) -> Answer[Receipt]:
        """A card without power answers nothing."""
        return self._link.send(self._commands, self._reachable, lambda: self._ups.command(act))


class ServerPort(Looking[ServerStatus]):
    def __init__(self, link: Link, server: Server, noticed: Noticed[ServerStatus]) -> None:
        super().__init__(link, server.name, server, noticed)
        self._server = server

    def shut_down(self) -> Answer[Receipt]:
        return self._send(self._server.shut_down, Net.PRODUCTION)

    def force(self) -> Answer[Receipt]:
        return self._send(self._server.force, Net.MANAGEMENT)

    def wake(self) -> Answer[Receipt]:
        """A magic packet to everybody on the net: it needs no controller, and is never answered."""
        link, server = self._link, self._server

        def arrive() -> Receipt | None:
            if not server.has_power:
                return None
            return server.wake() if link.lan.broadcasts else Receipt(Accepted.YES)

        return link.send(self._commands, lambda: link.reaches(self._name, Net.PRODUCTION), arrive)

    def reboot(self) -> Answer[Receipt]:
        return self._send(self._server.reboot, Net.PRODUCTION)

    def run(self, job: Job) -> Answer[Outcome]:
        """On this node itself without the LAN."""
        link, server = self._link, self._server
        assert link.open, "a life that has ended sends nothing"
        if link.node == server.name:
            return server.run(job)

        def start() -> Answer[Outcome] | None:
            return server.run(job) if server.works else None

        joined = partial(link.lan.carries, Net.PRODUCTION)
        return run_remotely(link.env, self._commands, joined, job, start, link.polling.timeout_s)

    def _send(self, act: Callable[[], Receipt], net: Net) -> Answer[Receipt]:
        """To its system or, over the other net, to its controller."""
        link, server = self._link, self._server
        return link.send(
            self._commands,
            lambda: link.reaches(self._name, net),
            lambda: act() if server.read() is not None else None,
        )


class ArrayPort(Looking[ArrayStatus]):
    def __init__(self, link: Link, array: Array, noticed: Noticed[ArrayStatus]) -> None:
        super().__init__(link, array.name, array, noticed)
        self._array = array

    def flush(self) -> Answer[Receipt]:
        array = self._array
        return self._link.send(
            self._commands, self._reachable, lambda: array.flush() if array.read() is not None else None
        )


class ClusterPort:
    """The cluster's own service on this node: known at once, without the LAN."""

    def __init__(
        self,
        link: Link,
        cluster: Cluster,
        noticed: Noticed[ClusterStatus],
        told: Callable[[], ClusterStatus] | None = None,
    ) -> None:
        """`told`: what its service on this node says, where that may be out of date (C4)."""
        self._env = link.env
        self._link = link
        self._cluster = cluster
        self._noticed = noticed
        self._told = told if told is not None else lambda: cluster.status
        self._status = self._told()
        self._watchers: list[tuple[Condition[ClusterStatus], Answer[Seen[ClusterStatus]]]] = []
        cluster.add_sight(self.changed)
        link.at_close(lambda: cluster.remove_sight(self.changed))
        link.at_go_on(self.changed)

    def changed(self) -> None:
        """The cluster's service may say something else now."""
        if self._link.stopped:
            return
        old, self._status = self._status, self._told()
        if old == self._status:
            return
        self._noticed(old, self._status)
        met = [w for w in self._watchers if w[0].met(self._status)]
        self._watchers = [w for w in self._watchers if w not in met]
        for _, answer in met:
            answer.succeed(self.seen())

    def seen(self) -> Seen[ClusterStatus]:
        return Seen(self._status, float(self._env.now), fresh=True)

    def look(self) -> Answer[ClusterStatus | Unreachable]:
        answer: Answer[ClusterStatus | Unreachable] = Answer(self._env)
        answer.succeed(self._status)
        return answer

    def until(
        self, condition: Condition[ClusterStatus], *, eager: bool = False
    ) -> Answer[Seen[ClusterStatus]]:
        answer: Answer[Seen[ClusterStatus]] = Answer(self._env, withdraw=lambda: self._forget(answer))
        if condition.met(self._status):
            answer.succeed(self.seen())
        else:
            self._watchers.append((condition, answer))
        return answer

    def _forget(self, answer: Answer[Seen[ClusterStatus]]) -> None:
        self._watchers = [w for w in self._watchers if w[1] is not answer]

    def stop(self) -> Answer[Receipt]:
        return self._do(self._cluster.stop)

    def start(self) -> Answer[Receipt]:
        return self._do(self._cluster.start)

    def restart(self) -> Answer[Receipt]:
        return self._do(self._cluster.restart)

    def force(self) -> Answer[Receipt]:
        return self._do(self._cluster.force)

    def _do(self, act: Callable[[], Receipt]) -> Answer[Receipt]:
        """A command on this node takes as long as a durable write."""
        assert self._link.open, "a life that has ended sends nothing"
        answer: Answer[Receipt] = Answer(self._env)
        after(self._env, COMMIT_S, lambda: answer.succeed(act()))
        return answer


class PeerPort(Looking[PeerStatus]):
    def __init__(
        self,
        link: Link,
        name: str,
        device: Device[PeerStatus],
        noticed: Noticed[PeerStatus],
        receive: Callable[[tuple[Row, ...]], None],
        fetch: Callable[[], Receipt | None],
    ) -> None:
        """`receive`: rows reach the peer. `fetch`: all that it knows reaches us; None: it is down."""
        super().__init__(link, name, device, noticed, net=Net.PRODUCTION)
        self._receive = receive
        self._fetch = fetch

    def _reachable(self) -> bool:
        return self._link.lan.joins(self._link.node, self._name)

    def copy(self, *rows: Row) -> None:
        link = self._link
        if not link.open or not self._reachable():
            return
        _, slow_s = link.lan.trouble.now
        takes_s = max(link.network.latency_s, slow_s)
        after(link.env, takes_s, lambda: self._receive(rows) if self._reachable() else None)

    def fetch(self) -> Answer[Receipt]:
        return self._link.send(self._commands, self._reachable, self._fetch)
