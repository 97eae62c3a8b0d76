"""A control node as a server whose shutdown is `by: cluster`: the one we run on, and another one.

Our own system is switched by a program of ours. Another node's service is asked to do the same there;
what a service cannot do to its own machine, or does not answer, is left to the ways that the site names
(SSH, management controller, Wake-on-LAN).
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Protocol

from realtime.commands import ENDED_BY_TIMEOUT
from realtime.driver import ServerDriver
from realtime.peers.answering import REBOOT, SHUTDOWN
from realtime.peers.driver import Peer
from sequencer.ports import Accepted, JobResult, Os, PeerStatus, Receipt, ServerStatus, Unreachable
from sequencer.site import Job

POWER_OFF = ("systemctl", "poweroff")
POWER_REBOOT = ("systemctl", "reboot")
FORCE_OFF = ("systemctl", "poweroff", "--force")
"""Without stopping services; file systems are still unmounted. Twice `--force` would not do that."""
LIMIT_S = 10.0
"""Until a program that hands the shutdown to the system has come back."""


class Ended(Protocol):
    """How a program ended, as `realtime.commands.run` says it."""

    @property
    def code(self) -> int | None:
        """None: not known, or not started."""
        ...

    @property
    def started(self) -> bool: ...

    @property
    def words(self) -> str: ...


Program = Callable[[Sequence[str], float], Awaitable[Ended]]
"""Runs an argument list without a shell, so many seconds at most."""


def uptime_s() -> float | None:
    """How long ago this machine began to boot, by its kernel; None where that does not say."""
    boot = getattr(time, "CLOCK_BOOTTIME", None)
    return None if boot is None else time.clock_gettime(boot)


class OwnNode:
    """The node we run on. While we run it is up, or on its way down once we have told it so."""

    def __init__(
        self,
        program: Program,
        *,
        power_off: Sequence[str] = POWER_OFF,
        power_reboot: Sequence[str] = POWER_REBOOT,
        force_off: Sequence[str] = FORCE_OFF,
        job: Sequence[str] = (),
        limit_s: float = LIMIT_S,
        clock: Callable[[], float] = time.time,
        up: Callable[[], float | None] = uptime_s,
    ) -> None:
        """`job`: what runs a job instead of its own arguments, `{job}` for its name: in a rehearsal.

        `clock`: what this machine's clock shows, seconds since 1970 UTC. `up`: for how long it has been up,
        in seconds of that clock; in a rehearsal nobody knows.
        """
        self.going_down = False
        """Its system has been told to shut down or to restart. Nothing that runs here sees the end of it."""
        self._perhaps = False
        self._program = program
        self._power_off = power_off
        self._power_reboot = power_reboot
        self._force_off = force_off
        self._job = job
        self._limit_s = limit_s
        self._clock = clock
        self._up = up

    @property
    def may_go_down(self) -> bool:
        """It has been asked to and has not said no: a system stops its services before it says yes."""
        return self.going_down or self._perhaps

    async def read(self) -> ServerStatus | Unreachable:
        os = Os.SHUTTING_DOWN if self.going_down else Os.UP
        return ServerStatus(os, clock_s=self._clock(), up_s=self._up())

    async def shut_down(self) -> Receipt:
        return await self._tell(self._power_off)

    async def reboot(self) -> Receipt:
        return await self._tell(self._power_reboot)

    async def force(self) -> Receipt:
        return await self._tell(self._force_off)

    async def wake(self) -> Receipt:
        return Receipt(Accepted.NO, "the node we run on is awake")

    async def halt(self, how: str) -> Receipt:
        """What a peer may ask of us; for `PeerLink`."""
        return await {SHUTDOWN: self.shut_down, REBOOT: self.reboot}[how]()

    async def run(self, job: Job) -> JobResult | Unreachable:
        arguments = [word.replace("{job}", job.name) for word in self._job] or job.run
        ended = await self._program(arguments, job.limit_s)
        if ended.code == ENDED_BY_TIMEOUT or (ended.code is None and ended.started):
            return JobResult.TIMED_OUT
        return JobResult.DONE if ended.code == 0 else JobResult.FAILED

    async def close(self) -> None:
        pass

    async def _tell(self, arguments: Sequence[str]) -> Receipt:
        self._perhaps = True
        ended = await self._program(arguments, self._limit_s)
        if ended.code is None and ended.started:
            return Receipt(Accepted.UNKNOWN, ended.words)  # the system may stop us before it comes back
        if ended.code != 0:
            self._perhaps = False
            return Receipt(Accepted.NO, ended.words)
        self.going_down = True
        return Receipt(Accepted.YES)


class OtherNode:
    """Another control node: its own service where that answers, else the ways that the site names, if any."""

    def __init__(self, peer: Peer, other_ways: ServerDriver | None = None) -> None:
        """The peer stays its owner's to close."""
        self._peer = peer
        self._other = other_ways

    @property
    def ways(self) -> ServerDriver | None:
        """The other ways to it, for whoever takes stock."""
        return self._other

    async def read(self) -> ServerStatus | Unreachable:
        """A service that answers runs, whatever a controller says; silence of it says nothing (S11)."""
        if self._other is None:
            service = await self._peer.read()
            return self._runs() if isinstance(service, PeerStatus) else service
        service, machine = await asyncio.gather(self._peer.read(), self._other.read())
        if isinstance(service, PeerStatus):
            return self._runs() if isinstance(machine, Unreachable) else replace(machine, os=self._runs().os)
        if isinstance(machine, Unreachable):
            return Unreachable(f"{machine.reason}; its service: {service.reason}")
        return machine

    def _runs(self) -> ServerStatus:
        told = self._peer.told
        return ServerStatus(Os.SHUTTING_DOWN if told is not None and told.going_down else Os.UP)

    async def shut_down(self) -> Receipt:
        return await self._ask(SHUTDOWN)

    async def reboot(self) -> Receipt:
        return await self._ask(REBOOT)

    async def _ask(self, how: str) -> Receipt:
        """To go down twice is no more than to go down; so nobody's silence leaves it up."""
        asked = await self._peer.halt(reboot=how == REBOOT)
        if asked.ok or self._other is None:
            return asked
        told = await (self._other.reboot() if how == REBOOT else self._other.shut_down())
        words = f"its service: {asked.reason}" + (f"; {told.reason}" if told.reason else "")
        return told if told.ok else replace(told, reason=words)

    async def force(self) -> Receipt:
        return (
            Receipt(Accepted.NO, self._no_way("force it off"))
            if self._other is None
            else await self._other.force()
        )

    async def wake(self) -> Receipt:
        return (
            Receipt(Accepted.NO, self._no_way("wake it")) if self._other is None else await self._other.wake()
        )

    async def run(self, job: Job) -> JobResult | Unreachable:
        if self._other is None:
            return Unreachable(self._no_way("run a job on it"))
        return await self._other.run(job)

    async def close(self) -> None:
        if self._other is not None:
            await self._other.close()

    def _no_way(self, what: str) -> str:
        return f"the site names no way to {what}: {self._peer.name} has its own service only"
