"""The journal as it is found at the start: torn, tampered with, half renewed, on a disk gone read-only."""

from __future__ import annotations

import os
import shutil
import sqlite3
from pathlib import Path

import pytest

from realtime.journal.file import JournalFile, NotOurs
from sequencer.journal import Kind
from tests.test_realtime.injected import Injected, row
from tests.test_realtime.keeping import ROWS, commit, journal, kept
from tests.test_realtime.small_disks import change


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
    env: Injected, path: str, tmp_path: Path
) -> None:
    """Killed between writing the journal anew and putting it in its place."""
    whole(env, path)
    shutil.copy(path, f"{path}.new")
    half_a_change(path, tmp_path / "copy")
    old = tmp_path / "old.db"  # it is real: where it belongs SQLite takes it back
    shutil.copy(path, old)
    shutil.copy(f"{path}-journal", f"{old}-journal")
    assert kept(env, str(old)) == ()
    assert kept(env, path) == tuple(ROWS)
    assert not os.path.exists(f"{path}-journal")


def half_a_change(path: str, copy: Path) -> None:
    """Leave an older, empty journal at this path, and beside it a change that was broken off."""
    empty = JournalFile(str(copy))
    empty.open()
    empty.close()
    its = sqlite3.connect(copy, isolation_level=None)
    its.execute("PRAGMA cache_size=1")
    its.execute("BEGIN IMMEDIATE")
    for number in range(200):
        its.execute("INSERT INTO rows VALUES (?, '', '', 0, '', 0.0, ?, 0)", (number, "x" * 1000))
    shutil.copy(copy, path)
    shutil.copy(f"{copy}-journal", f"{path}-journal")
    its.close()


def test_while_the_file_is_written_anew_nobody_else_takes_it(env: Injected, path: str) -> None:
    """Between the old file and the new one SQLite holds no lock."""
    whole(env, path)
    its = JournalFile(path)
    its.open()
    its._disconnect()
    with pytest.raises(NotOurs, match="held by another process"):
        JournalFile(path).open()
    its.close()
    assert kept(env, path) == tuple(ROWS)


def test_damage_that_no_row_shows_is_found_at_the_start(env: Injected, path: str) -> None:
    """A free list that is not there: every row can be read, and the next write would spoil them."""
    content = bytearray(whole(env, path))
    content[36:40] = (7).to_bytes(4, "big")
    Path(path).write_bytes(content)
    with journal(env, path, told=str) as its:
        assert "reelist" in its.lost


def test_a_disk_gone_read_only_is_still_read(env: Injected, small_disk: Path, told: list[str]) -> None:
    """As a kernel makes it after an error of the disk."""
    path = str(small_disk / "journal.db")
    whole(env, path)
    change(small_disk, "ro")
    with journal(env, path, told=told.append) as its:
        assert its.all() == tuple(ROWS)
        assert not its.healthy
        assert told == [its.trouble]
        commit(env, its, row(99, Kind.CLOSED))
    change(small_disk, "rw")
    assert kept(env, path) == tuple(ROWS)


def test_no_room_for_the_ballast_is_told_and_harms_nothing(env: Injected, path: str, told: list[str]) -> None:
    with journal(env, path, told=told.append, ballast_bytes=2**60) as its:
        assert its.healthy
        commit(env, its, ROWS[0])
    assert len(told) == 1
    assert "ballast" in told[0]
    assert not os.path.exists(f"{path}.ballast")
