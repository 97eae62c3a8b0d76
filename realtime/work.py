"""What an asyncio loop does for us beside everything else; ends with whoever wanted it done."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any


class Work:
    """`failed` is called with what any of it raises. `loop`: None until one runs us."""

    def __init__(self, failed: Callable[[BaseException], None]) -> None:
        self._failed = failed
        self.loop = loop_here()
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        loop = self.loop if self.loop is not None else asyncio.get_running_loop()
        task = loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._over)
        return task

    def _over(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._failed(error)

    async def close(self) -> None:
        """Cancel what still goes on, and wait until it has ended."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def loop_here() -> asyncio.AbstractEventLoop | None:
    """The one that runs us; None: none does."""
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


def unused(work: Awaitable[object]) -> None:
    """Work that was cancelled before it began would be complained of as forgotten."""
    if isinstance(work, Coroutine):
        work.close()


async def finished(work: Awaitable[None]) -> None:
    await work
