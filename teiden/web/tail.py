"""The last events of the service, as its files tell them, and each new one soon after it is written."""

from __future__ import annotations

import asyncio
import json
import os
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from realtime.events_out import NAME

LOOK_S = 0.5
KEPT = 5_000
FIRST = 4 * 1024 * 1024
"""Bytes of the newest file that are read at the start, from its end; its head is always read."""
Told = dict[str, Any]
"""One line of an event file: `t`, `time`, `event`, `subject`, `by`, `source`, and its details."""


class Tail:
    """`follow()` it in a task. `changed()` is called when there are new events."""

    def __init__(self, folder: Path, changed: Callable[[], None]) -> None:
        self._folder = folder
        self._changed = changed
        self._path: Path | None = None
        self._place = 0
        self._rest = b""
        self.head: Told | None = None
        """The newest file's `run.started`: every device, and its state by then."""
        self.events: deque[Told] = deque(maxlen=KEPT)
        """Oldest first."""
        self.count = 0
        """Lines read so far."""
        self.why_not = ""
        """Why nothing can be read; '' if it can."""

    async def follow(self) -> None:
        """For ever: cancel it."""
        while True:
            if await asyncio.to_thread(self.look):
                self._changed()
            await asyncio.sleep(LOOK_S)

    def look(self) -> bool:
        """Read what is new; whether there was anything."""
        try:
            found = self._read()
        except OSError as error:
            why = f"{error.filename or self._folder}: {error.strerror or error}"
            was, self.why_not = self.why_not, why
            return was != why
        was, self.why_not = self.why_not, ""
        return found or bool(was)

    def _read(self) -> bool:
        files = files_of(self._folder)
        if not files:
            return False
        if self._path not in files:
            return self._take(files[-1], skip=True)
        found = self._more()
        for path in files[files.index(self._path) + 1 :]:
            found = self._take(path, skip=False) or found
        return found

    def _take(self, path: Path, *, skip: bool) -> bool:
        """From the top of this file; `skip`: of a large one that nobody has followed only the end."""
        self._path, self._place, self._rest = path, 0, b""
        size = path.stat().st_size
        if skip and size > FIRST:
            with path.open("rb") as file:
                self._note(file.readline())
                file.seek(size - FIRST)
                file.readline()  # half a line
                self._place = file.tell()
        return self._more()

    def _more(self) -> bool:
        assert self._path is not None
        with self._path.open("rb") as file:
            file.seek(self._place)
            text = file.read()
        self._place += len(text)
        lines = (self._rest + text).split(b"\n")
        self._rest = lines.pop()
        return sum(self._note(line) for line in lines) > 0

    def _note(self, line: bytes) -> bool:
        """A line that is none, as a cut of the power leaves it, is passed over."""
        try:
            told = json.loads(line)
            name = told["event"]
        except (ValueError, RecursionError, TypeError, KeyError):
            return False
        self.count += 1
        if name == "run.started":
            self.head = told
        else:
            self.events.append(told)
        return True


def files_of(folder: Path) -> list[Path]:
    """Event files, the oldest first. OSError where the folder cannot be read."""

    def found() -> Iterator[tuple[str, int, Path]]:
        with os.scandir(folder) as entries:
            for entry in entries:
                if NAME.fullmatch(entry.name):
                    instant, _, number = entry.name.removesuffix(".jsonl").partition("Z-")
                    yield instant.removesuffix("Z"), int(number or 1), Path(entry.path)

    return [path for _, _, path in sorted(found())]
