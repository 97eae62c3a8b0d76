"""What is still to be delivered, on the disk: so that a reboot in the middle of an outage forgets no alarm.

SQLite in WAL mode, one connection behind one lock. Unlike the journal it may be lost: if the disk does
not want to, what waits is in memory all the same, and that is told once.
"""

from __future__ import annotations

import logging
import os
import sqlite3
import threading
from collections.abc import Callable
from contextlib import suppress

from realtime.outbox.letter import Letter, NotALetter, letter_from

log = logging.getLogger(__name__)

VERSION = 1
TABLE = """CREATE TABLE waiting (
    number INTEGER PRIMARY KEY, lane TEXT NOT NULL, since_s REAL NOT NULL, letter TEXT NOT NULL)"""


class Store:
    """From any thread; nothing it does raises. `tell` hears the first trouble, in words."""

    def __init__(self, path: str, tell: Callable[[str], None]) -> None:
        self._path = path
        self._tell = tell
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._broken = False
        self._next = 1
        with self._lock:
            self._open()

    def add(self, lane: str, since_s: float, letter: Letter) -> int:
        """Its number, also where it could not be written. `since_s`: wall time, seconds since 1970."""
        with self._lock:
            number, self._next = self._next, self._next + 1
            self._do("INSERT INTO waiting VALUES (?, ?, ?, ?)", number, lane, since_s, letter.json())
            return number

    def remove(self, number: int) -> None:
        """It was delivered, or is given up."""
        with self._lock:
            self._do("DELETE FROM waiting WHERE number = ?", number)

    def left(self, lane: str) -> list[tuple[int, float, Letter]]:
        """What an earlier life did not get rid of, oldest first."""
        with self._lock:
            found = self._do(
                "SELECT number, since_s, letter FROM waiting WHERE lane = ? ORDER BY number", lane
            )
        letters = []
        for number, since_s, text in found:
            try:
                letters.append((number, since_s, letter_from(text)))
            except NotALetter as why:
                log.warning("the outbox held something that is no letter: %s", why)
                self.remove(number)
        return letters

    @property
    def works(self) -> bool:
        """What was added last stands on the disk."""
        return self._connection is not None and not self._broken

    def close(self) -> None:
        with self._lock:
            connection, self._connection = self._connection, None
            if connection is not None:
                with suppress(sqlite3.Error):
                    connection.close()

    def _open(self) -> None:
        try:
            self._connection = self._connected()
            (last,) = self._connection.execute("SELECT coalesce(max(number), 0) FROM waiting").fetchone()
            self._next = last + 1
        except sqlite3.Error as error:
            self._fail(error)

    def _connected(self) -> sqlite3.Connection:
        """A file that cannot be read is begun anew; a disk that does not answer now may do so later."""
        try:
            return _opened(self._path)
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError as error:
            log.warning("the outbox %s cannot be read (%s) and is begun anew", self._path, error)
            for path in (self._path, f"{self._path}-wal", f"{self._path}-shm"):
                with suppress(OSError):
                    os.unlink(path)
            return _opened(self._path)

    def _do(self, sql: str, *values: object) -> list[tuple[int, float, str]]:
        if self._connection is None:
            return []
        try:
            found = self._connection.execute(sql, values).fetchall()
        except sqlite3.Error as error:
            self._fail(error)
            return []
        self._broken = False
        return found

    def _fail(self, error: sqlite3.Error) -> None:
        if not self._broken:
            self._broken = True
            self._tell(f"alarms are kept in memory only: {self._path}: {error}")


def _opened(path: str) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=1.0, isolation_level=None, check_same_thread=False)
    try:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version not in (0, VERSION):
            raise sqlite3.DatabaseError(f"format {version}")
        if version == 0:
            connection.execute("BEGIN")
            connection.execute(TABLE)
            connection.execute(f"PRAGMA user_version = {VERSION}")
            connection.execute("COMMIT")
    except BaseException:
        connection.close()
        raise
    return connection
