"""Run a program on this machine: an argument list without a shell, with a limit, its output bounded.

What came of it is a value, never an exception. A program still running at its limit is killed with
everything it has started; whether it did its work is not known then.
"""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from realtime.program_output import text_of

MOST_BYTES = 64 * 1024
"""Kept of each of the two outputs; what comes after it is read and dropped, so that nothing blocks."""
LAST_WORDS_S = 0.2
"""After its end, for output that something it left in the background still holds open; after its kill."""
ENDED_BY_TIMEOUT = 124
"""What timeout(1) ends with, where a job is run under it."""
PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")

Names = Mapping[str, str | Sequence[str]]


@dataclass(frozen=True, slots=True)
class Ended:
    """How a program ended."""

    code: int | None
    """Its exit code, negative for a signal; None: it is not known, or it was not started."""
    output: str = ""
    errors: str = ""
    reason: str = ""
    """Why there is no code."""
    started: bool = True

    @property
    def words(self) -> str:
        """Why it is no success, in one line: its own first, then what we know."""
        said = first_line(self.output) or first_line(self.errors)
        ended = self.reason or f"exit code {self.code}"
        return f"{ended}: {said}" if said else ended


def first_line(text: str) -> str:
    return next((line.strip()[:200] for line in text.splitlines() if line.strip()), "")


def filled(arguments: Sequence[str], names: Names) -> list[str]:
    """Each `{name}` replaced within its argument; a list takes the place of an argument that is just it.

    What is not among the names stays as it is: braces mean something to many programs.
    """
    found: list[str] = []
    for argument in arguments:
        whole = PLACEHOLDER.fullmatch(argument)
        value = names.get(whole[1]) if whole else None
        if value is not None and not isinstance(value, str):
            found += value
        else:
            found.append(PLACEHOLDER.sub(lambda match: _text(names, match), argument))
    return found


def _text(names: Names, match: re.Match[str]) -> str:
    value = names.get(match[1])
    return value if isinstance(value, str) else match[0]


async def run(arguments: Sequence[str], limit_s: float, names: Names | None = None) -> Ended:
    """Run it to its end, `limit_s` at most. It gets no input, and is told nothing but its arguments."""
    filled_in = filled(arguments, names or {})
    if not filled_in:
        return Ended(None, reason="not started: no program is named", started=False)
    listening = _Listening()
    try:
        transport, gone = await _start(listening, filled_in)
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else str(error)
        return Ended(None, reason=f"not started: {filled_in[0]}: {why}", started=False)
    try:
        if gone:
            raise asyncio.CancelledError
        async with asyncio.timeout(limit_s):
            await listening.exited.wait()
    except TimeoutError:
        _kill_all_of(transport.get_pid())
        await _briefly(listening.exited)
        return listening.ended(None, f"timed out after {limit_s:g} s")
    except asyncio.CancelledError:  # whoever asked has gone
        _kill_all_of(transport.get_pid())
        await _briefly(listening.exited)
        raise
    else:
        await _briefly(listening.closed)
        return listening.ended(transport.get_returncode())
    finally:
        transport.close()


async def _start(listening: _Listening, arguments: list[str]) -> tuple[asyncio.SubprocessTransport, bool]:
    """And whether whoever asked has gone meanwhile: half-started, its children could not be killed."""
    starting = asyncio.ensure_future(
        asyncio.get_running_loop().subprocess_exec(
            lambda: listening, *arguments, stdin=asyncio.subprocess.DEVNULL, start_new_session=True
        )
    )
    gone = False
    while not starting.done():
        try:
            await asyncio.wait([starting])
        except asyncio.CancelledError:
            gone = True
    return starting.result()[0], gone


async def _briefly(event: asyncio.Event) -> None:
    """A program that waits for a dead disk cannot even be killed."""
    with suppress(TimeoutError):
        async with asyncio.timeout(LAST_WORDS_S):
            await event.wait()


def _kill_all_of(pid: int) -> None:
    """It leads a process group of its own."""
    with suppress(ProcessLookupError, PermissionError):
        if sys.platform == "win32":  # no groups there
            os.kill(pid, signal.SIGTERM)
        else:
            os.killpg(pid, signal.SIGKILL)


class _Listening(asyncio.SubprocessProtocol):
    """Keeps what it says, and hears when it has ended, which may be before its outputs are closed."""

    def __init__(self) -> None:
        self._kept: dict[int, bytearray] = {1: bytearray(), 2: bytearray()}
        self.exited = asyncio.Event()
        self.closed = asyncio.Event()

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        kept = self._kept[fd]
        kept += data[: MOST_BYTES - len(kept)]

    def process_exited(self) -> None:
        self.exited.set()

    def connection_lost(self, error: Exception | None) -> None:
        self.exited.set()
        self.closed.set()

    def ended(self, code: int | None, reason: str = "") -> Ended:
        return Ended(code, text_of(bytes(self._kept[1])), text_of(bytes(self._kept[2])), reason)
