"""The same room on real sockets: the devices of `teiden emulate`, the service of `teiden live` on two nodes.

Everything stands in this process and goes by one clock, which stands still between two calls of a test: what
the test itself takes does not count. A life has all its ports and never begins, so that it decides nothing.
While nobody waits for an answer the clock goes on to the next event at once.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import socket
import tempfile
from collections.abc import Callable, Coroutine, Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import simpy

from realtime.contacts import Contacts, at_node
from realtime.life import COMMAND_LIMIT_S
from realtime.requests import STOPPING
from realtime.service import Orders, Service, opened
from realtime.wall import CHECK_S, WallPort
from sequencer.events import Stream
from sequencer.journal import Row
from sequencer.ports import Accepted, Answer, Ports
from sequencer.requests import Request
from sequencer.run import Run
from sequencer.site import Job, Site
from sim.model import Model
from sim.room import START, Room
from teiden import certificates
from teiden.emulator.attended import Vacant
from teiden.emulator.book import Book
from teiden.emulator.room import LOOPBACK, EmulatedRoom
from teiden.story import Story
from tests.contract.calm import CalmClock, StoppingClock, WatchedJournal
from tests.contract.loopback_host import LoopbackHost
from tests.contract.rooms import A_MOMENT_S, END_S, HOST, PretendRoom, T

RATE = 4.0
TIMEOUT_S = 3.0
"""Three quarters of a second on the wall: a loaded machine logs in within that."""
LATE_S = 0.4
"""A loaded machine runs an event as late as this, wall time, and a log-in takes nearly as long."""
GRACE_S = 0.02
"""So long, wall time, what a test has just done may take to get about; then it may be skipped to the next."""
LOOK_S = 0.001
SITE_HASH = "5f1c"


class PulledRoom(EmulatedRoom):
    """`deaf`: its LAN dies with the next thing that is done to a device, so the answer is lost on its way."""

    deaf = False
    pulled = False

    def reachable(self) -> bool:
        return super().reachable() and not self.pulled

    def done(self, event: object) -> None:
        self.pulled = self.pulled or self.deaf


@cache
def certified() -> Path:
    """Keys and certificates of both nodes, made once."""
    folder = Path(tempfile.mkdtemp(prefix="teiden-"))
    certificates.make("reference", ("control1", "control2"), folder)
    return folder


def held_port() -> socket.socket:
    """A port that nobody else gets, although whoever shares its address may listen there."""
    held = socket.socket()
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    held.bind((LOOPBACK, 0))
    return held


class SocketRoom(PretendRoom):
    slack_s = LATE_S * RATE
    clock_s = CHECK_S * RATE
    local_s = 2 * LATE_S * RATE
    known_unsent = (Accepted.NO,)
    long_s = 300.0
    commit_s = (0.0, 2 * LATE_S * RATE)

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="teiden-"))
        self._runner = asyncio.Runner()
        self._loop = self._runner.get_loop()
        self._monotonic = StoppingClock()
        self._clock = CalmClock(self._monotonic, RATE)
        self._drive(self._clock.live(A_MOMENT_S))
        self._open: dict[str, tuple[Service, AsyncExitStack]] = {}
        self._journals: dict[str, WatchedJournal] = {}
        self._asking: set[asyncio.Task[None]] = set()
        try:
            super().__init__()
        except BaseException:
            self.close()
            raise

    def make(self, site: Site, model: Model) -> Room:
        """Its machines know their jobs by name, as those behind SSH do. Without what nobody asks for here."""
        upses = {name: ups for name, ups in site.upses.items() if name != "ups5"}
        servers = {name: server for name, server in site.servers.items() if "ups5" not in server.upses}
        jobs = tuple(Job(name, (name,), 3600.0) for name in ("quick", "long", "fails", "hangs"))
        for server in (servers[self.job_server], servers[self.me]):
            servers[server.name] = replace(server, start_jobs=jobs)
        polling = replace(site.polling, timeout_s=TIMEOUT_S)
        site = replace(site, upses=upses, servers=servers, polling=polling)
        story = Story("contract", "", site, model, "", SITE_HASH, START, END_S, (), ())
        self._stream = Stream()
        self._emulated = PulledRoom(
            story, self._folder, rate=RATE, stream=self._stream, clock=self._clock, life=Vacant
        )
        self._stream.listen(self._emulated.done)
        self._drive(self._opened())
        return self._emulated.room

    async def _opened(self) -> None:
        emulated = self._emulated
        await emulated.open()
        self._held = {node: held_port() for node in emulated.site.cluster.nodes}
        self._ports = {node: held.getsockname()[1] for node, held in self._held.items()}
        await emulated.connect(self._ports)
        (self._folder / "peers").symlink_to(certified())
        self._host = LoopbackHost(emulated.room.hosts[HOST], emulated.room.lan)
        await self._host.start()

    def close(self) -> None:
        for node in list(self._open):
            self._end(node)
        self._drive(self._closed())
        self._runner.close()
        shutil.rmtree(self._folder)

    async def _closed(self) -> None:
        await asyncio.gather(*self._asking, return_exceptions=True)
        await self._host.close()
        for held in self._held.values():
            held.close()
        await self._emulated.close()

    # Lives

    @property
    def answer_s(self) -> float:
        return self.polling.timeout_s + self.slack_s

    @property
    def receipt_s(self) -> float:
        return COMMAND_LIMIT_S + self.slack_s

    def new_life(self) -> Ports:
        """It begins with a look at its cluster, as a service does before it decides anything."""
        ports = self._begin(self.me)
        self.value(ports.cluster.look(), within_s=3 * self.polling.timeout_s)
        return ports

    def end_life(self) -> None:
        self._end(self.me)

    @contextmanager
    def replies_lost(self) -> Iterator[Ports]:
        self._emulated.deaf = True
        yield self.ports
        self._emulated.deaf = self._emulated.pulled = False

    @contextmanager
    def nothing_heard(self) -> Iterator[Ports]:
        self._emulated.pulled = True
        yield self.ports
        self._emulated.pulled = False

    def _begin(self, node: str) -> Ports:
        (self._folder / node).mkdir(exist_ok=True)
        orders = Orders(
            self._room.site, SITE_HASH, self._contacts(node), node, armed=True, start=START, any_disk=True
        )
        stack = AsyncExitStack()
        self._clock.opening = True
        service = self._drive(stack.enter_async_context(opened(orders, self._clock, Stream())))
        self._clock.opening = False
        self._open[node] = service, stack
        # What a test steps is the clock of the pretend machine; that of this one is not ours to set.
        service.wall = WallPort(self._clock, clock=self._room.clocks[node].now)
        stack.callback(service.wall.close)
        assert service.drivers is not None
        service.drivers = replace(service.drivers, hosts={HOST: self._host.driver(LATE_S)})
        ports = service.prepare().run.ports
        self._journals[node] = WatchedJournal(ports.journal)
        return replace(ports, journal=self._journals[node])

    @property
    def _calm(self) -> bool:
        """Nobody waits for an answer from anywhere."""
        return self._clock.calm and all(self._journals[node].calm for node in self._open)

    def _contacts(self, node: str) -> Contacts:
        book = Book("", self._emulated.contacts(), str(self._folder), self._ports)
        return at_node(book.of_node(node), node)

    def _end(self, node: str) -> None:
        if node in self._open:
            _, stack = self._open.pop(node)
            self._drive(stack.aclose())

    # Time

    def wait(self, for_s: float = A_MOMENT_S) -> None:
        self._drive(self._live(self.now + for_s))

    def value(self, answer: Answer[T], within_s: float) -> T:
        """It may be late by the slack."""
        return super().value(answer, within_s + self.slack_s)

    def comes(self, answer: Answer[T], within_s: float) -> bool:
        end: simpy.Event = self._clock.event()
        self._clock.after(within_s, lambda: None if end.triggered else end.succeed())
        self._drive(self._live(answer | end))
        return answer.triggered

    async def _live(self, until: simpy.Event | float) -> None:
        living = asyncio.ensure_future(self._clock.live(until))
        await asyncio.wait({living}, timeout=GRACE_S)
        while not living.done():
            if self._calm:
                self._clock.skip_quiet()
            await asyncio.wait({living}, timeout=LOOK_S)
        await living

    def _drive(self, doing: Coroutine[Any, Any, T]) -> T:
        """The clock then stands at the last event: whatever the test does is done at that moment."""
        self._monotonic.go_on()
        try:
            return self._loop.run_until_complete(doing)
        finally:
            self._monotonic.stand(self._clock.origin_s + float(self._clock.now) / RATE)

    # Hands

    def act(self, do: Callable[[], T]) -> T:
        """On the loop, as what a socket brings; what follows at once, as a port that closes, has time."""

        async def done() -> T:
            before = asyncio.all_tasks()
            what = self._clock.act(do)
            if followed := asyncio.all_tasks() - before:
                await asyncio.wait(followed, timeout=LATE_S)
            return what

        return self._drive(done())

    def job(self, name: str, limit_s: float = 60.0) -> Job:
        """Its name counts: in a rehearsal nobody runs the program, our own node neither."""
        return Job(name, (f"/nowhere/{name}",), limit_s)

    def heard(self, request: Request) -> Request:
        """The system says who it was, beside what he calls himself."""
        return replace(request, by=f"{request.by} (uid {os.getuid()}, process {os.getpid()})")

    def unread(self, request: Request) -> list[tuple[Request, str]]:
        return [(request, STOPPING)]

    def ask(self, request: Request) -> None:
        """At the service's own socket, as `teiden off` does. A node whose service has ended is not there."""
        task = self._loop.create_task(self._asked(request))
        self._asking.add(task)
        task.add_done_callback(self._asking.discard)
        self.wait()

    async def _asked(self, request: Request) -> None:
        line = {"wish": request.wish.value, "id": request.id, "of": list(request.of), "by": request.by}
        try:
            reader, writer = await asyncio.open_unix_connection(self._folder / self.me / "requests.sock")
        except OSError:
            return
        writer.write(json.dumps(line).encode() + b"\n")
        told = json.loads(await reader.readline())
        writer.close()
        self.replies.append((request, told.get("reason", "")))

    def own_service(self) -> None:
        """It runs already: it has the life whose ports we ask."""

    def kept(self, node: str) -> list[Row]:
        if node not in self._open:
            self._begin(node)
        service, _ = self._open[node]
        return list(service.journal.all())

    def remember(self, node: str, *rows: Row) -> None:
        service, _ = self._open[node]
        service.journal.receive(rows)

    def run_of_peer(self) -> Run:
        service, _ = self._open[self.peer]
        assert service.life is not None
        return service.life.run

    def start_service(self, *, commands: bool = False) -> None:
        if self.peer not in self._open:
            self._begin(self.peer)
        self.run_of_peer().stand(commands=commands)

    def end_service(self) -> None:
        self._end(self.peer)
