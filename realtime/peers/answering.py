"""What a node answers its peers: who it is and whether it commands, its journal, and whether it goes down.

A conversation begins with a greeting and goes on line by line; every line is answered. Nothing that comes
in can end the service or make it wait.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from dataclasses import asdict, dataclass
from typing import Any

from realtime.peers.complaints import Complaints
from realtime.peers.lines import (
    ASKS,
    MAX_LINE,
    Hello,
    Malformed,
    Told,
    hello_from,
    line_of,
    number_of,
    object_of,
    short,
)
from realtime.peers.rows import LANGUAGE, packed, rows_from, unread
from realtime.peers.site_lines import offer_from
from realtime.site_files import NO_FILES, SiteFiles
from sequencer.journal import Row
from sequencer.ports import Accepted, Receipt

log = logging.getLogger(__name__)

SHUTDOWN, REBOOT = "shutdown", "reboot"
MOST_OF_ONE_PEER = 4
"""Connections: the kept one, one that fetches, and what a restart has left behind."""
MAX_REFUSAL = 450
"""Characters; the caller reads 500."""
Answer = dict[str, Any]
Halt = Callable[[str], Awaitable[Receipt]]


@dataclass(frozen=True)
class Service:
    """What a node lets its peers ask of its own service."""

    told: Callable[[], Told]
    receive: Callable[[tuple[Row, ...]], None]
    all_rows: Callable[[], tuple[Row, ...]]
    halt: Halt
    language: int = LANGUAGE
    site_files: SiteFiles = NO_FILES
    busy: Callable[[], str] = lambda: ""
    """Why no site file may be taken now; '' if it may."""


class Answering:
    def __init__(
        self,
        peers: Collection[str],
        service: Service,
        *,
        hello_limit_s: float = 3.0,
        idle_limit_s: float = 60.0,
    ) -> None:
        """`peers`: who may ask. `idle_limit_s`: who asks nothing for so long is hung up on."""
        self._peers = frozenset(peers)
        self._service = service
        self._hello_limit_s = hello_limit_s
        self._idle_limit_s = idle_limit_s
        self._complaints = Complaints(log)
        self._talking: dict[str, list[asyncio.Task[None]]] = {}

    async def converse(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, names: frozenset[str]
    ) -> None:
        """`names`: of the certificate that the caller has shown."""
        try:
            line = await _line(reader, self._hello_limit_s)
            hello = hello_from(line)
            if refusal := self._unwelcome(hello, names):
                self._complaints.say("a peer", f"turned away: {refusal}")
                await self._say(writer, {"n": 0, "refused": refusal})
                return
            await self._say(writer, {"n": 0, **asdict(self._service.told())})
            await self._serve(hello, reader, writer)
        except Malformed as error:
            self._complaints.say(", ".join(sorted(names)), f"hung up on: {error}")
            await self._say(writer, {"n": 0, "refused": str(error)})
        except (OSError, EOFError):
            pass  # it has gone, says nothing, or does not read

    def _unwelcome(self, hello: Hello, names: frozenset[str]) -> str:
        if hello.hello not in names:
            return f"{hello.hello} calls with a certificate for {', '.join(sorted(names)) or 'nobody'}"
        if hello.hello not in self._peers:
            return f"{hello.hello} is no peer of {self._service.told().node}"
        return ""

    async def _serve(self, hello: Hello, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        me = asyncio.current_task()
        assert me is not None
        talking = self._talking.setdefault(hello.hello, [])
        if len(talking) >= MOST_OF_ONE_PEER:
            talking[0].cancel()
        talking.append(me)
        try:
            while True:
                told = object_of(await _line(reader, self._idle_limit_s))
                n = number_of(told)
                async for answer in self._answers(hello, told):
                    await self._say(writer, {"n": n, **answer})
        finally:
            talking.remove(me)

    async def _say(self, writer: asyncio.StreamWriter, answer: Answer) -> None:
        writer.write(line_of(answer))
        async with asyncio.timeout(self._hello_limit_s):
            await writer.drain()

    async def _answers(self, hello: Hello, told: Answer) -> AsyncIterator[Answer]:
        match told.get("ask"):
            case "status":
                yield asdict(self._service.told())
            case "rows":
                yield self._heard(hello, told)
            case "fetch":
                for part in self._known(hello):
                    yield part
            case "halt":
                yield await self._halted(hello, told.get("how"))
            case "site":
                yield await self._service.site_files.lying()
            case "take":
                yield await self._taken(hello, told)
            case other:
                raise Malformed(f"ask is {short(other)}; it is one of {', '.join(sorted(ASKS))}")

    def _heard(self, hello: Hello, told: Answer) -> Answer:
        me, ours = self._service.told().node, self._service.language
        if refusal := unread(hello.hello, hello.rows, me, ours) or self._differs(hello):
            return {"refused": refusal}
        try:
            rows = rows_from(told.get("rows"))
        except Malformed as error:
            self._complaints.say(f"rows of {hello.hello}", f"refused: {error}")
            return {"refused": str(error)}
        self._service.receive(rows)
        return {"heard": len(rows)}

    def _known(self, hello: Hello) -> list[Answer]:
        me, ours = self._service.told().node, self._service.language
        if refusal := unread(me, ours, hello.hello, hello.rows) or self._differs(hello):
            return [{"refused": refusal}]
        parts = list(packed(self._service.all_rows()))
        return [*({"rows": part, "more": True} for part in parts), {"rows": []}]

    async def _halted(self, hello: Hello, how: object) -> Answer:
        """A peer that reads another site file may believe anything of us."""
        if how not in (SHUTDOWN, REBOOT):
            raise Malformed(f"how is {short(how)}; it is {SHUTDOWN} or {REBOOT}")
        if refusal := self._differs(hello):
            return {"refused": refusal}
        log.warning("%s asks this node for its own %s", hello.hello, how)
        receipt = await self._service.halt(str(how))
        if receipt.accepted is Accepted.NO:
            return {"refused": receipt.reason}
        return {"accepted": receipt.ok, "reason": receipt.reason}

    async def _taken(self, hello: Hello, told: Answer) -> Answer:
        """A site file, wholly or not at all. Only of our own version: a proof of another one is none."""
        version = self._service.told().version
        if hello.version != version:
            return {"refused": f"{hello.hello} runs version {hello.version}, this node {version}"}
        offer = offer_from(told)
        if refusal := await self._service.site_files.take(offer, hello.hello, self._service.busy):
            log.warning("a site file of %s was refused: %s", hello.hello, refusal)
            return {"refused": refusal[:MAX_REFUSAL]}
        log.warning("took a site file of %s: %s", hello.hello, offer.digest)
        return {"taken": offer.digest}

    def _differs(self, hello: Hello) -> str:
        told = self._service.told()
        if hello.site_hash != told.site_hash:
            return f"{hello.hello} has another site file than {told.node}"
        return ""


async def _line(reader: asyncio.StreamReader, limit_s: float) -> bytes:
    try:
        async with asyncio.timeout(limit_s):
            return await reader.readuntil(b"\n")
    except asyncio.LimitOverrunError:
        raise Malformed(f"a line has {MAX_LINE} bytes at most") from None
