"""A journal with its ballast on a disk that may fail, and what it keeps."""

from __future__ import annotations

from typing import Any

from realtime.journal.journal import Journal
from sequencer.journal import Row
from tests.test_realtime.injected import Injected, row

BALLAST = 256 * 1024
ROWS = [row(number, text="x" * 300) for number in range(20)]


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
