"""A room for the contract suites: the ports of one node, hands to move the devices, and a clock.

Every suite asks its port and moves the room through the methods here, so that a second room needs
no more than a class with the same methods.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from math import inf
from typing import TypeVar

from sequencer.events import Stream
from sequencer.journal import Row
from sequencer.notices import unnoticed
from sequencer.ports import Accepted, Answer, Off, Ports
from sequencer.requests import Request
from sequencer.run import Run
from sequencer.schedules import LanWatch
from sequencer.site import Job, Polling, Site
from sim.array import Array
from sim.clock import WallPort
from sim.faults.fault import Fault
from sim.journal import Journal
from sim.later import after
from sim.mailbox import Mailbox
from sim.model import JobModel, Model, NetworkModel
from sim.ports import ArrayPort, ClusterPort, Link, Looking, PeerPort, ServerPort, UpsPort
from sim.room import START, Room
from sim.server import Server
from sim.story import ClockStep, FaultChange, HostChange, MainsChange
from sim.ups import Ups
from tests.worlds import reference_model, reference_site

T = TypeVar("T")

A_MOMENT_S = 0.001
END_S = 86_400.0
HOST = "192.0.2.101"
JOBS = {"long": JobModel(20.0), "fails": JobModel(fails=True), "hangs": JobModel(inf)}


class PretendRoom:
    """The reference site in `sim/`. No node lives in it but the one whose ports are asked."""

    slack_s = 0.0
    """How late whatever happens may be, at most: nothing is late in virtual time."""
    clock_s = 0.0
    """So long after a machine's clock was stepped, its port may know it only then."""
    long_s = 3600.0
    """In which nothing happens; where every poll is a packet it costs something to wait for that."""
    local_s = 0.01
    """An answer from the node itself: a durable write at most."""
    known_unsent: tuple[Accepted, ...] = ()
    """What comes back where it is known that a command has not left: here nobody ever knows."""
    commit_s = (0.0049, 0.0051)
    """A row is durable not before, and not after."""

    me = "control1"
    peer = "control2"
    job_server = "rack1"
    """It knows the jobs of `job`; so does `me`."""

    def __init__(self) -> None:
        site = reference_site(lan_watch=LanWatch((HOST,)))
        model = reference_model(**{f"{name}__jobs": JOBS for name in (self.me, self.job_server)})
        self._room = self.make(site, model)
        for ups in self._room.upses.values():
            ups.begin()
        self._lives = 0
        self.replies: list[tuple[Request, str]] = []
        self.ports = self.new_life()

    def make(self, site: Site, model: Model) -> Room:
        return Room(site, model, horizon_s=END_S)

    @property
    def polling(self) -> Polling:
        return self._room.site.polling

    @property
    def answer_s(self) -> float:
        """A reply that comes takes no longer than this."""
        return self.polling.timeout_s

    @property
    def receipt_s(self) -> float:
        """What comes back for a command, if only that nothing does, takes no longer than this."""
        return self.polling.timeout_s

    # Lives

    @contextmanager
    def replies_lost(self) -> Iterator[Ports]:
        """A command arrives, and the reply to it is lost on its way."""
        yield self._new_life(deaf=True)

    @contextmanager
    def nothing_heard(self) -> Iterator[Ports]:
        """Not a word comes back to us, whoever is asked."""
        yield self._new_life(deaf=True)

    def new_life(self) -> Ports:
        """The ports of another life of the same node."""
        return self._new_life(deaf=False)

    def _new_life(self, *, deaf: bool) -> Ports:
        """What would come back to a deaf one is lost."""
        self._lives += 1
        network = NetworkModel(loss=1.0 if deaf else 0.0)
        life = f"{self.me}/{self._lives}"
        room = self._room
        link = Link(room.env, self.me, life, room.lan, network, self.polling, seed=1, horizon_s=END_S)
        self._link = link
        wall = WallPort(room.clocks[self.me])
        self.mailbox = Mailbox(room.env, lambda request, refusal: self.replies.append((request, refusal)))
        link.at_close(wall.close)
        link.at_close(self.mailbox.close)
        others = {n: node for n, node in room.nodes.items() if n != self.me}
        return Ports(
            upses={n: UpsPort(link, u, unnoticed) for n, u in room.upses.items()},
            servers={n: ServerPort(link, s, unnoticed) for n, s in room.servers.items()},
            arrays={n: ArrayPort(link, a, unnoticed) for n, a in room.arrays.items()},
            cluster=ClusterPort(link, room.cluster, unnoticed),
            peers={
                n: PeerPort(link, n, p, unnoticed, p.receive, partial(room.nodes[self.me].fetch_from, p))
                for n, p in others.items()
            },
            journal=Journal(room.env, room.nodes[self.me].disk),
            wall=wall,
            requests=self.mailbox,
            hosts={n: Looking(link, n, h, unnoticed) for n, h in room.hosts.items()},
        )

    def end_life(self) -> None:
        """The life whose ports were made last is over."""
        self._link.close()

    # Time

    @property
    def now(self) -> float:
        return float(self._room.env.now)

    def wait(self, for_s: float = A_MOMENT_S) -> None:
        self._room.env.run(until=self.now + for_s)

    def value(self, answer: Answer[T], within_s: float) -> T:
        """What it carries; it must come in this time. The clock then stands where it came."""
        assert self.comes(answer, within_s), f"no answer in {within_s} s"
        return answer.value

    def comes(self, answer: Answer[T], within_s: float) -> bool:
        end = self._room.env.event()
        after(self._room.env, within_s, lambda: None if end.triggered else end.succeed())
        self._room.env.run(until=answer | end)
        return answer.triggered

    # Hands: the devices themselves, and what may happen to them

    def act(self, do: Callable[[], T]) -> T:
        """Whatever is done to a device, and whatever a node's own loop must do."""
        return do()

    def ups(self, name: str) -> Ups:
        return self._room.upses[name]

    def server(self, name: str) -> Server:
        return self._room.servers[name]

    def array(self, name: str) -> Array:
        return self._room.arrays[name]

    def lose_mains(self, of: str) -> None:
        self._room.happen([MainsChange(0.0, of, lost=True)])
        self.wait()

    def regain_mains(self, of: str) -> None:
        self._room.happen([MainsChange(0.0, of, lost=False)])
        self.wait()

    def fault(self, what: Fault, subject: str, *, present: bool = True) -> None:
        self._room.happen([FaultChange(0.0, what, subject, present)])
        self.wait()

    def host_goes(self, *, on: bool) -> None:
        self._room.happen([HostChange(0.0, HOST, on)])
        self.wait()

    def true_time(self) -> datetime:
        return START + timedelta(seconds=self.now)

    def step_clock(self, by_s: float, server: str = me) -> None:
        """Somebody sets the clock of a machine; without a name, that of the node we ask."""
        self._room.happen([ClockStep(0.0, server, by_s)])
        self.wait()

    def ask(self, request: Request) -> None:
        """Somebody outside asks our node for something."""
        self.mailbox.deliver(request)

    def heard(self, request: Request) -> Request:
        """As our node hears it."""
        return request

    def unread(self, request: Request) -> list[tuple[Request, str]]:
        """What was answered if this was not read when a life ended: here nothing, nobody waits for it."""
        return []

    def job(self, name: str, limit_s: float = 60.0) -> Job:
        """`quick`, which takes 5 s, `long`, 20 s, `fails` or `hangs`."""
        return Job(name, ("/opt/jobs/" + name,), limit_s)

    def cut(self, ups: str) -> None:
        """At once, with everything that hangs on it."""
        self.act(lambda: self.ups(ups).switch_off(Off.NOW))

    def cut_lan(self, *, up: bool = False) -> None:
        self.act(lambda: self._room.lan.switch_power("lan1", up))

    # The services

    def own_service(self) -> None:
        """On our own node one runs, which decides nothing."""
        self._room.nodes[self.me].begin()

    def start_service(self, *, commands: bool = False) -> None:
        """The service on the other node begins; it decides nothing by itself."""
        node, room = self._room.nodes[self.peer], self._room
        site = replace(room.site, name="the peer's")
        node.run = Run(room.env, site, self.peer, self.ports, Stream(), f"{self.peer}/1")
        node.run.on_standing = node.changed
        node.run.stand(commands=commands)

    def end_service(self) -> None:
        node = self._room.nodes[self.peer]
        node.run = None
        node.changed()

    def run_of_peer(self) -> Run:
        run = self._room.nodes[self.peer].run
        assert run is not None
        return run

    def kept(self, node: str) -> list[Row]:
        """What this node's journal holds."""
        return list(self._room.nodes[node].rows)

    def remember(self, node: str, *rows: Row) -> None:
        """Its journal holds these too."""
        self._room.nodes[node].rows.extend(rows)
