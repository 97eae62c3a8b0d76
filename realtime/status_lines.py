"""Questions at the request socket that only look: `{"ask": "status"}` and `{"ask": "watch"}`.

One status is one JSON object on a line. Whoever watches gets the first at once, another when something
has changed, and one now and then all the same, so that a line means that the service is alive.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from typing import Any

from realtime.request_lines import Malformed, reply_line
from realtime.status_json import news

log = logging.getLogger(__name__)

STATUS, WATCH = "status", "watch"
MOST_WATCHERS = 8
"""Of the socket's callers: whoever only looks must not keep out who wants something."""
Look = Callable[[], Mapping[str, Any]]
Say = Callable[[bytes], Awaitable[None]]


class StatusLines:
    """Says what `look` says, on the loop's thread. `changed()`: look now, do not wait for the next time."""

    def __init__(self, look: Look, *, every_s: float = 1.0, alive_s: float = 5.0) -> None:
        """`every_s`: how often a watcher looks. `alive_s`: it is told something at least this often."""
        self._look = look
        self._every_s = every_s
        self._alive_s = alive_s
        self._watchers: dict[asyncio.Event, None] = {}

    def changed(self) -> None:
        for woken in self._watchers:
            woken.set()

    def line(self) -> bytes:
        return _line(self._look())

    async def watch(self) -> AsyncGenerator[bytes, None]:
        """Lines for one caller, until it stops listening. Raises Malformed where too many watch."""
        if len(self._watchers) >= MOST_WATCHERS:
            raise Malformed(f"{MOST_WATCHERS} may watch at once; ask for the status instead")
        woken = asyncio.Event()
        self._watchers[woken] = None
        try:
            loop = asyncio.get_running_loop()
            known: object = None
            told_s = loop.time()
            while True:
                status = self._look()
                if (now := news(status)) != known or loop.time() - told_s >= self._alive_s:
                    known, told_s = now, loop.time()
                    yield _line(status)
                await self._pause(woken)
        finally:
            del self._watchers[woken]

    async def _pause(self, woken: asyncio.Event) -> None:
        try:
            async with asyncio.timeout(self._every_s):
                await woken.wait()
        except TimeoutError:
            pass
        woken.clear()


async def tell_status(
    status: StatusLines | None, line: bytes, reader: asyncio.StreamReader, say: Say
) -> bool:
    """Whether the line was a question, and has been answered. ConnectionError: a watcher has hung up."""
    try:
        asked = question(line)
        if asked is None:
            return False
        if status is None:
            raise Malformed("this service tells no status")
        if asked == WATCH:
            await _tell_all(status, reader, say)
        else:
            await say(status.line())
    except Malformed as error:
        await say(reply_line("", False, str(error)))
    except OSError:
        raise
    except Exception:
        log.exception("the status could not be told")
        await say(reply_line("", False, "the service failed to say; see its log"))
    return True


async def _tell_all(status: StatusLines, reader: asyncio.StreamReader, say: Say) -> None:
    """Until the caller hangs up, or says anything at all."""
    ended = asyncio.ensure_future(reader.read(1))
    lines = status.watch()
    line: asyncio.Future[bytes] | None = None
    try:
        while True:
            line = asyncio.ensure_future(anext(lines))
            await asyncio.wait((line, ended), return_when=asyncio.FIRST_COMPLETED)
            if ended.done():
                raise ConnectionAbortedError("it no longer watches")
            await say(line.result())
    finally:
        waiting = [work for work in (ended, line) if work is not None]
        for work in waiting:
            work.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        await lines.aclose()


def question(line: bytes) -> str | None:
    """STATUS or WATCH; None: it asks nothing, it wishes something. Malformed: it asks something else.

    `reload` is no such question: `realtime.reload_line` has heard it before.
    """
    try:
        told = json.loads(line)
    except (ValueError, RecursionError):
        return None  # whoever reads requests says what is wrong with it
    if not isinstance(told, dict) or "ask" not in told:
        return None
    if told.get("ask") not in (STATUS, WATCH) or len(told) > 1:
        raise Malformed(f'a question is {{"ask": "{STATUS}"}} or {{"ask": "{WATCH}"}}, and nothing else')
    return str(told["ask"])


def _line(status: Mapping[str, Any]) -> bytes:
    return json.dumps(status, separators=(",", ":")).encode("ascii") + b"\n"
