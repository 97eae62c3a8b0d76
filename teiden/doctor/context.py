"""What a check may ask: the site, how everything is reached, and what has been seen of it so far.

Every device is visited once, by the service's own drivers, whoever asks; several at a time.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from realtime.commands import Ended, run
from realtime.contacts import Contacts, SnmpContact
from realtime.life import Machines
from realtime.unreached import Unreached
from sequencer.ports import ArrayStatus, ClusterStatus, ServerStatus, Unreachable, UpsStatus
from sequencer.site import Site

if TYPE_CHECKING:
    from realtime.peers.driver import Peer
    from realtime.servers.server import ServerDriver as Ways
    from realtime.snmp.engine import Engine
    from teiden.doctor.ups_visit import UpsVisit
    from teiden.files.site_file import SiteFile

T = TypeVar("T")

AT_ONCE = 48
"""Devices that are visited at the same time."""
PROGRAM_LIMIT_S = 10.0


@dataclass(frozen=True)
class Machine:
    """The machine this runs on, as far as checks look at it."""

    mounts: str = "/proc/self/mountinfo"
    sysfs: str = "/sys/dev/block"
    routes: str = "/proc/net/fib_trie"
    processes: str = "/proc"
    product: Path | None = None
    """Where the reference product is installed; None: where its installer puts it."""
    run: Callable[[Sequence[str], float], Awaitable[Ended]] = run


@dataclass
class Context:
    site_file: SiteFile
    contacts: Contacts
    """As this node sees them."""
    me: str
    machines: Machines
    ways: dict[str, Ways] = field(default_factory=dict)
    """To servers that have any, this node's own too."""
    peers: dict[str, Peer] = field(default_factory=dict)
    no_identity: str = ""
    """Why this node can show its peers nothing; ''."""
    engine: Engine | None = None
    look_limit_s: float = 5.0
    """Of one look at a device, seconds of wall time."""
    emulated: bool = False
    """The devices are those of an emulated room: its clock is its own, and so are its addresses."""
    try_write: bool = False
    wiring: str = ""
    """Path of the commissioning record; '' if none is named."""
    machine: Machine = Machine()
    wall: Callable[[], float] = time.time
    """What this machine's clock shows, seconds since 1970 UTC."""

    def __post_init__(self) -> None:
        self._visits: dict[tuple[str, str], asyncio.Task[Any]] = {}
        self._turn = asyncio.Semaphore(AT_ONCE)
        self.server_seen_at_s: dict[str, float] = {}
        """What our clock showed when a server's was told."""

    @property
    def site(self) -> Site:
        return self.site_file.site

    async def ups(self, name: str) -> UpsVisit:
        from teiden.doctor.ups_visit import visit

        return await self._once("ups", name, lambda: visit(self, name))

    async def ups_status(self, name: str) -> UpsStatus | None:
        status = (await self.ups(name)).status
        return None if isinstance(status, Unreachable) else status

    async def server(self, name: str) -> ServerStatus | Unreachable:
        return await self._once("server", name, lambda: self._look_at_server(name))

    async def _look_at_server(self, name: str) -> ServerStatus | Unreachable:
        status = await self.machines.servers[name].read()
        self.server_seen_at_s[name] = self.wall()
        return status

    async def array(self, name: str) -> ArrayStatus | Unreachable:
        return await self._once("array", name, self.machines.arrays[name].read)

    async def cluster(self) -> ClusterStatus | Unreachable:
        return await self._once("cluster", "", self.machines.cluster.read)

    def has_card(self, name: str) -> bool:
        """It has an SNMP card that can be asked."""
        known = isinstance(self.contacts.upses.get(name), SnmpContact)
        return known and not isinstance(self.machines.upses[name], Unreached)

    async def program(self, *words: str) -> Ended:
        return await self.machine.run(words, PROGRAM_LIMIT_S)

    async def _once(self, kind: str, name: str, visit: Callable[[], Coroutine[Any, Any, T]]) -> T:
        key = kind, name
        if key not in self._visits:
            self._visits[key] = asyncio.get_running_loop().create_task(self._in_turn(visit))
        visited: T = await asyncio.shield(self._visits[key])
        return visited

    async def _in_turn(self, visit: Callable[[], Coroutine[Any, Any, T]]) -> T:
        async with self._turn:
            return await visit()

    async def close(self) -> None:
        """Visits that are still under way are given up."""
        for visit in self._visits.values():
            visit.cancel()
        await asyncio.gather(*self._visits.values(), return_exceptions=True)
