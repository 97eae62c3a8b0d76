"""The event stream of a live run as files of JSON Lines, each of which `teiden plot` draws by itself.

The same lines as `teiden run --events` writes, made by the same function, which is handed in. A file ends
when it is large or its day is over; the next one begins with a `run.started` of its own, which says in what
state every device is by then. A full disk is told once; what could not be written waits in memory.
"""

from __future__ import annotations

import logging
import os
import re
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from types import TracebackType
from typing import Any

from sequencer.events import NAMES, Event, Source

log = logging.getLogger(__name__)

LARGE = 64 * 1024 * 1024
"""Bytes: some 400,000 events."""
FILES = 400
"""Of a day each: more than a year. The oldest go."""
RING = 10_000
"""Events that wait in memory for room on the disk; the oldest go."""
NAME = re.compile(r"events-\d{8}T\d{6}Z(-\d+)?\.jsonl")


class EventsOut:
    """Give every event of the stream to `add`, which never raises. `path` is the file being written.

    `head` is the stream's own `run.started`, told by a node: a fact in a stream of what was seen would be
    the only thing that counts. `start` is the instant of t = 0, in the site's time zone. `line` is
    `teiden.events_file.dumps_line`.
    """

    def __init__(
        self,
        folder: str,
        head: Event,
        start: datetime,
        *,
        line: Callable[[Event, datetime], str],
        told: Callable[[str], None] = log.error,
        large: int = LARGE,
        files: int = FILES,
        ring: int = RING,
    ) -> None:
        assert head.name == "run.started", "a stream begins with run.started"
        assert head.source is Source.SEEN, "in a live run nobody knows facts"
        self.path = ""
        self._folder = folder
        self._head = head
        self._start = start
        self._line = line
        self._told = told
        self._large = large
        self._files = files
        self._waiting: deque[Event] = deque(maxlen=ring)
        self._lost = 0
        self._trouble = ""
        self._file: int | None = None
        self._size = 0
        self._day: date | None = None
        self._states = _states(head.details.get("initial"))
        self._write(head.t, [])

    def __enter__(self) -> EventsOut:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def add(self, event: Event) -> None:
        """In the file when this returns, as far as the disk lets it."""
        self._lost += len(self._waiting) == self._waiting.maxlen
        self._waiting.append(event)
        self._write(event.t, self._waiting)

    def close(self) -> None:
        file, self._file = self._file, None
        if file is not None:
            with suppress(OSError):
                os.close(file)

    # Writing

    def _write(self, t: float, waiting: deque[Event] | list[Event]) -> None:
        try:
            if self._file is None or self._size >= self._large or self._instant(t).date() != self._day:
                self._next_file(t)
            while waiting:
                self._append(waiting[0])
                self._note(waiting[0])
                del waiting[0]
        except OSError as error:
            self._fail(error)
            return
        if self._trouble:
            lost, self._trouble, self._lost = self._lost, "", 0
            log.warning("events are written to %s again; %d are lost", self.path, lost)

    def _append(self, event: Event) -> None:
        """The whole line or nothing: half a line would spoil the next one too."""
        assert self._file is not None
        text = (self._line(event, self._start) + "\n").encode("utf-8")
        try:
            written = os.write(self._file, text)
            if written < len(text):
                raise OSError(f"{len(text) - written} bytes too few on the disk")
        except OSError:
            with suppress(OSError):
                os.ftruncate(self._file, self._size)
            raise
        self._size += written

    def _note(self, event: Event) -> None:
        meaning = NAMES[event.name]
        if meaning.aspect is not None:
            self._states.setdefault(event.subject, {})[meaning.aspect] = meaning.state

    def _fail(self, error: OSError) -> None:
        if not self._trouble:
            self._trouble = f"events are kept in memory only: {self._folder}: {error.strerror or error}"
            self._told(self._trouble)

    # Files

    def _next_file(self, t: float) -> None:
        """Begin a new one; what was written last stays what it is, also when this fails."""
        instant = self._instant(t)
        path, file = self._opened(f"events-{instant.astimezone(UTC):%Y%m%dT%H%M%SZ}")
        before = self._file, self._size
        self._file, self._size = file, 0
        try:
            self._append(replace(self._head, t=t, details={**self._head.details, "initial": self._states}))
        except OSError:
            self._file, self._size = before
            os.close(file)
            with suppress(OSError):
                os.unlink(path)
            raise
        if before[0] is not None:
            os.close(before[0])
        self.path, self._day = path, instant.date()
        self._prune()

    def _opened(self, name: str) -> tuple[str, int]:
        """Numbered where several begin within a second; a number that was used is not used again."""
        used = [_age(path)[1] for path in self._ours() if os.path.basename(path).startswith(name)]
        number = max(used, default=0) + 1
        path = os.path.join(self._folder, f"{name}{'' if number == 1 else f'-{number}'}.jsonl")
        return path, os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC, 0o640)

    def _ours(self) -> list[str]:
        """Files whose name says that they are ours, the oldest first."""
        with os.scandir(self._folder) as entries:
            return sorted((entry.path for entry in entries if NAME.fullmatch(entry.name)), key=_age)

    def _prune(self) -> None:
        with suppress(OSError):
            for path in self._ours()[: -self._files]:
                os.unlink(path)

    def _instant(self, t: float) -> datetime:
        return (self._start.astimezone(UTC) + timedelta(seconds=t)).astimezone(self._start.tzinfo)


def _age(path: str) -> tuple[str, int]:
    """By name: the instant, then the number of several within a second."""
    name, _, number = os.path.basename(path).removesuffix(".jsonl").partition("Z-")
    return name.removesuffix("Z"), int(number or 1)


def _states(initial: Mapping[str, Any] | None) -> dict[str, dict[str, str]]:
    return {subject: dict(aspects) for subject, aspects in (initial or {}).items()}
