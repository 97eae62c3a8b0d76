"""Who asked for what: a file that is only appended to, each line bound to the one before it (SEC-17).

A line stands on the disk before the command is sent. Whoever changes or takes out a line breaks the chain
there; whoever cuts lines off the end is found by comparing the last hash with one written down elsewhere.
A file whose last line was torn, by a cut of the power, is put aside, and the next one names it.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

FILE = "audit.jsonl"
FIRST = "0" * 64
LAST_BYTES = 64 * 1024


class NotKept(Exception):
    """The line is not on the disk: what it is about must not be done."""


class Broken(Exception):
    """The first line that is not as it was written, and why."""

    def __init__(self, line: int, why: str) -> None:
        super().__init__(f"line {line}: {why}")
        self.line = line


class Audit:
    """`who`: an account or ''. `source`: the address it came from. `what`: a word. `of`: names of devices."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE
        self._lock = threading.Lock()

    def note(self, who: str, source: str, what: str, of: tuple[str, ...] = (), **more: Any) -> int:
        """Written and synced when this returns: the line's number. Raises NotKept."""
        with self._lock:
            try:
                with self._alone():
                    return self._append(who, source, what, of, more)
            except OSError as error:
                raise NotKept(f"{self.path}: {error}") from None

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Among all processes: a console that goes while the next one has come, too."""
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = os.open(self.path.with_suffix(".lock"), os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield
        finally:
            os.close(file)

    def last(self, count: int = 100) -> list[dict[str, Any]]:
        """The newest first; what cannot be read is left out."""
        found: list[dict[str, Any]] = []
        for line in reversed(_end_of(self.path)):
            try:
                found.append(json.loads(line))
            except ValueError:
                continue
            if len(found) == count:
                break
        return found

    def _append(self, who: str, source: str, what: str, of: tuple[str, ...], more: dict[str, Any]) -> int:
        number, before, more = *self._end(), dict(more)
        if number < 0:
            number, before, more["after"] = 0, FIRST, self._put_aside()
        told = {
            "n": number + 1,
            "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "who": who,
            "source": source,
            "what": what,
            "of": list(of),
            **more,
            "before": before,
        }
        text = _bound(told).encode("utf-8")
        file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        try:
            size = os.fstat(file).st_size
            if os.write(file, text) < len(text):
                os.ftruncate(file, size)
                raise OSError("the disk is full")
            os.fsync(file)
        finally:
            os.close(file)
        return number + 1

    def _end(self) -> tuple[int, str]:
        """Number and hash of the last line; number -1: it is torn."""
        lines = _end_of(self.path)
        if not lines:
            return 0, FIRST
        try:
            told = json.loads(lines[-1])
            return int(told["n"]), str(told["hash"])
        except (ValueError, KeyError, TypeError):
            return -1, FIRST

    def _put_aside(self) -> str:
        """Whoever verifies the file that was put aside finds where it is torn."""
        name = f"{FILE}.torn-{datetime.now(UTC):%Y%m%dT%H%M%S%fZ}"
        os.rename(self.path, self.path.with_name(name))
        return name


def verify(path: Path) -> tuple[int, str]:
    """How many lines there are, and the hash of the last one. Raises Broken, OSError."""
    before, number = FIRST, 0
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            try:
                told = json.loads(line)
                hash = told.pop("hash")
            except (ValueError, KeyError, TypeError, AttributeError):
                raise Broken(number, "it is torn") from None
            if told.get("before") != before:
                raise Broken(number, "it does not follow the line before it")
            if told.get("n") != number:
                raise Broken(number, "its number is another")
            if _hash(told) != hash:
                raise Broken(number, "it was changed")
            before = hash
    return number, before


def _bound(told: dict[str, Any]) -> str:
    """Without any letter that somebody could take for the end of a line (U+2028 is one to many)."""
    return json.dumps({**told, "hash": _hash(told)}) + "\n"


def _hash(told: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(told, ensure_ascii=False, sort_keys=True).encode("utf-8")).hexdigest()


def _end_of(path: Path) -> list[str]:
    """The last lines, the oldest first: one at least, however long it is."""
    window = LAST_BYTES
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            while True:
                file.seek(max(0, size - window))
                text = file.read().decode("utf-8", "replace")
                lines = text.removesuffix("\n").split("\n") if text else []
                if size <= window:
                    return lines
                if len(lines) > 1:
                    return lines[1:]
                window *= 4
    except FileNotFoundError:
        return []
