"""The journal on a disk that fails: full, broken, torn, read-only. The sequence always goes on.

An error of the disk is made by a limit of the kernel on the size of files, or by a connection that
raises what SQLite raises: a fault below SQLite's own file layer needs another library, and is not made.
"""

from __future__ import annotations

import os
import resource
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from realtime.journal.file import connect
from realtime.journal.journal import Journal
from sequencer.journal import Kind, Row
from tests.test_realtime.injected import Injected, row

BALLAST = 256 * 1024
ROWS = [row(number, text="x" * 300) for number in range(20)]


@pytest.fixture
def env() -> Injected:
    return Injected()


@pytest.fixture
def path(tmp_path: Path) -> str:
    return str(tmp_path / "journal.db")


@pytest.fixture
def told() -> list[str]:
    return []


def journal(env: Injected, path: str, **settings: Any) -> Journal:
    return Journal(env, path, **{"allow_any_disk": True, "ballast_bytes": BALLAST, **settings})


def commit(env: Injected, its: Journal, *rows: Row) -> None:
    """Every one is answered, whatever the disk does."""
    for each in rows:
        assert env.value(its.commit(each)) is None


def kept(env: Injected, path: str) -> tuple[Row, ...]:
    with journal(env, path) as its:
        assert its.lost == ""
        return its.all()


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
    env: Injected, small_disk: Callable[[int], Path], told: list[str]
) -> None:
    """A disk of its own, 512 KiB large, half of it ballast, and somebody who fills the rest."""
    folder = small_disk(512 * 1024)
    path = str(folder / "journal.db")
    with journal(env, path, told=told.append) as its:
        commit(env, its, ROWS[0])
        fill(folder)
        commit(env, its, *ROWS[1:])
        assert its.healthy
        assert not (folder / "journal.db.ballast").exists()
        (folder / "filling").unlink()
    assert len(told) == 1
    assert "full" in told[0]
    assert kept(env, path) == tuple(ROWS)
    assert (folder / "journal.db.ballast").exists()  # taken aboard again at the next start


def test_a_disk_that_is_full_beyond_the_ballast_ends_in_words(
    env: Injected, small_disk: Callable[[int], Path], told: list[str]
) -> None:
    folder = small_disk(512 * 1024)
    path = str(folder / "journal.db")
    many = [row(number, text="x" * 8000) for number in range(80)]
    with journal(env, path, told=told.append) as its:
        fill(folder)
        commit(env, its, *many)
        assert not its.healthy
        assert told[-1] == its.trouble
        assert its.all() == tuple(many)
    (folder / "filling").unlink()
    found = kept(env, path)
    assert found == tuple(many[: len(found)])


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Callable[[int], Path]]:
    """A disk in memory of so many bytes; needs root, as a container of CI mostly has it."""
    folder = tmp_path / "small"
    folder.mkdir()
    mounted = []

    def mount(size: int) -> Path:
        program = shutil.which("mount")
        argv = [program or "mount", "-t", "tmpfs", "-o", f"size={size}", "teiden-test", str(folder)]
        if program is None or subprocess.run(argv, capture_output=True).returncode:
            pytest.skip("no disk can be mounted here (not root, or not allowed)")
        mounted.append(folder)
        return folder

    yield mount
    for each in mounted:
        subprocess.run(["umount", str(each)], check=True)


def fill(folder: Path) -> None:
    with (folder / "filling").open("wb", buffering=0) as file:
        try:
            while file.write(b"x" * 4096):
                pass
        except OSError:
            return


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


# At the start


def whole(env: Injected, path: str) -> bytes:
    with journal(env, path) as its:
        commit(env, its, *ROWS)
    return Path(path).read_bytes()


def test_a_torn_file_is_kept_aside_and_never_half_believed(env: Injected, path: str, tmp_path: Path) -> None:
    content = whole(env, path)
    for size in range(0, len(content), 512):
        Path(path).write_bytes(content[:size])
        told: list[str] = []
        with journal(env, path, ballast_bytes=0, told=told.append) as its:
            assert its.all() == ()
            assert its.healthy
            assert told == [its.lost]
            commit(env, its, ROWS[3])
        assert kept(env, path) == (ROWS[3],)
        (aside,) = tmp_path.glob("journal.db.broken-*")
        assert str(aside) in told[0]
        assert aside.read_bytes() == content[:size]
        aside.unlink()


def test_a_bit_that_flipped_in_a_row_is_seen(env: Injected, path: str) -> None:
    content = bytearray(whole(env, path))
    at = content.index(b"control1/1")
    content[at] ^= 1
    Path(path).write_bytes(content)
    told: list[str] = []
    with journal(env, path, told=told.append) as its:
        assert its.all() == ()
        assert "does not match its checksum" in its.lost


@pytest.mark.parametrize("content", [b"", b"not a database at all" * 100, os.urandom(8192)])
def test_a_file_that_is_no_journal_is_kept_aside(env: Injected, path: str, content: bytes) -> None:
    Path(path).write_bytes(content)
    told: list[str] = []
    with journal(env, path, told=told.append) as its:
        assert its.healthy
        assert told == [its.lost]
        assert "broken" in its.lost


def test_a_second_broken_file_does_not_overwrite_the_first(env: Injected, path: str, tmp_path: Path) -> None:
    for content in (b"first", b"second"):
        Path(path).write_bytes(content)
        journal(env, path, told=str).close()
    contents = {file.read_bytes() for file in tmp_path.glob("journal.db.broken-*")}
    assert contents == {b"first", b"second"}


@pytest.mark.parametrize("content", [b"", b"half written"])
def test_a_new_file_that_was_not_finished_never_takes_over(env: Injected, path: str, content: bytes) -> None:
    whole(env, path)
    Path(f"{path}.new").write_bytes(content)
    assert kept(env, path) == tuple(ROWS)
    assert not os.path.exists(f"{path}.new")


def test_a_new_file_that_was_finished_takes_over_without_the_old_one_s_change(
    env: Injected, path: str
) -> None:
    """Killed between writing the journal anew and putting it in its place."""
    whole(env, path)
    os.rename(path, f"{path}.new")
    Path(path).write_bytes(b"what the disk left of it")
    Path(f"{path}-journal").write_bytes(b"half a change")
    assert kept(env, path) == tuple(ROWS)
    assert not os.path.exists(f"{path}-journal")


def test_a_disk_gone_read_only_is_still_read(
    env: Injected, small_disk: Callable[[int], Path], told: list[str]
) -> None:
    """As a kernel makes it after an error of the disk."""
    folder = small_disk(1024 * 1024)
    path = str(folder / "journal.db")
    whole(env, path)
    subprocess.run(["mount", "-o", "remount,ro", str(folder)], check=True)
    with journal(env, path, told=told.append) as its:
        assert its.all() == tuple(ROWS)
        assert not its.healthy
        assert told == [its.trouble]
        commit(env, its, row(99, Kind.CLOSED))
    subprocess.run(["mount", "-o", "remount,rw", str(folder)], check=True)
    assert kept(env, path) == tuple(ROWS)


def test_no_room_for_the_ballast_is_told_and_harms_nothing(env: Injected, path: str, told: list[str]) -> None:
    with journal(env, path, told=told.append, ballast_bytes=2**60) as its:
        assert its.healthy
        commit(env, its, ROWS[0])
    assert len(told) == 1
    assert "ballast" in told[0]
    assert not os.path.exists(f"{path}.ballast")
