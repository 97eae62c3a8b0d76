"""Control nodes that really talk to each other on 127.0.0.1, with certificates of their own small CA."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from realtime.contacts import PeerContact, PeerIdentity
from realtime.peers.driver import Peer
from realtime.peers.link import PeerLink
from realtime.peers.tls import client_side, paths
from sequencer.journal import Kind, Row
from sequencer.ports import Accepted, Receipt
from teiden import certificates

NODES = ("control1", "control2")
LIMIT_S = 10.0
"""Longer than a busy machine takes; tests of silence say a shorter one."""
LOOPBACK = "127.0.0.1"
ROW = Row(Kind.DECLARED, "reference", 1, "control1/1", 40.0, {"was_running": ["blade1"]})
NEXT = Row(Kind.CONFIRMED, "ups4", 1, "control1/1", 41.0)


@dataclass
class Node:
    """What a service would be: what it was told, and what it says."""

    name: str
    commands: bool = False
    keeps: bool = True
    rows: list[Row] = field(default_factory=list)
    halts: list[str] = field(default_factory=list)
    receipt: Receipt = field(default_factory=lambda: Receipt(Accepted.YES))
    site_hash: str = "5f1c"
    version: str = "0.1.0"
    link: PeerLink = field(init=False)
    received: asyncio.Event = field(default_factory=asyncio.Event)

    def receive(self, rows: tuple[Row, ...]) -> None:
        self.rows.extend(rows)
        self.received.set()

    async def halt(self, how: str) -> Receipt:
        self.halts.append(how)
        return self.receipt

    def linked(self, folder: Path, contacts: dict[str, PeerContact], **settings: Any) -> PeerLink:
        settings = {"limit_s": LIMIT_S, "life": f"{self.name}/1", "version": self.version, **settings}
        self.link = PeerLink(
            self.name,
            identity(folder),
            contacts,
            self.site_hash,
            lambda: self.commands,
            self.receive,
            lambda: tuple(self.rows),
            self.halt,
            keeps=lambda: self.keeps,
            **settings,
        )
        return self.link


def identity(folder: Path, node: str = "{node}") -> PeerIdentity:
    return PeerIdentity(str(folder / "ca.pem"), str(folder / f"{node}.pem"), str(folder / f"{node}.key"))


def certified(folder: Path, *nodes: str) -> Path:
    certificates.make("reference", nodes or NODES, folder)
    return folder


@asynccontextmanager
async def listening(node: Node, folder: Path, **settings: Any) -> AsyncIterator[PeerContact]:
    """A node that others may call, wherever its system has let it listen."""
    contacts = {name: PeerContact(LOOPBACK, 0) for name in NODES}
    async with node.linked(folder, contacts, **settings) as link:
        yield PeerContact(LOOPBACK, link.port)


@asynccontextmanager
async def calling(
    folder: Path, there: PeerContact, node: Node | None = None, **settings: Any
) -> AsyncIterator[Peer]:
    """control2 as control1 sees it."""
    node = node or Node("control1")
    contacts = {"control1": PeerContact(LOOPBACK, 0), "control2": there}
    async with node.linked(folder, contacts, **settings) as link:
        peer = Peer(link, "control2")
        try:
            yield peer
        finally:
            await peer.close()


@asynccontextmanager
async def speechless() -> AsyncIterator[PeerContact]:
    """Somebody who lets callers in and never says a word."""
    writers: list[asyncio.StreamWriter] = []
    server = await asyncio.start_server(lambda reader, writer: writers.append(writer), LOOPBACK, 0)
    try:
        yield PeerContact(LOOPBACK, server.sockets[0].getsockname()[1])
    finally:
        server.close()
        for writer in writers:
            writer.transport.abort()
        await asyncio.sleep(0)


class Stranger:
    """Says whatever it likes to a node, with a certificate or without."""

    def __init__(self, there: PeerContact, context: ssl.SSLContext | None = None) -> None:
        self._there = there
        self._context = context

    async def __aenter__(self) -> Stranger:
        settings: dict[str, Any] = {} if self._context is None else {"server_hostname": ""}
        self.reader, self.writer = await asyncio.open_connection(
            self._there.host, self._there.port, ssl=self._context, **settings
        )
        return self

    async def __aexit__(self, *error: object) -> None:
        self.writer.transport.abort()
        with suppress(OSError):
            await self.writer.wait_closed()

    async def say(self, *lines: dict[str, Any] | bytes) -> None:
        for line in lines:
            self.writer.write(line if isinstance(line, bytes) else json.dumps(line).encode() + b"\n")
            await self.writer.drain()

    async def hear(self) -> dict[str, Any]:
        async with asyncio.timeout(LIMIT_S):
            return dict(json.loads(await self.reader.readline()))

    async def hung_up(self) -> bool:
        """The other side says nothing more, and has closed."""
        try:
            async with asyncio.timeout(LIMIT_S):
                return await self.reader.read() == b""
        except OSError as error:
            return not isinstance(error, TimeoutError)


def context_of(folder: Path, node: str) -> ssl.SSLContext:
    return client_side(paths(identity(folder), node))
