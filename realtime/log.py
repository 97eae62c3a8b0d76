"""The service's log: one JSON object a line, each with the node, its life and the incident, and no secret.

To standard error, where systemd's journal takes it, or to a file that logrotate may move away. Lines are
made where something is said and written by a thread of the log's own: a disk or a journal that hangs
holds up nobody, and what does not fit into the queue then is counted.
"""

from __future__ import annotations

import json
import logging
import os
import queue
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from realtime.redaction import redacted

MOST_LINES = 10_000
CLOSING_S = 2.0
USUAL = frozenset((*logging.makeLogRecord({}).__dict__, "message", "asctime", "taskName"))
"""What every record has; anything else was said with `extra=`."""
PRIORITIES = {logging.DEBUG: 7, logging.INFO: 6, logging.WARNING: 4, logging.ERROR: 3, logging.CRITICAL: 2}
"""Of syslog, as the journal reads them from the beginning of a line (sd-daemon(3))."""


@dataclass
class About:
    """What every line says beside its message; kept up to date by whoever lives the life."""

    node: str
    life: str = ""
    incident: int = 0


class JsonLine(logging.Formatter):
    """A record as one line of JSON, redacted as a whole."""

    def __init__(self, about: About, *, priorities: bool = False) -> None:
        super().__init__()
        self._about = about
        self._priorities = priorities

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "node": self._about.node,
            "life": self._about.life,
            "incident": self._about.incident,
            "from": record.name,
            "message": _message(record),
        }
        for key, value in record.__dict__.items():
            if key not in USUAL and key not in line:
                line[key] = value
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        if record.stack_info:
            line["stack"] = record.stack_info
        text = redacted(json.dumps(line, ensure_ascii=False, default=_told))
        return f"<{_priority(record.levelno)}>{text}" if self._priorities else text


class Log(logging.Handler):
    """Hands lines to a thread that writes them. `write` gets one line with its newline."""

    def __init__(
        self,
        about: About,
        write: Callable[[str], None],
        *,
        priorities: bool = False,
        most_lines: int = MOST_LINES,
    ) -> None:
        super().__init__()
        self.about = about
        self.missing = 0
        """Lines that could not be written, or had no room in the queue."""
        self._write = write
        self._lines: queue.Queue[str | None] = queue.Queue(most_lines)
        self.setFormatter(JsonLine(about, priorities=priorities))
        self._thread = threading.Thread(target=self._work, name="log", daemon=True)
        self._thread.start()

    def emit(self, record: logging.LogRecord) -> None:
        try:
            self._lines.put_nowait(self.format(record) + "\n")
        except queue.Full:
            self.missing += 1
        except Exception:
            self.handleError(record)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802
        """A line that cannot be made is a mistake of ours; it is named, without its arguments."""
        self.missing += 1
        with suppress(queue.Full):
            self._lines.put_nowait(
                json.dumps({"level": "error", "message": f"a line of {record.name} failed"}) + "\n"
            )

    def close(self) -> None:
        """What was said until now is still written, unless it hangs."""
        if self._thread.is_alive():
            with suppress(queue.Full):
                self._lines.put(None, timeout=CLOSING_S)
            self._thread.join(CLOSING_S)
        super().close()

    def _work(self) -> None:
        while (line := self._lines.get()) is not None:
            try:
                self._write(line)
            except (OSError, ValueError):  # a full disk, a closed pipe: nobody is left to be told
                self.missing += 1


@contextmanager
def logging_to(about: About, path: str = "", *, level: int = logging.INFO) -> Iterator[Log]:
    """Everything that is logged in this process, until the block ends. `path`: '' is standard error."""
    to_file = _Appending(path) if path else None
    journal = to_file is None and _is_the_journal()
    log = Log(about, to_file.write if to_file else _to_stderr, priorities=journal)
    root = logging.getLogger()
    before = root.level
    root.addHandler(log)
    root.setLevel(level)
    logging.captureWarnings(True)
    try:
        yield log
    finally:
        logging.captureWarnings(False)
        root.setLevel(before)
        root.removeHandler(log)
        log.close()
        if to_file:
            to_file.close()


class _Appending:
    """A file that is opened again when logrotate has put another one, or none, in its place."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._file = self._open()

    def _open(self) -> int:
        return os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o640)

    def write(self, line: str) -> None:
        if self._was_moved():
            os.close(self._file)
            self._file = self._open()
        os.write(self._file, line.encode("utf-8", "backslashreplace"))

    def _was_moved(self) -> bool:
        try:
            now = os.stat(self._path)
        except FileNotFoundError:
            return True
        its = os.fstat(self._file)
        return (now.st_dev, now.st_ino) != (its.st_dev, its.st_ino)

    def close(self) -> None:
        os.close(self._file)


def _to_stderr(line: str) -> None:
    sys.stderr.write(line)
    sys.stderr.flush()


def _is_the_journal() -> bool:
    """Whether systemd's journal reads our standard error (systemd.exec(5), $JOURNAL_STREAM)."""
    try:
        its = os.fstat(2)
    except OSError:
        return False
    return os.environ.get("JOURNAL_STREAM") == f"{its.st_dev}:{its.st_ino}"


def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except Exception as error:  # wrong arguments: what was meant is better than nothing
        return f"{record.msg} ({type(error).__name__} in its arguments)"


def _told(value: object) -> str:
    return str(value)


def _priority(level: int) -> int:
    return PRIORITIES[max((known for known in PRIORITIES if known <= level), default=logging.DEBUG)]
