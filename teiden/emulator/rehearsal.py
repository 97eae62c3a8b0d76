"""A story over real sockets: devices on ports, and the real service as a process on every control node.

One clock for all, accelerated if wanted. Facts come from the room, what the nodes saw and did from their
own event files; both make one stream, which the same judge judges.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import tempfile
import time
from collections.abc import Callable, Coroutine, Iterable, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from pathlib import Path
from typing import Any

from realtime.led_clock import Page, lead
from sequencer.events import Event, Source, Stream
from sequencer.requests import MANAGERS, Request
from sim.deeds import MANAGER
from sim.server import Server, State
from teiden import certificates
from teiden.emulator import book as books
from teiden.emulator.fitness import Unfit, unfit
from teiden.emulator.lives import ProcessLife
from teiden.emulator.process import PROGRAM, DidNotStart, ServiceProcess
from teiden.emulator.room import LOOPBACK, EmulatedRoom
from teiden.judge.verdict import judge
from teiden.language.say import language, speaking
from teiden.play import opening
from teiden.rehearsal import Rehearsal
from teiden.story import Story

PAGE = "clock"
LOOK_S = 0.05
LEAD_S = 0.2
"""Between the word that lets all begin and the beginning, seconds of wall time."""
RESTART_S = 1.0
"""A service that ended by itself is started again after this, seconds of wall time, as systemd does."""
ANSWER_S = 5.0
"""Whoever has told a service something waits so long for its answer, seconds of wall time."""
FIXED = ("t", "time", "event", "subject", "by", "source")


@dataclass
class Troubles:
    """What went wrong with the services themselves: they are no part of the story."""

    words: list[str] = field(default_factory=list)


def rehearse(
    story: Story,
    *,
    rate: float,
    seed: int | None = None,
    stream: Stream | None = None,
    until_s: float | None = None,
    folder: Path | None = None,
    progress: Callable[[float], None] = lambda t: None,
) -> Rehearsal:
    """Played and judged as `teiden.rehearsal.rehearse` does. `until_s`: not to the story's end.

    `folder`: where books, keys, logs and event files stay; without it they are removed. `progress` hears the
    time of the story. DidNotStart when a service does not come up.
    """
    if why := unfit(story):
        raise Unfit(why)
    seed = story.seed if seed is None else seed
    stream = stream if stream is not None else Stream()
    began = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="teiden-") as scratch:
        where = folder or Path(scratch)
        playing = Playing(story, where, rate=rate, seed=seed, until_s=until_s or story.until_s, stream=stream)
        events = asyncio.run(playing.play(progress))
    took_s = time.perf_counter() - began
    with speaking("en"):
        verdict = spoken = judge(events, story.site, story.expectations, story.breaks)
    if language() != "en":
        spoken = judge(events, story.site, story.expectations, story.breaks)
    return Rehearsal(
        story,
        seed,
        tuple(events),
        verdict,
        spoken,
        took_s,
        played_with=("--room", "snmp", "--rate", f"{rate:g}"),
        notes=tuple(playing.troubles.words),
    )


class Playing:
    """One story, once. `program`: what is `teiden` on the control nodes; `live` and its options follow it."""

    def __init__(
        self,
        story: Story,
        folder: Path,
        *,
        rate: float,
        seed: int,
        until_s: float,
        stream: Stream,
        program: Sequence[str] = PROGRAM,
    ) -> None:
        self.story = story
        self._program = program
        self.folder = folder
        self.rate = rate
        self.seed = seed
        self.until_s = until_s
        self.stream = stream
        """Of the room alone; what the nodes tell is read when all is over."""
        self.troubles = Troubles()
        self.processes: dict[str, ServiceProcess] = {}
        self._lives: dict[str, ProcessLife] = {}
        self.room = EmulatedRoom(story, folder, rate=rate, seed=seed, stream=self.stream, life=self._life)
        self._asking: dict[asyncio.Task[None], str] = {}
        """Who is being asked."""

    def _life(self, server: Server) -> ProcessLife:
        node = server.name
        (self.folder / node).mkdir(parents=True, exist_ok=True)
        arguments = ["live", "-", "--arm", "--node", node, "--book", str(self.folder / "book.json")]
        arguments += ["--led-by", str(self.folder / PAGE), "--start", self.story.start.isoformat()]
        self.processes[node] = ServiceProcess(
            node,
            arguments,
            log_file=self.folder / node / "log",
            environment={},
            died=lambda why: self._died(node, why),
            program=self._program,
        )
        self._lives[node] = ProcessLife(server, self.processes[node], asked=self._ask, stop=self._stop)
        return self._lives[node]

    async def play(self, progress: Callable[[float], None]) -> list[Event]:
        room, story = self.room, self.story
        await room.open()
        page = Page(self.folder / PAGE, 0, create=True)
        try:
            ports = {node: free_port() for node in story.site.cluster.nodes}
            await room.connect(ports)
            certificates.make(story.site.name, story.site.cluster.nodes, self.folder / "peers")
            site = os.path.abspath(story.site_file)
            book = books.Book(site, room.contacts(), str(self.folder), ports, self.rate, story.changes)
            books.write(book, self.folder / "book.json")
            await self.prepare()
            self._begin()
            await self._to_the_end(page, progress)
        finally:
            await self.end_services()
            await room.close()
            page.close()
        return self._merged()

    async def prepare(self) -> None:
        """The services on all nodes that are up are ready, and wait for the beginning."""
        up = [n for n in self.processes if self.room.room.servers[n].state is State.UP]
        await asyncio.gather(*(self.processes[node].prepare() for node in up))

    async def lead(self, page: Page) -> None:
        """The room's clock leads, and waits for services that cannot follow. For ever: cancel it."""
        await lead(self.room.clock, page, self.rate, self._followers, self._awaits)

    async def end_services(self) -> None:
        await asyncio.gather(*(process.close() for process in self.processes.values()))
        for task in self._asking:
            task.cancel()

    def _begin(self) -> None:
        room, story = self.room.room, self.story
        self.stream.fact(0.0, "run.started", story.site.name, **opening(story, room, self.seed))
        room.happen(story.happenings)
        room.begin()
        self.room.clock.begin(time.monotonic() + LEAD_S)

    async def _to_the_end(self, page: Page, progress: Callable[[float], None]) -> None:
        clock = self.room.clock
        page.write(clock.origin_s, clock.rate)
        tasks = [
            asyncio.create_task(self.lead(page)),
            asyncio.create_task(self._look_after(progress)),
        ]
        try:
            await clock.live(until=self.until_s)
        finally:
            for task in tasks:
                task.cancel()
        for ups in self.room.room.upses.values():
            ups.tell_charge()
        self.stream.fact(self.until_s, "run.ended", self.story.site.name)

    def _followers(self) -> list[int]:
        """The places of the services that run, on the page of the clock."""
        return [place for place, p in enumerate(self.processes.values(), 1) if p.begun]

    def _awaits(self) -> bool:
        """A service should be running that does not yet: it was killed, or its node boots too fast for it."""
        return any(life.is_awaited for life in self._lives.values())

    async def _look_after(self, progress: Callable[[float], None]) -> None:
        """Tell how far it is. While no service runs, nobody waits for time to pass: it is passed over."""
        while True:
            await asyncio.sleep(LOOK_S)
            progress(float(self.room.clock.wall_now))
            if not any(self.processes[node].wanted or life.lives for node, life in self._lives.items()):
                self.room.clock.skip_quiet()

    # The services

    def _died(self, node: str, why: str) -> None:
        """It was not told to. What it was about ends with it, and whoever judges the stream must know."""
        self.troubles.words.append(why)
        clock = self.room.clock
        clock.act(lambda: self.stream.fact(float(clock.now), "service.died", node, cause="ended"))
        loop = asyncio.get_running_loop()
        loop.call_later(RESTART_S, self._begin_anew, node)

    def _begin_anew(self, node: str) -> None:
        clock = self.room.clock
        if self._lives[node].came_to_its_end():
            clock.act(lambda: self.stream.fact(float(clock.now), "service.begun", node))

    def _ask(self, node: str, request: Request) -> None:
        if request.by == MANAGER and node != self._told_at(request):
            return  # a story tells all nodes at once; a manager tells the one that it speaks of
        self._do(node, self._asked(node, request))

    def _told_at(self, request: Request) -> str:
        """The node that goes down, or where the group of the cluster runs."""
        up = [node for node, life in self._lives.items() if life.lives]
        return min(up, key=lambda node: (node not in request.of, node != self.room.room.cluster.holder))

    def _do(self, node: str, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._asking[task] = node
        task.add_done_callback(self._asking.pop)

    def _stop(self, node: str) -> None:
        """Its system goes down. What it was told before that, it has answered: who told it, waited for it."""
        asked = [task for task, of in self._asking.items() if of == node]

        async def stop(process: ServiceProcess) -> None:
            if asked:
                await asyncio.wait(asked, timeout=ANSWER_S)
            process.stop()

        if asked:
            self._do(node, stop(self.processes[node]))
        else:
            self.processes[node].stop()

    async def _asked(self, node: str, request: Request) -> None:
        """Over the service's own socket, as an application or the cluster's scripts would."""
        path = self.folder / node / ("manager.sock" if request.wish in MANAGERS else "requests.sock")
        line = {"wish": request.wish.value, "id": request.id, "of": list(request.of) or "everything"}
        try:
            reader, writer = await asyncio.open_unix_connection(path)
            writer.write(json.dumps(line | ({"by": request.by} if request.by else {})).encode() + b"\n")
            reply = json.loads(await reader.readline())
            writer.close()
        except (OSError, ValueError) as error:
            self.troubles.words.append(f"{node} was asked {request.wish.value}: {error}")
            return
        self.room.room._replied(node, request, reply.get("reason", ""))

    # The stream

    def _merged(self) -> list[Event]:
        seen = [
            event for path in sorted(self.folder.glob("*/events/events-*.jsonl")) for event in read_life(path)
        ]
        ended, facts = self.stream.events[-1], self.stream.events[:-1]
        within = [event for event in seen if event.t <= self.until_s]
        return [*sorted([*facts, *within], key=attrgetter("t")), ended]


def read_life(path: Path) -> Iterable[Event]:
    """What one life of a service told; a last line that was cut off is left out."""
    for line in path.read_text(encoding="utf-8").splitlines(keepends=True):
        if not line.endswith("\n"):
            return
        told: dict[str, Any] = json.loads(line)
        if told["event"] != "run.started":
            details = {key: value for key, value in told.items() if key not in FIXED}
            yield Event(told["t"], told["event"], told["subject"], told["by"], Source.SEEN, details)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


__all__ = ["DidNotStart", "Playing", "Unfit", "rehearse", "unfit"]
