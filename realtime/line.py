"""The way to one device: one request at a time (S33), none longer than its limit, trouble told in words.

A look at a device also takes one of the few places that all devices share, so that a site that has fallen
silent does not fill the network with questions. A command does not wait for such a place.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TypeVar

from realtime.clock import WallClock
from realtime.pace import wall_limit_s
from sequencer.ports import Accepted, Receipt, Unreachable

S = TypeVar("S")
T = TypeVar("T")

AT_ONCE = 16
"""So many devices are looked at at a time."""

log = logging.getLogger(__name__)


class Line:
    """`limit_s`: of one look, in env time; at a rate of 10 it is a tenth of that on the wall.

    `command_limit_s`: of a command with its first proof; a look at the same device waits for it (S33).
    """

    def __init__(
        self,
        env: WallClock,
        name: str,
        limit_s: float,
        places: asyncio.Semaphore,
        command_limit_s: float | None = None,
        least_s: float = 0.0,
    ) -> None:
        """`least_s`: of each on the wall, in a rehearsal that runs faster than it."""
        self._env = env
        self._name = name
        self._limit_s = limit_s
        self._least_s = least_s
        self._command_limit_s = limit_s if command_limit_s is None else command_limit_s
        self._places = places
        self._turn = asyncio.Lock()

    @property
    def turn(self) -> asyncio.Lock:
        """For a longer conversation with the device, which looks and commands wait for."""
        return self._turn

    async def read(self, read: Callable[[], Awaitable[S | Unreachable]]) -> tuple[S | Unreachable, float]:
        """What the device tells, and when the request left, in env time."""
        async with self._places, self._turn:  # in this order: else a command waited for a place as well
            sent_s = self._env.wall_now
            return await self._within(self._limit_s, read, Unreachable), sent_s

    async def command(self, command: Callable[[], Awaitable[Receipt]], why_not: Callable[[], str]) -> Receipt:
        """Nothing is sent if there is a reason against it when its turn comes."""
        async with self._turn:
            if why := why_not():
                return Receipt(Accepted.NO, f"it was not sent: {why}")
            unknown = partial(Receipt, Accepted.UNKNOWN)
            return await self._within(self._command_limit_s, command, unknown)

    async def _within(
        self, limit_s: float, call: Callable[[], Awaitable[T]], trouble: Callable[[str], T]
    ) -> T:
        try:
            return await asyncio.wait_for(call(), wall_limit_s(limit_s, self._env.rate, self._least_s))
        except TimeoutError:
            return trouble(f"no answer in {limit_s:g} s")
        except Exception as error:
            log.exception("the driver of %s failed", self._name)
            return trouble(f"its driver failed: {type(error).__name__}: {error}")
