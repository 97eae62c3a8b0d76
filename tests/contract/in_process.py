"""Drivers to the pretend devices without a socket: a request crosses nothing but the loop.

Like UDP they tell nothing when nobody answers: the request hangs until whoever sent it gives it up.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from realtime.clock import WallClock
from sequencer.ports import (
    ArrayStatus,
    ClusterStatus,
    JobResult,
    Off,
    Receipt,
    ServerStatus,
    Unreachable,
    UpsStatus,
)
from sequencer.site import Job
from sim.array import Array
from sim.cluster import Cluster
from sim.jobs import Outcome
from sim.network import Lan
from sim.server import Server
from sim.sight import Device
from sim.ups import Ups

S = TypeVar("S")
T = TypeVar("T")


@dataclass(frozen=True)
class Network:
    """What lies between one life and the devices. To a deaf one no reply comes back."""

    env: WallClock
    lan: Lan
    node: str
    deaf: bool = False

    def reaches(self, device: str) -> bool:
        return self.lan.up or device == self.node

    async def request(self, device: str, do: Callable[[], T | None]) -> T:
        """For ever, if nobody answers. A reply that is lost leaves the command done."""
        await asyncio.sleep(0)
        told = self.env.act(lambda: do() if self.reaches(device) else None)
        if told is None or self.deaf:
            await asyncio.Event().wait()
        await asyncio.sleep(0)
        assert told is not None
        return told


class DeviceDriver(Generic[S]):
    def __init__(self, network: Network, name: str, device: Device[S]) -> None:
        self._network = network
        self._name = name
        self._device = device

    async def read(self) -> S | Unreachable:
        return await self._network.request(self._name, self._device.read)

    async def close(self) -> None:
        """Nothing is open."""

    async def _command(self, do: Callable[[], Receipt]) -> Receipt:
        return await self._network.request(self._name, lambda: do() if self._device.answers() else None)


class UpsDriver(DeviceDriver[UpsStatus]):
    def __init__(self, network: Network, ups: Ups) -> None:
        super().__init__(network, ups.name, ups)
        self._ups = ups

    async def switch_off(self, how: Off, *, sleep_s: float = 0.0) -> Receipt:
        return await self._command(lambda: self._ups.switch_off(how, sleep_s=sleep_s))

    async def switch_on(self) -> Receipt:
        return await self._command(self._ups.switch_on)


class ServerDriver(DeviceDriver[ServerStatus]):
    """`limit_s`: of a request, wall time: a job that nobody takes is given up after it."""

    def __init__(self, network: Network, server: Server, limit_s: float) -> None:
        super().__init__(network, server.name, server)
        self._server = server
        self._limit_s = limit_s

    async def shut_down(self) -> Receipt:
        return await self._command(self._server.shut_down)

    async def force(self) -> Receipt:
        return await self._command(self._server.force)

    async def wake(self) -> Receipt:
        return await self._command(self._server.wake)

    async def reboot(self) -> Receipt:
        return await self._command(self._server.reboot)

    async def run(self, job: Job) -> JobResult | Unreachable:
        network, server = self._network, self._server
        ended: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        theirs = replace(job, limit_s=job.limit_s * network.env.rate)

        def over(outcome: Outcome) -> None:
            if network.reaches(server.name) and not ended.done():
                ended.set_result(outcome)

        def start() -> bool:
            if not server.works or network.deaf or not network.reaches(server.name):
                return False
            server.run(theirs).callbacks.append(lambda answer: over(answer.value))
            return True

        if not network.env.act(start):
            await asyncio.sleep(self._limit_s)
            return Unreachable("no answer")
        try:
            return await asyncio.wait_for(ended, job.limit_s)
        except TimeoutError:
            return JobResult.TIMED_OUT


class ArrayDriver(DeviceDriver[ArrayStatus]):
    def __init__(self, network: Network, array: Array) -> None:
        super().__init__(network, array.name, array)
        self._array = array

    async def flush(self) -> Receipt:
        return await self._command(self._array.flush)


class ClusterDriver:
    """The cluster's own programs on this node: no LAN in between."""

    def __init__(self, env: WallClock, cluster: Cluster) -> None:
        self._env = env
        self._cluster = cluster

    async def read(self) -> ClusterStatus | Unreachable:
        return self._env.act(lambda: self._cluster.status)

    async def stop(self) -> Receipt:
        return self._env.act(self._cluster.stop)

    async def start(self) -> Receipt:
        return self._env.act(self._cluster.start)

    async def restart(self) -> Receipt:
        return self._env.act(self._cluster.restart)

    async def force(self) -> Receipt:
        return self._env.act(self._cluster.force)

    async def close(self) -> None:
        """Nothing is open."""
