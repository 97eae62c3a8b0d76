"""Asks SNMP cards, all of them from one loop: GET, a column of a table, one SET at a time.

pysnmp's low-level request is used (`wire.py`), with numeric OIDs and plain pairs, so that no MIB is looked
up; what is registered with it (`speaker.py`) is registered once and kept. Answers are values: never an
exception for what a card does or fails to do.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Any

from pysnmp.entity.engine import SnmpEngine
from pysnmp.error import PySnmpError

from realtime.secret import Secret
from realtime.snmp import wire
from realtime.snmp.answers import Failure, Trouble, silent
from realtime.snmp.credentials import Community, Credentials
from realtime.snmp.speaker import MODELS, Speaker, identity
from realtime.snmp.steady import UDP, UDP6
from realtime.snmp.table import Kind
from realtime.snmp.values import SYS_UP_TIME, Oid, Value

READ_TRIES, WRITE_TRIES = 2, 1
"""A SET is never repeated by itself: it may have been done, and done again it restarts a countdown (U13)."""

LONGEST_COLUMN = 64
"""Rows. More than any UPS has lines, groups or alarms; a hostile card may have millions (SEC-22)."""


@dataclass(eq=False, slots=True)
class Target:
    """One card as the engine knows it: made by `Engine.target`, kept by whoever asks."""

    address: str
    """As a person writes it, for messages."""
    version: str
    limit_s: float
    """A request is given up after this long."""
    _name: str
    _domain: Any
    _where: tuple[str, int]
    _engine: SnmpEngine
    _one_at_a_time: asyncio.Lock = field(default_factory=asyncio.Lock)


class Engine:
    """Belongs to the loop that runs when it is made, and to no other."""

    def __init__(self, *, stopped: Callable[[], str] = lambda: "") -> None:
        """`stopped`: why no SET may leave any more; asked before each of them."""
        self._stopped = stopped
        self._loop = asyncio.get_running_loop()
        self._speakers: list[Speaker] = []
        self._targets: dict[tuple[object, ...], Target] = {}
        self._closed = False

    async def warm_up(self) -> None:
        """Read pysnmp's files now (0.1 to 0.3 s), not in an outage. Nothing leaves this machine."""
        if not self._speakers:
            self._speakers.append(Speaker())
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as nobody:
            nobody.bind(("127.0.0.1", 0))
            credentials = Community("2c", Secret("warm-up"))
            target = await self.target("127.0.0.1", nobody.getsockname()[1], credentials, limit_s=0.01)
            assert isinstance(target, Target)
            await self.get(target, [SYS_UP_TIME])

    async def target(
        self, host: str, port: int, credentials: Credentials, *, limit_s: float
    ) -> Target | Failure:
        """Look the name up, once, and register the card. One that is known already is given again."""
        assert asyncio.get_running_loop() is self._loop, "an engine serves one loop only"
        key = (host, port, identity(credentials), limit_s)
        if key not in self._targets:
            address = await _address(self._loop, host, port, limit_s)
            if isinstance(address, Failure):
                return address
            speaker = self._speaker(credentials)
            domain, where = address
            name = speaker.register(domain, where, credentials, limit_s)
            written = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
            self._targets[key] = Target(
                written, credentials.version, limit_s, name, domain, where, speaker.engine
            )
        return self._targets[key]

    def _speaker(self, credentials: Credentials) -> Speaker:
        """One engine does for all cards, unless two of them know one user's name with different keys."""
        for speaker in self._speakers:
            if speaker.can_say(credentials):
                return speaker
        self._speakers.append(Speaker())
        return self._speakers[-1]

    def engine_id(self, target: Target) -> bytes | None:
        """Of a card of version 3 that has answered: its traps are signed for this one."""
        model = target._engine.message_processing_subsystems[MODELS["3"]]
        known, _, _ = model.get_peer_engine_info(target._domain, target._where)
        return None if known is None else bytes(known)

    async def get(self, target: Target, oids: Sequence[Oid]) -> dict[Oid, Value | None] | Failure:
        """Ask for these; None for those that the card does not have.

        In version 1 one that is missing fails the whole request: it is dropped and the rest asked again.
        A card that finds the answer too big is asked in halves.
        """
        values: dict[Oid, Value | None] = dict.fromkeys(oids)
        waiting = [list(oids)]
        while waiting:
            part = waiting.pop()
            if not part:
                continue
            answer = await self._exchange(target, wire.get, [wire.asked(oid) for oid in part], READ_TRIES)
            if not isinstance(answer, Failure):
                values.update(wire.matched(part, answer))
            elif answer.name == "tooBig" and len(part) > 1:
                waiting += [part[len(part) // 2 :], part[: len(part) // 2]]
            elif answer.name == "noSuchName" and 0 < answer.index <= len(part):
                del part[answer.index - 1]
                waiting.append(part)
            else:
                return answer
        return values

    async def column(self, target: Target, column: Oid) -> dict[Oid, Value | None] | Failure:
        """Every row of a column of a table, `LONGEST_COLUMN` at most, whatever its rows are numbered by."""
        rows: dict[Oid, Value | None] = {}
        inside = last = wire.numbers(column)
        send = wire.following if target.version == "1" else wire.many_following
        while len(rows) < LONGEST_COLUMN:
            answer = await self._exchange(target, send, [wire.asked(_dotted(last))], READ_TRIES)
            if isinstance(answer, Failure):
                return rows if answer.name == "noSuchName" else answer  # version 1: the end of all tables
            for name, value in answer:
                numbers = tuple(name)
                if numbers[: len(inside)] != inside or numbers <= last or len(rows) == LONGEST_COLUMN:
                    return rows
                rows[_dotted(numbers)] = wire.plain(value)
                last = numbers
            if not answer:
                break
        return rows

    async def set(self, target: Target, oid: Oid, value: int, kind: Kind) -> Value | Failure | None:
        """Send one SET, once, and give what the card echoes. No Failure is not yet obedience."""

        def send(engine: SnmpEngine, name: str, pairs: list[wire.Pair], future: Any) -> None:
            if why := self._stopped():
                future.set_result(Failure(Trouble.REFUSED, f"it was not sent: {why}"))
            else:
                wire.set_one(engine, name, pairs, future)

        answer = await self._exchange(target, send, [wire.told(oid, value, kind)], WRITE_TRIES)
        return answer if isinstance(answer, Failure) else wire.matched([oid], answer)[oid]

    async def _exchange(
        self, target: Target, send: Callable[..., None], pairs: list[wire.Pair], tries: int
    ) -> list[wire.Pair] | Failure:
        """One request at a time for each card. A silent try stays open while the next is under way."""
        assert asyncio.get_running_loop() is self._loop, "an engine serves one loop only"
        if self._closed:
            return Failure(Trouble.TIMEOUT, "closed")
        async with target._one_at_a_time:
            future: asyncio.Future[list[wire.Pair] | Failure] = self._loop.create_future()
            try:
                for _ in range(tries):
                    send(target._engine, target._name, pairs, future)
                    # pysnmp has a time-out of its own; this one holds whatever becomes of pysnmp.
                    await asyncio.wait((future,), timeout=target.limit_s / tries)
                    if future.done():
                        return future.result()
            except PySnmpError as error:
                return wire.indicated(error)
            finally:
                future.cancel()
            return silent(target.limit_s)

    async def close(self) -> None:
        """Close the sockets. Requests under way end as silence."""
        self._closed = True
        for speaker in self._speakers:
            speaker.engine.close_dispatcher()
        self._speakers.clear()
        self._targets.clear()
        await asyncio.sleep(0)  # the loop takes its sockets back on its next turn


async def _address(
    loop: asyncio.AbstractEventLoop, host: str, port: int, limit_s: float
) -> tuple[Any, tuple[str, int]] | Failure:
    """Where datagrams go. Looked up once: the name server may be among the victims (N4).

    A number is not looked up: that would take a thread, and on a machine that is busy its time.
    """
    with suppress(ValueError):
        number = ip_address(host)
        return (UDP6 if number.version == 6 else UDP), (str(number), port)
    looking = loop.getaddrinfo(host, port, type=socket.SOCK_DGRAM, proto=socket.IPPROTO_UDP)
    try:
        found = await asyncio.wait_for(looking, limit_s)
    except TimeoutError:
        return Failure(Trouble.TIMEOUT, f"{host}: the name server does not answer")
    except (OSError, UnicodeError) as error:
        return Failure(Trouble.TIMEOUT, f"{host}: {getattr(error, 'strerror', None) or 'no such host'}")
    family, _, _, _, where = found[0]
    return (UDP6 if family == socket.AF_INET6 else UDP), (str(where[0]), int(where[1]))


def _dotted(numbers: tuple[int, ...]) -> Oid:
    return ".".join(map(str, numbers))
