"""What runs beside the service: started again when it ends, gone with the service, waited for by nobody."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from pathlib import Path

from teiden.beside import GOES_FIRST, NICE, Beside

PYTHON = (sys.executable, "-I", "-S", "-c")
NOTES_ITSELF = "import os, sys; open(sys.argv[1], 'a').write(f'{os.getpid()}\\n')"
DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(flush=True); time.sleep(60)"


async def until(holds: object, limit_s: float = 20.0) -> None:
    end_s = time.monotonic() + limit_s
    while not holds():  # type: ignore[operator]
        assert time.monotonic() < end_s
        await asyncio.sleep(0.01)


def test_one_that_ends_is_started_again(tmp_path: Path) -> None:
    notes = tmp_path / "notes"

    async def look() -> None:
        async with Beside([NOTES_ITSELF, str(notes)], program=PYTHON, first_s=0.01):
            await until(lambda: notes.exists() and len(notes.read_text().split()) >= 3)

    asyncio.run(look())


def test_one_that_cannot_be_started_keeps_nobody_waiting() -> None:
    async def look() -> None:
        async with Beside(["web"], program=("/no/such/program",), first_s=0.01):
            await asyncio.sleep(0.1)

    asyncio.run(look())


def test_it_is_nice_and_goes_first_when_memory_is_short_and_does_not_outlive_us() -> None:
    async def look() -> int:
        async with Beside([DEAF], program=PYTHON) as beside:
            await until(lambda: beside.process is not None)
            assert beside.process is not None
            pid = beside.process.pid
            await until(lambda: os.getpriority(os.PRIO_PROCESS, pid) >= NICE)
            own = Path(f"/proc/{pid}/oom_score_adj")
            await until(lambda: own.read_text().strip() == GOES_FIRST)
        return pid

    pid = asyncio.run(look())
    assert not Path(f"/proc/{pid}").exists()
