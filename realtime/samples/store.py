"""Writes samples into their database, on a thread that nothing waits for; nothing it does raises.

A row is written when something has changed, and for what has not once in five minutes: `times` says how
many samples it stands for, so none is lost. Rows of five minutes are written as they come, then sorted by
UPS, and hours reckoned from them; what is too old goes once an hour, a little of it at a time.
"""

from __future__ import annotations

import logging
import os
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from realtime.samples import schema
from realtime.samples.old import prune_old
from realtime.samples.sample import Sample, Values
from realtime.samples.schema import BLOCK_S, DAY_S, FILE, HOUR_S, HOURS_KEPT_S, KEPT_S
from realtime.samples.stretches import Stretch, Stretches, stretch_of

log = logging.getLogger(__name__)

PRUNED_S = 2 * HOUR_S
"""So much of the oldest goes at most each time: a clock that is wrong for an hour does not cost the week."""
CORRUPT = frozenset((sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB))
UPSERT = """INSERT INTO stretches VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
    until = excluded.until, over = excluded.over, charge_from = excluded.charge_from,
    charge_least = excluded.charge_least, load_sum = excluded.load_sum, load_times = excluded.load_times"""
HOUR = f"""INSERT OR REPLACE INTO hours SELECT ups, :hour, {schema.SUMS}
    FROM upses CROSS JOIN samples ON ups = number AND at >= :hour AND at < :hour + {HOUR_S} GROUP BY ups"""
COUNT = "UPDATE recent SET times = ? WHERE ups = ? AND at = ?"
MEND = """UPDATE recent SET times = max(times, CAST(round((:until - at) / :apart_s) AS INTEGER) + 1)
    WHERE at <= :until AND (ups, at) IN (SELECT ups, max(at) FROM recent GROUP BY ups)"""
SORT = "INSERT OR REPLACE INTO samples SELECT * FROM recent ORDER BY ups, at"
DAY = f"""INSERT OR REPLACE INTO days
    SELECT ups, :day, sum(full_sum), sum(full_times), sum(load_sum), sum(load_times)
    FROM upses CROSS JOIN hours
        ON ups = number AND at >= :day * {DAY_S} AND at < (:day + 1) * {DAY_S} GROUP BY ups"""
KEPT = (("samples", "at", KEPT_S, 1), ("hours", "at", HOURS_KEPT_S, 1), ("days", "day", HOURS_KEPT_S, DAY_S))
"""Tables of rows that go, their column of time, how long they stay, and how many seconds its unit has."""


@dataclass(slots=True)
class Open:
    """The row of a UPS that the next sample may still belong to."""

    at: int
    values: Values
    times: int = 1
    written: int = 1


class Store:
    """`told` hears the first trouble, in words; and again after it has worked in between."""

    def __init__(self, folder: str, told: Callable[[str], None] = log.warning) -> None:
        self._folder = Path(folder)
        self.path = self._folder / FILE
        self._told = told
        self._trouble = False
        self._db: sqlite3.Connection | None = None
        self._rolled: int | None = None
        """The hour that was reckoned last."""
        self._block = self._pruned = -1
        self._forget()

    def write(self, sample: Sample) -> None:
        """All of it or nothing. What cannot be written is not kept for later: the next one is due soon."""
        try:
            self._write(sample)
        except (sqlite3.Error, OSError) as error:
            self._failed(error)
        else:
            self._trouble = False

    def close(self) -> None:
        """Counts and hours stand as they are; without it the next life reckons them from its notes."""
        with suppress(sqlite3.Error):
            if self._db is not None and self._rolled is not None:
                self._in_one(lambda: self._roll_up(self._at))
        self._let_go()

    # A sample

    def _write(self, sample: Sample) -> None:
        if self._db is None:
            self._db = self._opened(sample.at)
        if self._rolled is None:
            self._rolled = self._last_hour(sample.at)
        if sample.at // BLOCK_S != self._block:
            self._block = sample.at // BLOCK_S
            self._in_one(lambda: self._roll_up(sample.at))
        self._in_one(lambda: self._note(sample))
        if sample.at // HOUR_S != self._pruned:
            self._pruned = sample.at // HOUR_S
            self._prune(sample.at)

    def _note(self, sample: Sample) -> None:
        at = self._at = sample.at
        closed: list[tuple[object, ...]] = []
        new: list[tuple[object, ...]] = []
        for name, values in sample.upses:
            number, known = self._number(name), self._rows.get(name)
            if known is not None and known.values == values:
                known.times += 1
                continue
            if known is not None and known.times != known.written:
                closed.append((known.times, number, known.at))
            new.append((number, at, 1, *values))
            self._rows[name] = Open(at, values)
        self._run_many(COUNT, closed)
        # A clock that was set back tells the same instant twice: what it says now counts.
        self._run_many("INSERT OR REPLACE INTO recent VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", new)
        changed = [one for name, values in sample.upses for one in self._stretches.see(name, at, values)]
        self._run_many(UPSERT, [self._row(one) for one in changed])
        self._samples += 1
        self._run("INSERT OR REPLACE INTO lives VALUES (?, ?, ?)", self._began, at, self._samples)

    def _row(self, one: Stretch) -> tuple[object, ...]:
        return (
            *(self._number(one.ups), one.kind, one.began, one.until, one.over),
            *(one.charge_from, one.charge_least, one.load_sum, one.load_times),
        )

    def _number(self, name: str) -> int:
        if name not in self._numbers:
            self._run("INSERT OR IGNORE INTO upses (name) VALUES (?)", name)
            ((self._numbers[name],),) = self._run("SELECT number FROM upses WHERE name = ?", name)
        return self._numbers[name]

    def _close_rows(self) -> None:
        rows = [(name, one) for name, one in self._rows.items() if one.times != one.written]
        self._run_many(COUNT, [(one.times, self._number(name), one.at) for name, one in rows])
        for _, one in rows:
            one.written = one.times

    # Hours, and what goes

    def _roll_up(self, at: int) -> None:
        """What is recent goes where it stays: a page of each UPS is written once in five minutes."""
        self._close_rows()
        self._rows.clear()
        self._run(SORT)
        self._run("DELETE FROM recent")
        assert self._rolled is not None
        now = at // HOUR_S * HOUR_S
        for hour in range(min(self._rolled, now), now + 1, HOUR_S):
            self._run(HOUR, {"hour": hour})
        for day in range(min(self._rolled, now) // DAY_S, now // DAY_S + 1):
            self._run(DAY, {"day": day})
        self._rolled = now

    def _last_hour(self, at: int) -> int:
        """It may not have been reckoned to its end."""
        ((last,),) = self._run("SELECT max(until) FROM lives WHERE began < ?", self._began)
        return max(at - KEPT_S, at if last is None else int(last)) // HOUR_S * HOUR_S

    def _prune(self, at: int) -> None:
        """A transaction for each UPS: none of them is long."""
        for (number,) in self._run("SELECT number FROM upses"):
            for table, time, kept_s, unit_s in KEPT:
                ((oldest,),) = self._run(f"SELECT min({time}) FROM {table} WHERE ups = ?", number)
                if oldest is not None and oldest * unit_s < at - kept_s:
                    before = min(at - kept_s, oldest * unit_s + PRUNED_S) / unit_s
                    self._run(f"DELETE FROM {table} WHERE ups = ? AND {time} < ?", number, before)
        self._run("DELETE FROM stretches WHERE over AND until < ?", at - HOURS_KEPT_S)
        self._run("DELETE FROM lives WHERE until < ?", at - HOURS_KEPT_S)
        prune_old(self._folder, at)

    # The file

    def _opened(self, at: int) -> sqlite3.Connection:
        self._forget()
        db = self._db = schema.opened_to_write(self.path)
        self._began = at
        names: dict[int, str] = dict(db.execute("SELECT number, name FROM upses"))
        self._in_one(self._mend)
        for row in db.execute("SELECT * FROM stretches WHERE NOT over"):
            one = stretch_of(names[row[0]], row)
            self._stretches.open[one.ups, one.kind] = one
        return db

    def _mend(self) -> None:
        """A life that was killed has left the counts of its last rows as they began."""
        last = self._run("SELECT began, until, samples FROM lives ORDER BY began DESC LIMIT 1")
        if not last or last[0][2] < 2:
            return
        began, until, samples = last[0]
        apart_s = max(1.0, (until - began) / (samples - 1))
        self._run(MEND, {"until": until, "apart_s": apart_s})

    def _failed(self, error: sqlite3.Error | OSError) -> None:
        """A file that cannot be believed is put aside, and a new one begun with the next sample."""
        self._let_go()
        words = f"{self.path}: {getattr(error, 'strerror', None) or error}"
        code = getattr(error, "sqlite_errorcode", None)
        if isinstance(error, schema.OtherVersion) or (code is not None and code & 0xFF in CORRUPT):
            with suppress(OSError):
                os.replace(self.path, f"{self.path}.broken")
                words += f"; it is put aside as {self.path.name}.broken"
            for beside in ("-wal", "-shm"):
                with suppress(OSError):
                    os.unlink(f"{self.path}{beside}")
        if not self._trouble:
            self._told(f"readings are not kept: {words}")
        self._trouble = True

    def _let_go(self) -> None:
        if self._db is not None:
            with suppress(sqlite3.Error):
                self._db.close()
        self._forget()

    def _forget(self) -> None:
        self._db = None
        self._numbers: dict[str, int] = {}
        self._rows: dict[str, Open] = {}
        self._stretches = Stretches()
        self._began = self._at = self._samples = 0
        self._block = self._pruned = -1
        self._rolled = None

    def _in_one(self, work: Callable[[], None]) -> None:
        self._run("BEGIN IMMEDIATE")
        try:
            work()
            self._run("COMMIT")
        except BaseException:
            with suppress(sqlite3.Error):
                self._run("ROLLBACK")
            raise

    def _run(self, sql: str, *values: object) -> list[Any]:
        assert self._db is not None
        named = values[0] if values and isinstance(values[0], dict) else values
        return self._db.execute(sql, named).fetchall()

    def _run_many(self, sql: str, rows: Sequence[tuple[object, ...]]) -> None:
        assert self._db is not None
        self._db.executemany(sql, rows)
