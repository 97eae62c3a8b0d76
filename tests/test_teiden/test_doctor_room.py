"""Doctor in a whole emulated room: with everything well, every row is ok."""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from realtime.commands import Ended, run
from realtime.contacts import at_node
from realtime.peers.link import installed_version
from sequencer.requests import Request
from sim.server import Server
from teiden import certificates, proved
from teiden.doctor import wiring
from teiden.doctor.context import Machine
from teiden.doctor.examine import Examined, examine
from teiden.doctor.finding import Level
from teiden.doctor.opening import opened
from teiden.emulator.book import Book
from teiden.emulator.rehearsal import free_port
from teiden.emulator.room import EmulatedRoom
from teiden.files.site_file import load_site
from teiden.files.story_file import load_stories
from teiden.opening import versions
from tests.doctored import ME, REFERENCE
from tests.test_realtime.peering import Node

pytestmark = pytest.mark.long

STORY = REFERENCE.parents[1] / "site-outage.yaml"


class Nobody:
    """What runs on the control nodes of this room: nothing."""

    def begin(self) -> None:
        pass

    def hear(self, request: Request) -> None:
        pass


async def printing(words: Sequence[str], limit_s: float) -> Ended:
    """This machine may have no systemd; all else is really run."""
    return Ended(0, "yes\n") if words[0] == "timedatectl" else await run(words, limit_s)


@asynccontextmanager
async def emulated(folder: Path) -> AsyncIterator[EmulatedRoom]:
    story = load_stories(STORY)[0]

    def life(server: Server) -> Nobody:
        return Nobody()

    room = EmulatedRoom(story, folder, rate=1.0, life=life)
    await room.open()
    room.room.begin()
    room.clock.begin(time.monotonic())
    living = asyncio.create_task(room.clock.live(until=3600.0))
    try:
        yield room
    finally:
        living.cancel()
        await asyncio.gather(living, return_exceptions=True)
        await room.close()


async def _examined(folder: Path, *, dark: bool = False) -> Examined:
    site = folder / "site.yaml"
    shutil.copy(REFERENCE, site)
    site_file = load_site(site)
    _show(site, site_file.hash)
    record = folder / "wiring.yaml"
    wiring.write_form(site_file.site, record)
    text = record.read_text().replace('by: "", at: "", how: ""', "by: Sato, at: 2026-11-20, how: plug pulled")
    record.write_text(text)
    mounts = folder / "mountinfo"
    mounts.write_text("36 25 8:1 / / rw - ext4 /dev/sda1 rw\n")
    async with AsyncExitStack() as stack:
        room = await stack.enter_async_context(emulated(folder / "room"))
        nodes = site_file.site.cluster.nodes
        ports = {node: free_port() for node in nodes}
        await room.connect(ports)
        certificates.make("reference", nodes, folder / "room" / "peers")
        book = Book(str(site), room.contacts(), str(folder / "room"), ports)
        for node in nodes:
            (folder / "room" / node).mkdir(mode=0o700)
            service = Node(node, site_hash=site_file.hash, version=installed_version())
            link = service.linked(folder / "room" / "peers", dict(book.of_node(node).peers))
            await stack.enter_async_context(link)
        if dark:
            for ups in room.room.upses.values():
                room.act(lambda ups=ups: ups.set_mains(False))  # type: ignore[misc]
        machine = Machine(mounts=str(mounts), sysfs=str(folder), run=printing)
        contacts = at_node(book.of_node(ME), ME)
        settings = {"emulated": True, "try_write": True, "wiring": str(record), "machine": machine}
        ctx = await stack.enter_async_context(opened(site_file, contacts, ME, **settings))  # type: ignore[arg-type]
        return await examine(ctx)


def _show(site: Path, site_hash: str) -> None:
    played = proved.Played("site-outage", holds=True, own=True)
    told = proved.Record(
        site.name, site_hash, versions()["teiden"], "2026-11-20T05:00:00+00:00", (), (played,)
    )
    proved.write(told, proved.path_of(site))


def test_with_everything_well_every_row_is_ok(tmp_path: Path) -> None:
    """But how quick the cards are: that is this machine's affair today; `test_doctor_upses.py` judges it."""
    found = asyncio.run(_examined(tmp_path))
    rows = tuple(row for row in found.rows if row.check != "ups.latency")
    assert [(row.subject, row.check, row.words) for row in rows if row.level is not Level.OK] == []
    assert replace(found, rows=rows).exit_code == 0
    assert len(rows) > 100
    assert {row.subject for row in set(found.rows) - set(rows)} == {f"ups{n}" for n in range(1, 7)}


def test_in_the_dark_every_ups_says_so_and_nothing_is_commanded(tmp_path: Path) -> None:
    found = asyncio.run(_examined(tmp_path, dark=True))
    failed = {row.subject for row in found.rows if row.level is Level.FAIL}
    assert failed == {f"ups{n}" for n in range(1, 7)}
    assert found.exit_code == 1
