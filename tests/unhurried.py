"""An event loop whose time passes only while it has nothing to do: no machine is too busy for it.

For what waits for timers alone. Bytes on a socket take real time, which this loop knows nothing of.
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")

TURN_S = 1e-9
"""What passes each time somebody asks: of two looks at a clock the second is the later one."""


class UnhurriedLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self._now_s = 1000.0
        super().__init__(_Leaping(self))

    def time(self) -> float:
        self._now_s += TURN_S
        return self._now_s

    def leap(self, by_s: float) -> None:
        self._now_s += by_s


class _Leaping(selectors.DefaultSelector):
    def __init__(self, loop: UnhurriedLoop) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Whoever would sleep until the next timer leaps there; without any, another thread is waited for."""
        ready = super().select(timeout if timeout is None else 0)
        if not ready and timeout:
            self._loop.leap(timeout)
        return ready


def run(main: Coroutine[Any, Any, T]) -> T:
    """`asyncio.run` on such a loop."""
    with asyncio.Runner(loop_factory=UnhurriedLoop) as runner:
        return runner.run(main)
