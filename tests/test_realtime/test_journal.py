"""The journal on a real disk: what is answered is there, in every later life."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from realtime.journal.file import connect
from realtime.journal.journal import Journal, NoJournal
from realtime.journal.sealing import NotARow, _crc
from sequencer.journal import Kind, Row
from tests.test_realtime.injected import Injected, row

MANY = [row(number) for number in range(40)]


def journal(env: Injected, path: str, **settings: Any) -> Journal:
    return Journal(env, path, **{"allow_any_disk": True, "ballast_bytes": 0, **settings})


def keep(env: Injected, path: str, *rows: Row, **settings: Any) -> None:
    with journal(env, path, **settings) as its:
        for answer in [its.commit(row) for row in rows]:
            env.value(answer)


def kept(env: Injected, path: str) -> tuple[Row, ...]:
    with journal(env, path) as its:
        return env.value(its.rows())


def test_a_new_journal_is_empty_and_healthy(env: Injected, path: str) -> None:
    with journal(env, path) as its:
        assert env.value(its.rows()) == ()
        assert (its.healthy, its.trouble, its.lost) == (True, "", "")


def test_a_row_is_not_there_before_its_commit_is_answered(env: Injected, path: str) -> None:
    with journal(env, path) as its:
        answer = its.commit(MANY[0])
        assert env.value(its.rows()) == ()
        assert env.value(answer) is None
        assert its.all() == (MANY[0],)


def test_rows_keep_their_order_and_details_into_the_next_life(env: Injected, path: str) -> None:
    details = {"was_running": ["blade1", "停電"], "falls_in_s": 0.1 + 0.2, "held": False, "also": None}
    rows = [*MANY, row(41, Kind.DECLARED, 2, **details)]
    keep(env, path, *rows)
    assert kept(env, path) == tuple(rows)


def test_what_was_answered_before_is_read_from_the_disk_by_anybody(env: Injected, path: str) -> None:
    """The answer came after the commit: another reader sees the row while the service still lives."""
    with journal(env, path, connect=lenient) as its:
        env.value(its.commit(MANY[0]))
        reader = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)
        assert reader.execute("SELECT subject FROM rows").fetchall() == [("ups0",)]
        reader.close()


def lenient(path: str) -> sqlite3.Connection:
    connection = connect(path)
    connection.execute("PRAGMA locking_mode=NORMAL")
    return connection


def test_every_commit_is_synced_to_the_disk_and_held_by_one(env: Injected, path: str) -> None:
    settings: dict[str, object] = {}

    def noting(path: str) -> sqlite3.Connection:
        connection = connect(path)
        for name in ("journal_mode", "synchronous", "locking_mode", "foreign_keys"):
            settings[name] = connection.execute(f"PRAGMA {name}").fetchone()[0]
        return connection

    keep(env, path, connect=noting)
    assert settings == {
        "journal_mode": "delete",
        "synchronous": 3,
        "locking_mode": "exclusive",
        "foreign_keys": 1,
    }


def test_a_tuple_is_kept_as_the_list_that_a_peer_s_copy_has(env: Injected, path: str) -> None:
    with journal(env, path) as its:
        env.value(its.commit(row(1, also=("a", "b"))))
        assert its.receive([row(1, also=["a", "b"])]) == ()


def test_a_peer_s_rows_are_kept_once(env: Injected, path: str) -> None:
    ours, theirs = row(1), row(2)
    with journal(env, path) as its:
        env.value(its.commit(ours))
        assert its.receive([ours, theirs, theirs]) == (theirs,)
        assert its.receive([theirs]) == ()
        assert its.all() == (ours, theirs)
    assert kept(env, path) == (ours, theirs)


@pytest.mark.parametrize(
    "other",
    [
        replace(row(1), kind=Kind.FORCED),
        replace(row(1), subject="ups9"),
        replace(row(1), epoch=7),
        replace(row(1), life="control2/1"),
        replace(row(1), at_s=1.5),
        replace(row(1), details={"job": "another"}),
    ],
)
def test_a_row_that_differs_in_anything_is_another_one(env: Injected, path: str, other: Row) -> None:
    with journal(env, path) as its:
        assert its.receive([row(1), other]) == (row(1), other)


@pytest.mark.parametrize(
    "bad",
    [
        replace(row(1), epoch=2**63),
        replace(row(1), epoch=-1),
        replace(row(1), at_s=float("nan")),
        replace(row(1), subject="\ud800"),
        replace(row(1), details={"x": float("inf")}),
        replace(row(1), details={"job": object()}),
        replace(row(1), details={}),
        row(1, Kind.WATCHED, wall_s="yesterday"),
        row(1, Kind.OFF_ARMED, falls_in_s="soon"),
        row(1, Kind.WANTED, wall_s=1.0, servers=[["blade1"]], goal="up"),
        row(1, Kind.WANTED, wall_s=1.0, servers=["blade1"], goal="sideways"),
    ],
)
def test_a_row_that_cannot_be_kept_or_understood_is_not_taken_from_a_peer(
    env: Injected, path: str, bad: Row
) -> None:
    with journal(env, path) as its:
        assert its.receive([bad, row(2)]) == (row(2),)
        assert env.value(its.commit(row(3))) is None
        assert its.healthy


def test_a_row_of_ours_that_nobody_could_learn_from_never_gets_to_the_disk(env: Injected, path: str) -> None:
    with journal(env, path) as its, pytest.raises(NotARow, match="off_armed ups1: KeyError 'falls_in_s'"):
        its.commit(row(1, Kind.OFF_ARMED))
    assert kept(env, path) == ()


def test_the_rows_of_old_incidents_are_dropped_at_the_start(env: Injected, path: str) -> None:
    held = row(9, Kind.HELD, 1, held=True, cause="q", wall_s=5.0)
    rows = [row(epoch, epoch=epoch) for epoch in range(1, 8)]
    keep(env, path, held, *rows)
    for _ in range(2):
        with journal(env, path, incidents=3) as its:
            assert its.all() == (held, *rows[4:])
    assert kept(env, path) == (held, *rows[4:])


def test_another_process_that_holds_it_is_told_in_words(env: Injected, path: str) -> None:
    with journal(env, path), pytest.raises(NoJournal, match=r"held by another process; is the service"):
        journal(env, path)


def test_a_reader_with_sqlite_in_hand_is_told_too(env: Injected, path: str) -> None:
    keep(env, path, row(1))
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")

    with pytest.raises(NoJournal, match="held by another process"):
        journal(env, path, connect=partial(connect, lock_s=0.05))
    other.close()
    assert kept(env, path) == (row(1),)


def test_the_file_of_another_program_is_never_touched(env: Injected, path: str) -> None:
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE theirs (x)")
    other.close()
    before = Path(path).read_bytes()
    with pytest.raises(NoJournal, match="another program"):
        journal(env, path)
    assert Path(path).read_bytes() == before


def test_a_later_version_s_file_is_refused(env: Injected, path: str) -> None:
    keep(env, path, row(1))
    its = sqlite3.connect(path, isolation_level=None)
    its.execute("PRAGMA user_version=99")
    its.close()
    with pytest.raises(NoJournal, match=r"later version \(format 99, this one knows 1\)"):
        journal(env, path)


def test_a_row_of_a_kind_not_known_yet_stays_and_is_told(env: Injected, path: str) -> None:
    keep(env, path, row(1))
    columns = ("from_the_future", "ups1", 1, "control1/1", 1.0, "{}")
    its = sqlite3.connect(path, isolation_level=None)
    its.execute("INSERT INTO rows VALUES (99,?,?,?,?,?,?,?)", (*columns, _crc(columns)))
    its.close()
    told: list[str] = []
    with journal(env, path, told=told.append) as again:
        assert again.all() == (row(1),)
        env.value(again.commit(row(2)))
    assert len(told) == 1
    assert "from_the_future" in told[0]
    its = sqlite3.connect(path)
    assert its.execute("SELECT seq FROM rows ORDER BY seq").fetchall() == [(1,), (99,), (100,)]
    its.close()


def test_a_folder_that_is_not_there_is_named(env: Injected, tmp_path: Path) -> None:
    with pytest.raises(NoJournal, match="there is no folder"):
        journal(env, str(tmp_path / "nowhere" / "journal.db"))


def test_a_life_that_has_ended_gets_no_answers(env: Injected, path: str) -> None:
    its = journal(env, path)
    its.close()
    its.close()
    assert not its.commit(row(1)).triggered
    assert its.receive([row(2)]) == ()


def test_what_waits_is_written_before_it_closes(env: Injected, path: str) -> None:
    with journal(env, path) as its:
        for row in MANY:
            its.commit(row)
    assert kept(env, path) == tuple(MANY)


def test_rows_that_wait_together_are_written_together(env: Injected, path: str) -> None:
    begun: list[int] = []

    def counting(path: str) -> sqlite3.Connection:
        connection = connect(path)
        connection.set_trace_callback(lambda sql: begun.append(1) if sql == "BEGIN IMMEDIATE" else None)
        return connection

    keep(env, path, *MANY, connect=counting)
    assert 1 <= len(begun) <= 3


def test_a_fault_of_ours_does_not_leave_the_sequence_waiting(env: Injected, path: str) -> None:
    def faulty(row: Row) -> None:
        raise RuntimeError("a bug")

    told: list[str] = []
    with journal(env, path, told=told.append, before_commit=faulty) as its:
        env.value(its.commit(row(1)))
        assert not its.healthy
    assert ["a bug" in words for words in told] == [True]
