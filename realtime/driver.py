"""What a driver of each kind of device must do: read it once, and carry out one command.

Drivers know asyncio and their protocol, and neither SimPy nor the sequencer's ports: `realtime/ports.py`
makes a port of any of them. Device trouble is a value here too: `read` answers `Unreachable` with a
reason in words, a command a `Receipt` that says no or that it is not known. Only mistakes of ours raise.
Every call ends within `limit_s` of the driver by itself; whoever calls does not have to cut it short.
"""

from __future__ import annotations

from typing import Protocol, TypeVar

from sequencer.ports import (
    ArrayStatus,
    ClusterStatus,
    HostStatus,
    JobResult,
    Off,
    Receipt,
    ServerStatus,
    Unreachable,
    UpsStatus,
)
from sequencer.site import Job

S_co = TypeVar("S_co", covariant=True)


class Driver(Protocol[S_co]):
    async def read(self) -> S_co | Unreachable:
        """One request, tried once (a lost packet may be repeated within the limit)."""
        ...

    async def close(self) -> None: ...


class UpsDriver(Driver[UpsStatus], Protocol):
    async def switch_off(self, how: Off, *, sleep_s: float = 0.0) -> Receipt: ...
    async def switch_on(self) -> Receipt: ...


class ServerDriver(Driver[ServerStatus], Protocol):
    async def shut_down(self) -> Receipt: ...
    async def force(self) -> Receipt: ...
    async def wake(self) -> Receipt: ...
    async def reboot(self) -> Receipt: ...
    async def run(self, job: Job) -> JobResult | Unreachable: ...


class ArrayDriver(Driver[ArrayStatus], Protocol):
    async def flush(self) -> Receipt: ...


class ClusterDriver(Driver[ClusterStatus], Protocol):
    @property
    def stops_for_us(self) -> bool:
        """We have just asked it to stop or to boot again: what its manager tells of that is no news."""
        ...

    async def stop(self) -> Receipt: ...
    async def start(self) -> Receipt: ...
    async def restart(self) -> Receipt: ...
    async def force(self) -> Receipt: ...


class HostDriver(Driver[HostStatus], Protocol):
    pass
