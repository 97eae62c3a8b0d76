"""The journal's file: SQLite with one connection, every commit on the disk before it returns.

`journal_mode=DELETE, synchronous=EXTRA`: the directory entry is synced too, and there is no WAL to go
wrong (reliability §5). After an error of the disk nothing is tried again on the same handle, because
the kernel may have forgotten which pages it could not write: the file is written anew, whole.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from urllib.parse import quote

from realtime.journal.sealing import Columns, Tampered, intact

VERSION = 1
"""Of the table below; a journal of a later one is refused."""
APPLICATION = 0x5464_6E4A
"""`TdnJ`: tells a journal from any other SQLite file, which is never touched."""
STRICT = " STRICT" if sqlite3.sqlite_version_info >= (3, 37) else ""
TABLE = f"""CREATE TABLE rows (
    seq INTEGER PRIMARY KEY, kind TEXT NOT NULL, subject TEXT NOT NULL, epoch INTEGER NOT NULL,
    life TEXT NOT NULL, at_s REAL NOT NULL, details TEXT NOT NULL, crc INTEGER NOT NULL){STRICT}"""
LOCK_S = 2.0
"""How long another process may still hold the file: one that was just killed is gone by then."""

HELD = "{path} is held by another process; is the service running already?"

Connect = Callable[[str], sqlite3.Connection]
Numbered = tuple[int, Columns]


class NotOurs(Exception):
    """The file is another program's, a later version's or in another process's hands; what to do."""


class Broken(Exception):
    """The file cannot be believed, and why."""


def connect(path: str, lock_s: float = LOCK_S) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=lock_s, isolation_level=None)
    try:
        connection.execute("PRAGMA locking_mode=EXCLUSIVE")
        connection.execute("PRAGMA journal_mode=DELETE")
        connection.execute("PRAGMA synchronous=EXTRA")
        connection.execute("PRAGMA foreign_keys=ON")
    except BaseException:
        connection.close()
        raise
    return connection


class JournalFile:
    """All of it on one thread: the one that made it."""

    def __init__(self, path: str, connect: Connect = connect) -> None:
        self.path = path
        self._connect = connect
        self._connection: sqlite3.Connection | None = None
        self._lock: int | None = None

    @property
    def new_path(self) -> str:
        """Where a file is written anew before it takes the journal's place."""
        return f"{self.path}.new"

    def open(self) -> list[Numbered]:
        """Take hold of the file and read it; raises `NotOurs`, `Broken`, or sqlite3.Error and OSError."""
        self._hold()
        self._finish_renewal()
        if not os.path.exists(self.path):
            self.renew(())
            return []
        if os.path.getsize(self.path) == 0:
            raise Broken("it is empty")  # ours comes into being whole, by a rename
        try:
            self._connection = self._connect(self.path)
            return _taken(self.path, self._connection)
        except sqlite3.Error as error:
            self._disconnect()
            raise _meaning(self.path, error) from None
        except BaseException:
            self._disconnect()
            raise

    def _hold(self) -> None:
        """A lock of our own, beside SQLite's: nobody holds that one while the file is written anew."""
        if self._lock is not None:
            return
        lock = os.open(f"{self.path}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            raise NotOurs(HELD.format(path=self.path)) from None
        except BaseException:
            os.close(lock)
            raise
        self._lock = lock

    def read_only(self) -> list[Numbered]:
        """What can be read where nothing can be written; raises as `open` does.

        Not with half a change beside it, which only somebody who may write can take back.
        """
        if os.path.exists(f"{self.path}-journal"):
            raise Broken("a change was broken off, and cannot be taken back on a disk that is read-only")
        connection = sqlite3.connect(f"file:{quote(self.path)}?mode=ro&immutable=1", uri=True)
        try:
            return _read(self.path, connection)
        except sqlite3.Error as error:
            raise _meaning(self.path, error) from None
        finally:
            connection.close()

    def write(self, rows: Iterable[Numbered]) -> None:
        """Append all of these, or none; on the disk when this returns. Raises sqlite3.Error."""
        self._transact(lambda connection: _insert(connection, rows))

    def drop(self, numbers: Sequence[int]) -> None:
        """Delete these rows, all or none."""
        each = [(number,) for number in numbers]
        self._transact(lambda connection: connection.executemany("DELETE FROM rows WHERE seq = ?", each))

    def _transact(self, change: Callable[[sqlite3.Connection], object]) -> None:
        connection = self._connection
        if connection is None:
            raise sqlite3.OperationalError("the file is not open")
        try:
            connection.execute("BEGIN IMMEDIATE")
            change(connection)
            connection.execute("COMMIT")
        except BaseException:
            with suppress(sqlite3.Error):
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
            raise

    def close(self) -> None:
        self._disconnect()
        lock, self._lock = self._lock, None
        if lock is not None:
            os.close(lock)

    def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(sqlite3.Error):
                connection.close()

    # Written anew

    def set_aside(self) -> str:
        """Move a broken file out of the way, with what SQLite left beside it. Where it is now."""
        self._disconnect()
        aside = _free_name(f"{self.path}.broken-{datetime.now(UTC):%Y%m%dT%H%M%SZ}")
        with suppress(FileNotFoundError):
            os.rename(f"{self.path}-journal", f"{aside}-journal")
        os.rename(self.path, aside)
        _sync_folder(self.path)
        return aside

    def renew(self, rows: Iterable[Numbered]) -> None:
        """A new file with exactly these rows takes the journal's place, whole or not at all."""
        self._disconnect()
        self._discard_new()
        connection = self._connect(self.new_path)
        try:
            connection.execute("BEGIN EXCLUSIVE")
            connection.execute(TABLE)
            _insert(connection, rows)
            connection.execute(f"PRAGMA application_id = {APPLICATION}")
            connection.execute(f"PRAGMA user_version = {VERSION}")
            connection.execute("COMMIT")
        except BaseException:
            connection.close()
            self._discard_new()  # what room there is, is needed
            raise
        connection.close()
        self._finish_renewal()
        self._connection = self._connect(self.path)
        _taken(self.path, self._connection)

    def _finish_renewal(self) -> None:
        """The new file takes over; also after a crash in the middle. One that is not whole never does."""
        if not os.path.exists(self.new_path):
            return
        if not self._is_whole(self.new_path):
            self._discard_new()
            return
        with suppress(FileNotFoundError):
            os.unlink(f"{self.path}-journal")  # it belongs to the old file, and would spoil the new one
        os.replace(self.new_path, self.path)
        _sync_folder(self.path)

    def _is_whole(self, path: str) -> bool:
        """Its rows and its version came with one commit."""
        try:
            connection = self._connect(path)
        except sqlite3.Error:
            return False
        try:
            (version,) = connection.execute("PRAGMA user_version").fetchone()
            (found,) = connection.execute("PRAGMA quick_check").fetchone()
            return bool(version == VERSION and found == "ok")
        except sqlite3.Error:
            return False
        finally:
            connection.close()

    def _discard_new(self) -> None:
        for path in (self.new_path, f"{self.new_path}-journal"):
            with suppress(FileNotFoundError):
                os.unlink(path)


def _taken(path: str, connection: sqlite3.Connection) -> list[Numbered]:
    connection.execute("BEGIN EXCLUSIVE")
    connection.execute("COMMIT")  # the lock stays, by locking_mode
    return _read(path, connection)


def _read(path: str, connection: sqlite3.Connection) -> list[Numbered]:
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if application != APPLICATION:
        raise NotOurs(f"{path} is an SQLite file of another program; give the journal another path")
    if version != VERSION:
        raise NotOurs(
            f"{path} was written by a later version (format {version}, this one knows {VERSION}); "
            "install that version again"
        )
    found = connection.execute("PRAGMA quick_check").fetchone()[0]
    if found != "ok":
        raise Broken(str(found))
    rows: list[Numbered] = []
    for seq, *columns in connection.execute("SELECT * FROM rows ORDER BY seq"):
        try:
            rows.append((seq, intact(tuple(columns))))
        except Tampered as error:
            raise Broken(str(error)) from None
    return rows


def _insert(connection: sqlite3.Connection, rows: Iterable[Numbered]) -> None:
    each = [(number, *columns) for number, columns in rows]
    connection.executemany("INSERT INTO rows VALUES (?, ?, ?, ?, ?, ?, ?, ?)", each)


def primary(error: sqlite3.Error) -> int | None:
    """SQLite's own code; None where the module in between gave up, as on a text that is no UTF-8."""
    code: int | None = getattr(error, "sqlite_errorcode", None)
    return None if code is None else code & 0xFF


def _meaning(path: str, error: sqlite3.Error) -> Exception:
    code = primary(error)
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return NotOurs(HELD.format(path=path))
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR, None):
        return Broken(str(error))
    return error


def _free_name(name: str) -> str:
    found, number = name, 1
    while os.path.lexists(found):
        found, number = f"{name}-{number}", number + 1
    return found


def _sync_folder(path: str) -> None:
    folder = os.open(os.path.dirname(os.path.abspath(path)), os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
