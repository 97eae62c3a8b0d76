"""A small site with everything in it, its pretend room on real sockets, and a service over it."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

from realtime.clock import WallClock
from realtime.contacts import Contacts, at_node
from realtime.service import Orders, Service, opened
from realtime.status import Status
from realtime.status_json import from_json
from sequencer.events import Event, Stream
from sequencer.site import Site
from sim.array import Array
from sim.cluster import Cluster
from sim.server import Server
from sim.story import Happening
from teiden import certificates
from teiden.emulator import book as books
from teiden.emulator.attended import Vacant
from teiden.emulator.rehearsal import free_port
from teiden.emulator.room import EmulatedRoom
from teiden.emulator.snmp.mib import Mib
from teiden.files.story_file import load_stories
from teiden.story import Story

SITE = """\
schema: teiden/site/1
site: small
feeds: [utility]
polling: {on_line: 8s, on_battery: 4s, timeout: 8s}
ups_defaults: {timing: lcd, power_off_delay: 45s, return_delay: 5s, runtime: 60m, low_battery_runtime: 30s}
upses:
  ups1: {number: 1, feed: utility, confirm: 95s}
  ups3: {number: 3, feed: utility, confirm: 90s}
  ups4: {number: 4, feed: utility, confirm: 10s}
  ups5: {number: 5, feed: utility, confirm: 12s}
linkage: {flush_limit: 30s, seen_off_limit: 10s}
arrays:
  controldisk: {role: control, controllers: {upses: [ups3]}, enclosures: {upses: [ups3]}}
  linkeddisk: {role: linked, controllers: {upses: [ups4]}, enclosures: {upses: [ups4]}}
server_defaults: {shutdown: {limit: 30s}}
servers:
  control1: {role: control, upses: [ups1], arrays: [controldisk], shutdown: {by: cluster, limit: 40s}}
  blade1: {role: linked, upses: [ups5], arrays: [linkeddisk], shutdown: {by: ssh, host: b1, limit: 30s}}
cluster: {name: cluster, nodes: [control1], shutdown_limit: 40s}
force_before: 10s
start: {first_look_limit: 60s, mains_stable: 10s, ready_hold: 5s, gap: 5s}
model:
  servers: {control: {boot: 20s, shutdown: 28s}, linked: {boot: 20s, shutdown: 10s}}
  arrays: {controldisk: {start: 15s}, linkeddisk: {start: 15s, dirty: 1GiB, flush_rate: 200MiB/s}}
  cluster: {stop: 10s, start: 10s}
"""
"""One of each: a UPS for the control node, for its disk, for the linked disk, for a server."""

STORY = """\
schema: teiden/story/1
story: The mains fail, long enough for everything to stop, and come back.
site: site.yaml
until: {until}
events:
  - {{at: 60s, mains: {of}, lost_for: {lost_for}}}
"""


def small_story(
    folder: Path, *, of: str = "utility", lost_for: str = "600s", until: str = "1500s", site: str = SITE
) -> Story:
    """The small site and a story of it, as files in this folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "site.yaml").write_text(site, encoding="utf-8")
    path = folder / "outage.yaml"
    path.write_text(STORY.format(of=of, lost_for=lost_for, until=until), encoding="utf-8")
    (story,) = load_stories(path)
    return story


def states(room: EmulatedRoom) -> list[str]:
    """What every device really is, a line each."""
    inside = room.room
    return [
        *(f"{s.name} {s.state.value}" for s in inside.servers.values()),
        *(f"{u.name} {'on' if u.output else 'off'}" for u in inside.upses.values()),
        *(f"{a.name} {'off' if a.service is None else a.service.value}" for a in inside.arrays.values()),
        f"{inside.cluster.name} {inside.cluster.state.value}",
    ]


# Who hears what

HEARD: tuple[tuple[type[Any], tuple[str, ...]], ...] = (
    (Mib, ("write",)),
    (Server, ("shut_down", "reboot", "force", "wake")),
    (Array, ("flush",)),
    (Cluster, ("stop", "start", "restart", "force")),
)


@contextmanager
def overheard() -> Iterator[list[str]]:
    """Every SET that reaches a card and every command that reaches another device, as it comes."""
    heard: list[str] = []

    def listening(name: str, do: Callable[..., Any]) -> Callable[..., Any]:
        def told(device: Any, *args: Any, **more: Any) -> Any:
            heard.append(f"{getattr(device, 'name', 'card')} {name}")
            return do(device, *args, **more)

        return told

    patches = [
        patch.object(kind, name, listening(name, getattr(kind, name)))
        for kind, names in HEARD
        for name in names
    ]
    for each in patches:
        each.start()
    try:
        yield heard
    finally:
        for each in patches:
            each.stop()


# A service in the same process as the room


@dataclass
class Living:
    room: EmulatedRoom
    service: Service
    stream: Stream
    """What the service tells."""

    def happen(self, *happenings: Happening) -> None:
        self.room.act(lambda: self.room.room.happen(happenings))

    def status(self) -> Status:
        told = self.service.status
        assert told is not None
        return from_json(json.loads(told.line()))

    def events(self, name: str, subject: str = "") -> list[Event]:
        return [e for e in self.stream.events if e.name == name and subject in ("", e.subject)]

    async def until(
        self, happened: Callable[[], object], limit_s: float = 60.0, pause_s: float = 0.01
    ) -> None:
        """`limit_s`: of wall time."""
        ends_s = time.monotonic() + limit_s
        while not happened():
            assert time.monotonic() < ends_s, f"it never happened; {states(self.room)}\n{self.said()}"
            await asyncio.sleep(pause_s)

    def said(self) -> str:
        return "\n".join(f"{e.t:.1f} {e.subject} {e.name} {dict(e.details)}" for e in self.stream.events)

    async def passes(self, seconds: float) -> None:
        """So much time of the room."""
        await asyncio.sleep(seconds / self.room.clock.rate)


@asynccontextmanager
async def living(
    story: Story,
    folder: Path,
    *,
    armed: bool = True,
    rate: float = 25.0,
    contacts: Callable[[Contacts], Contacts] = lambda contacts: contacts,
    **orders: Any,
) -> AsyncIterator[Living]:
    """The room of this story, which stays as it is, and a service on its first node that has begun."""
    room = EmulatedRoom(replace(story, until_s=1e6), folder, rate=rate, life=Vacant)
    node = story.site.cluster.nodes[0]
    (folder / node).mkdir(parents=True)
    await room.open()
    ports = {name: free_port() for name in story.site.cluster.nodes}
    await room.connect(ports)
    certificates.make(story.site.name, story.site.cluster.nodes, folder / "peers")
    driving = []
    try:
        book = books.Book(story.site_file, contacts(room.contacts()), str(folder), ports, rate)
        reached = at_node(book.of_node(node), node)
        site: Site = story.site
        given = Orders(
            site, story.site_hash, reached, node, armed, start=story.start, any_disk=True, **orders
        )
        env, stream = WallClock(rate=rate, origin_s=float("inf")), Stream()
        async with opened(given, env, stream) as service:
            room.room.begin()
            begun_s = time.monotonic()
            for clock in (room.clock, env):
                clock.begin(begun_s)
                driving.append(asyncio.create_task(clock.live()))
            env.act(service.begin)
            try:
                yield Living(room, service, stream)
            finally:
                for task in driving:
                    task.cancel()
                ended = await asyncio.gather(*driving, return_exceptions=True)
        await env.close()
        failed = [why for why in ended if not isinstance(why, asyncio.CancelledError)]
        assert not failed, failed
    finally:
        await room.close()
