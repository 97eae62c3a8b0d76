"""The journal on a disk that fails: full, broken, torn, read-only. The sequence always goes on.

An error of the disk is made by a limit of the kernel on the size of files, or by a connection that
raises what SQLite raises: a fault below SQLite's own file layer needs another library, and is not made.
"""

from __future__ import annotations

import os
import resource
import sqlite3
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from realtime.journal.file import connect
from tests.test_realtime.injected import Injected, row
from tests.test_realtime.keeping import ROWS, commit, journal, kept
from tests.test_realtime.small_disks import fill


class Failing(sqlite3.Connection):
    """A connection whose commits fail as long as `faults` says with which code."""

    faults: list[int]

    def execute(self, sql: str, *parameters: Any) -> sqlite3.Cursor:
        if sql == "COMMIT" and self.in_transaction and self.faults and _changes(self):
            error = sqlite3.OperationalError("disk I/O error")
            error.sqlite_errorcode = self.faults.pop(0)
            raise error
        return super().execute(sql, *parameters)


def _changes(connection: sqlite3.Connection) -> bool:
    return connection.total_changes > 0


def failing(faults: list[int], path: str) -> sqlite3.Connection:
    plain = connect(path)
    plain.close()
    connection = sqlite3.connect(path, isolation_level=None, factory=Failing)
    connection.faults = faults
    connection.execute("PRAGMA synchronous=EXTRA")
    return connection


# Full


def roomy(pages: list[int], path: str) -> sqlite3.Connection:
    connection = connect(path)
    if pages:
        connection.execute(f"PRAGMA max_page_count={pages[0]}")
    return connection


def test_a_full_disk_is_told_once_and_the_sequence_goes_on(env: Injected, path: str, told: list[str]) -> None:
    with journal(env, path, told=told.append, connect=partial(roomy, [3])) as its:
        commit(env, its, *ROWS)
        assert not its.healthy
        assert its.trouble.startswith(f"nothing is kept in the journal {path}: ")
        assert "full" in its.trouble
        assert told == [its.trouble]
        assert its.all() == tuple(ROWS)  # this life still knows everything
    found = kept(env, path)
    assert 0 < len(found) < len(ROWS)
    assert found == tuple(ROWS[: len(found)])


def test_on_a_disk_that_is_full_the_ballast_makes_room(
    env: Injected, small_disk: Path, told: list[str]
) -> None:
    """A disk of its own, 512 KiB large, half of it ballast, and somebody who fills the rest."""
    path = str(small_disk / "journal.db")
    with journal(env, path, told=told.append) as its:
        commit(env, its, ROWS[0])
        fill(small_disk)
        commit(env, its, *ROWS[1:])
        assert its.healthy
        assert not (small_disk / "journal.db.ballast").exists()
        (small_disk / "filling").unlink()
    assert len(told) == 1
    assert "full" in told[0]
    assert kept(env, path) == tuple(ROWS)
    assert (small_disk / "journal.db.ballast").exists()  # taken aboard again at the next start


def test_a_disk_that_is_full_beyond_the_ballast_ends_in_words(
    env: Injected, small_disk: Path, told: list[str]
) -> None:
    path = str(small_disk / "journal.db")
    many = [row(number, text="x" * 8000) for number in range(80)]
    with journal(env, path, told=told.append) as its:
        fill(small_disk)
        commit(env, its, *many)
        assert not its.healthy
        assert told[-1] == its.trouble
        assert its.all() == tuple(many)
    (small_disk / "filling").unlink()
    found = kept(env, path)
    assert found == tuple(many[: len(found)])


# Errors of the disk


@pytest.mark.parametrize(
    "code", [sqlite3.SQLITE_IOERR_FSYNC, sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_CORRUPT]
)
def test_after_an_error_of_the_disk_the_file_is_written_anew_and_whole(
    env: Injected, path: str, told: list[str], code: int
) -> None:
    faults: list[int] = []
    with journal(env, path, told=told.append, connect=partial(failing, faults)) as its:
        commit(env, its, *ROWS[:5])
        before = os.stat(path).st_ino
        faults.append(code)
        commit(env, its, *ROWS[5:])
        assert its.healthy
        assert os.stat(path).st_ino != before
    assert len(told) == 1
    assert "written anew (disk I/O error)" in told[0]
    assert kept(env, path) == tuple(ROWS)


def test_nothing_is_tried_twice_on_a_handle_that_failed(env: Injected, path: str) -> None:
    faults: list[int] = []
    opened: list[str] = []

    def noting(path: str) -> sqlite3.Connection:
        opened.append(os.path.basename(path))
        return failing(faults, path)

    with journal(env, path, connect=noting) as its:
        commit(env, its, ROWS[0])
        opened.clear()
        faults += [sqlite3.SQLITE_IOERR_FSYNC]
        commit(env, its, ROWS[1])
    assert opened == ["journal.db.new", "journal.db.new", "journal.db"]


def test_a_disk_that_fails_again_makes_the_journal_broken_and_no_more(
    env: Injected, path: str, told: list[str]
) -> None:
    faults: list[int] = []
    with journal(env, path, told=told.append, connect=partial(failing, faults)) as its:
        commit(env, its, *ROWS[:5])
        faults += [sqlite3.SQLITE_IOERR_FSYNC] * 2
        commit(env, its, *ROWS[5:])
        assert not its.healthy
        assert told == [its.trouble]
        assert its.all() == tuple(ROWS)
        faults.clear()
        commit(env, its, row(99))
        assert not its.healthy  # until somebody has looked at the disk and started the service again
    assert kept(env, path) == tuple(ROWS[:5])


def test_a_limit_on_the_size_of_files_is_no_traceback(env: Injected, path: str, told: list[str]) -> None:
    """The kernel itself refuses the write: EFBIG, which SQLite calls an error of the disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    with journal(env, path, told=told.append, ballast_bytes=0) as its:
        commit(env, its, *ROWS[:5])
        resource.setrlimit(resource.RLIMIT_FSIZE, (8192, hard))
        try:
            commit(env, its, *ROWS[5:])
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        assert not its.healthy
        assert told == [its.trouble]
    found = kept(env, path)
    assert found == tuple(ROWS[: len(found)])
    assert len(found) >= 5
