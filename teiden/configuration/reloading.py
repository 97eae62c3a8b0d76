"""Another life by another site file, in the same process: what `teiden reload` and SIGHUP come to.

A service is one life, and every start of one is a recovery from its journal (ADR 0026). So a reload changes
nothing in a life that runs: it ends it as SIGTERM does, and the next begins as after a reboot of the node.
The file for the next life is read and checked before the first one ends.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

from realtime.service import Orders
from teiden.configuration.keeping import Active, Keeping
from teiden.configuration.lying import Lying

ANSWER_S = 0.2
"""Wall time in which whoever asked for the reload still gets its answer."""


class Reloading:
    """Of one life. `orders_of(file)`: what the next is started with; it raises what is wrong with it."""

    def __init__(self, active: Active, orders_of: Callable[[Lying], Orders]) -> None:
        self.next: Orders | None = None
        """What the next life is started with; None: none is to begin."""
        self.keeping = Keeping(active, self._again)
        self._active = active
        self._orders_of = orders_of
        self._file = active.loaded
        self._stop: Callable[[], None] = lambda: None

    def ends(self, stop: asyncio.Event) -> None:
        """Set when this life is to end. On its loop."""
        loop = asyncio.get_running_loop()

        def end() -> None:
            loop.call_soon_threadsafe(loop.call_later, ANSWER_S, stop.set)

        self._stop = end

    def after(self) -> Reloading:
        """The same for the life that follows."""
        return Reloading(replace(self._active, loaded=self._file), self._orders_of)

    def _again(self, file: Lying) -> None:
        """On a thread: reading a large file takes a while."""
        self.next, self._file = self._orders_of(file), file
        self._stop()
