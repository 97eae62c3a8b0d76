"""Keeps another process of ours running beside the service, which never waits for it: the console.

It is told to be nice, and to be the first to go when memory is short. When it ends it is started again,
later and later; when the service ends it is told to stop, and it stops by itself where nobody can tell it.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType

log = logging.getLogger(__name__)

FIRST_S, LONGEST_S = 1.0, 60.0
"""Before it is started again; twice as long each time, unless it has run for a while."""
WELL_S = 60.0
STOP_S = 3.0
NICE = 10
GOES_FIRST = "900"
"""Its oom_score_adj."""
PROGRAM = (sys.executable, "-m", "teiden")


class Beside:
    """`async with` it. `words` are those of the command line; `--beside PID` is added."""

    def __init__(
        self, words: list[str], *, program: Sequence[str] = PROGRAM, first_s: float = FIRST_S
    ) -> None:
        self._words = words
        self._program = program
        self._first_s = first_s
        self._keeping: asyncio.Task[None] | None = None
        self.process: asyncio.subprocess.Process | None = None

    async def __aenter__(self) -> Beside:
        self._keeping = asyncio.create_task(self._keep())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._keeping is not None
        self._keeping.cancel()
        with suppress(asyncio.CancelledError):
            await self._keeping
        process = self.process
        if process is None or process.returncode is not None:
            return
        with suppress(ProcessLookupError):
            process.terminate()
        try:
            async with asyncio.timeout(STOP_S):
                await process.wait()
        except TimeoutError:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    async def _keep(self) -> None:
        pause_s = self._first_s
        loop = asyncio.get_running_loop()
        while True:
            began_s = loop.time()
            try:
                code = await self._run()
                log.warning("%s ended with %d; it is started again in %g s", self._words[0], code, pause_s)
            except OSError as error:
                log.warning("%s cannot be started: %s; again in %g s", self._words[0], error, pause_s)
            await asyncio.sleep(pause_s)
            pause_s = self._first_s if loop.time() - began_s > WELL_S else min(LONGEST_S, 2 * pause_s)

    async def _run(self) -> int:
        self.process = process = await asyncio.create_subprocess_exec(
            *self._program,
            *self._words,
            "--beside",
            str(os.getpid()),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            close_fds=True,
        )
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, process.pid, NICE)
        with suppress(OSError):
            Path(f"/proc/{process.pid}/oom_score_adj").write_text(GOES_FIRST, encoding="ascii")
        return await process.wait()
