"""What a server's own clock shows: asked over SSH now and then, and reckoned on in between."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from sequencer.ports import Os, Unreachable

if TYPE_CHECKING:
    from realtime.servers.ssh import Ssh

ASK_EVERY_S = 600.0
"""Clocks drift by seconds a day; to log in costs both sides something."""
ASK_AGAIN_S = 60.0
"""After no answer, or no time to ask."""


class RemoteClock:
    """`clock` tells seconds that pass as they do for the server."""

    def __init__(self, ssh: Ssh | None, clock: Callable[[], float]) -> None:
        self._ssh = ssh
        self._clock = clock
        self._ahead_s: float | None = None
        """Of `clock`."""
        self._due_s = float("-inf")

    async def beside(self, os: Os, limit_s: float) -> float | None:
        """What it shows now, beside a look at the server. After another boot it is asked anew."""
        if self._ssh is None or os is not Os.UP:
            self._ahead_s, self._due_s = None, float("-inf")
            return None
        if self._clock() >= self._due_s:
            await self._ask(self._ssh, limit_s)
        return None if self._ahead_s is None else self._clock() + self._ahead_s

    async def _ask(self, ssh: Ssh, limit_s: float) -> None:
        asked_s = self._clock()
        self._due_s = asked_s + ASK_AGAIN_S
        try:
            async with asyncio.timeout(limit_s):
                shown_s = await ssh.clock_s()
        except TimeoutError:
            return
        if not isinstance(shown_s, Unreachable):
            answered_s = self._clock()
            self._ahead_s = shown_s - (asked_s + answered_s) / 2
            self._due_s = answered_s + ASK_EVERY_S
