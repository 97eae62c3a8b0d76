"""A driver for what the site file does not say how to reach, or whose extra is not installed: it says so."""

from __future__ import annotations

from sequencer.ports import Accepted, JobResult, Off, Receipt, Unreachable
from sequencer.site import Job


class Unreached:
    """Every kind of device at once: nothing is read, nothing is sent."""

    stops_for_us = False

    def __init__(self, why: str) -> None:
        self.why = why

    async def read(self) -> Unreachable:
        return Unreachable(self.why)

    async def close(self) -> None:
        pass

    async def _refused(self) -> Receipt:
        return Receipt(Accepted.NO, self.why)

    async def switch_off(self, how: Off, *, sleep_s: float = 0.0) -> Receipt:
        return await self._refused()

    switch_on = shut_down = force = wake = reboot = flush = stop = start = restart = _refused

    async def run(self, job: Job) -> JobResult | Unreachable:
        return Unreachable(self.why)
