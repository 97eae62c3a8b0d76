"""An emulated room that stands on its sockets until somebody takes it away: for training, for any client.

What runs on its control nodes is what people start there, `teiden live --book`; for training, the service
on each of them.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from pathlib import Path

from realtime.contacts import SnmpContact
from sequencer.events import Event, Stream
from teiden import certificates
from teiden.emulator import book as books
from teiden.emulator.attended import Attended, Unattended
from teiden.emulator.control import Control, ControlSocket, NotUnderstood
from teiden.emulator.rehearsal import free_port
from teiden.emulator.room import COMMUNITY, READER, USER
from teiden.files.site_file import SiteFile
from teiden.language.say import t
from teiden.story import Story

FOR_EVER_S = 10 * 366 * 86400.0
BOOK = "book.json"


def quiet(site_file: SiteFile) -> Story:
    """A story in which nothing happens by itself."""
    from sim.room import START

    return Story(
        "emulated",
        "",
        site_file.site,
        site_file.model,
        site_file.path,
        site_file.hash,
        START,
        FOR_EVER_S,
        (),
        (),
    )


async def stand(
    story: Story,
    folder: Path,
    *,
    rate: float,
    say: Callable[[str], None],
    happened: Callable[[Event], None],
    lines: bool,
    beside: AbstractAsyncContextManager[object] | None = None,
) -> None:
    """Until SIGINT, SIGTERM or `quit`. `lines`: commands are also read from standard input.

    `beside`: the service runs on every control node, armed, and this beside them. DidNotStart.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(sign, stop.set)
    stream = Stream()
    stream.listen(happened)
    story = replace(story, until_s=FOR_EVER_S)
    folder.mkdir(parents=True, exist_ok=True)
    nodes: Unattended | Attended = Unattended(story, folder, rate=rate, stream=stream)
    if beside is not None:
        nodes = Attended(story, folder, rate=rate, stream=stream, beside=beside)
    room = nodes.room
    control = Control(room, stop.set)
    socket = ControlSocket(control, folder)
    await room.open()
    try:
        ports = {node: free_port() for node in story.site.cluster.nodes}
        await room.connect(ports)
        peers = folder / "peers"
        if not (peers / certificates.CA).exists():
            certificates.make(story.site.name, story.site.cluster.nodes, peers)
        contacts = room.contacts()
        book = books.Book(os.path.abspath(story.site_file), contacts, str(folder), ports, rate, story.changes)
        books.write(book, folder / BOOK)
        await socket.start()
        for line in told(contacts.upses, folder):
            say(line)
        await nodes.prepare()
        room.room.happen(story.happenings)
        room.room.begin()
        room.clock.begin(time.monotonic())
        if lines:
            loop.add_reader(sys.stdin, lambda: _read(control, say, stop))
        await _until(stop, {asyncio.create_task(room.clock.live()), asyncio.create_task(nodes.lead())})
    finally:
        if lines:
            loop.remove_reader(sys.stdin)
        await socket.close()
        await nodes.end()
        await room.close()


async def _until(stop: asyncio.Event, tasks: set[asyncio.Task[None]]) -> None:
    """What fails in one of these is raised."""
    stopping = asyncio.create_task(stop.wait())
    done, _ = await asyncio.wait({*tasks, stopping}, return_when=asyncio.FIRST_COMPLETED)
    for task in {*tasks, stopping} - done:
        task.cancel()
    for task in done & tasks:
        await task
    await asyncio.gather(*tasks, return_exceptions=True)


def told(upses: Mapping[str, object], folder: Path) -> list[str]:
    """Where everything stands."""
    cards = [f"  {n:<12} {c.host}:{c.port}  {c.mib}" for n, c in upses.items() if isinstance(c, SnmpContact)]
    return [
        t("SNMP cards:"),
        *cards,
        t("version 2c: community {community}, reads only", community=COMMUNITY),
        t(
            "version 3 (SHA, AES): {user} commands, {reader} reads; pass phrase in {path}",
            user=USER,
            reader=READER,
            path=folder / "secret",
        ),
        t("the book: {path}", path=folder / BOOK),
        t("`help` says what can happen to it; `quit`, or Ctrl-C, ends it"),
    ]


def _read(control: Control, say: Callable[[str], None], stop: asyncio.Event) -> None:
    line = sys.stdin.readline()
    if not line:
        asyncio.get_running_loop().remove_reader(sys.stdin)  # the keyboard has gone; the room stays
        return
    try:
        answer = control.obey(line)
    except NotUnderstood as error:
        answer = str(error)
    if answer and not stop.is_set():
        say(answer)
