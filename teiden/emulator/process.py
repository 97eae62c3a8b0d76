"""The real service on an emulated control node: one process a life, told to end as its node goes down.

It is started while its node boots, so that it is ready when the system is up, and waits for one line
on its standard input. Nothing of it is left when its node has halted or loses its power.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

log = logging.getLogger(__name__)

PROGRAM = (sys.executable, "-m", "teiden")
READY = b"ready"
READY_S = 60.0
"""A service that is not ready after this, seconds of wall time, has failed to start."""


class DidNotStart(Exception):
    """The service ended before it was ready; its log says why."""


class ServiceProcess:
    """`prepare`, `begin`, `stop`, `kill`; again and again, a process a life."""

    def __init__(
        self,
        node: str,
        arguments: list[str],
        *,
        log_file: Path,
        environment: Mapping[str, str],
        died: Callable[[str], None],
        program: Sequence[str] = PROGRAM,
    ) -> None:
        self.node = node
        self._words = (*program, *arguments)
        self._log_file = log_file
        self._environment = environment
        self._died = died
        """Called when it ends and nobody has told it to, or not as it should."""
        self._process: asyncio.subprocess.Process | None = None
        self._ready: asyncio.Task[None] | None = None
        self._wanted = False
        self._stopped = False
        self.begun = False
        """It has been let go, and goes by the room's clock."""
        self._tasks: set[asyncio.Task[None]] = set()

    def prepare(self) -> asyncio.Task[None]:
        """Start it, without letting it begin. Done when it is ready."""
        if self._ready is None:
            self._ready = asyncio.get_running_loop().create_task(self._start())
        return self._ready

    def begin(self) -> None:
        """Its node is up."""
        self._wanted = True
        self._keep(self._let_begin(self.prepare()))

    def stop(self) -> None:
        """Its system goes down: SIGTERM, as systemd sends it. What it takes to end, it takes.

        One that has not said yet that it is ready knows nothing, and is gone at once.
        """
        if self._ready is None or self._stopped:
            return
        if self._process is None or not self._ready.done():
            self.kill()
            return
        self._stopped = True
        self._process.terminate()

    def kill(self) -> None:
        """Its node has halted or lost its power: nothing of it is left, at once."""
        self._wanted = self.begun = False
        ready, self._ready = self._ready, None
        process, self._process = self._process, None
        if ready is not None:
            ready.cancel()
        if process is not None and process.returncode is None:
            process.kill()

    async def close(self) -> None:
        process = self._process
        self.kill()
        if process is not None:
            await process.wait()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @property
    def wanted(self) -> bool:
        """It runs, or is being started."""
        return self._ready is not None

    @property
    def pid(self) -> int | None:
        return None if self._process is None else self._process.pid

    def _keep(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _start(self) -> None:
        self._stopped = False
        with self._log_file.open("ab") as out:
            process = await asyncio.create_subprocess_exec(
                *self._words,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=out,
                env={**os.environ, **self._environment},
            )
        self._process = process
        assert process.stdout is not None
        try:
            async with asyncio.timeout(READY_S):
                line = await process.stdout.readline()
        except (TimeoutError, asyncio.CancelledError):
            process.kill()
            raise
        if line.strip() != READY:
            raise DidNotStart(f"the service on {self.node} did not start; see {self._log_file}")
        self._keep(self._watch(process))

    async def _let_begin(self, ready: asyncio.Task[None]) -> None:
        try:
            await ready
        except (DidNotStart, TimeoutError) as error:
            if self._ready is ready:
                self._process = self._ready = None  # the next one is another process
            self._died(str(error))
            return
        process = self._process
        if not self._wanted or process is None or process.stdin is None:
            return
        process.stdin.write(b"begin\n")
        await process.stdin.drain()
        self.begun = self._process is process

    async def _watch(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None
        while await process.stdout.readline():
            pass
        code = await process.wait()
        if self._process is process:
            self._process = self._ready = None
            self.begun = False
            if code == 0 and self._stopped:
                return
            self._died(f"the service on {self.node} ended with {code}; see {self._log_file}")
