"""Reads the samples that a service has kept, also while it writes more."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from realtime.samples.schema import DAY_S, FILE, KEPT_S, SUMS, SUMS_OF_HOURS, opened_to_read
from realtime.samples.stretches import Stretch, stretch_of


class NoReadings(Exception):
    """Nothing is there to be told, and why."""


@dataclass(frozen=True, slots=True)
class Sums:
    """Over samples of one UPS; the columns of `realtime.samples.schema.SUMS`."""

    times: int = 0
    heard: int = 0
    output_on: int = 0
    on_battery: int = 0
    low_battery: int = 0
    charge_least: int | None = None
    runtime_least: int | None = None
    load_most: int | None = None
    load_sum: int = 0
    load_times: int = 0
    full_sum: int = 0
    full_times: int = 0


class Row(NamedTuple):
    """`times` samples, one after the other, that were alike; None: not heard, or not told."""

    at: int
    ups: str
    times: int
    mains: bool | None
    output_on: bool | None
    on_battery: bool | None
    low_battery: bool | None
    charge_pct: float | None
    runtime_s: int | None
    load_pct: float | None


class Day(NamedTuple):
    day: int
    """Since 1970, UTC."""
    full_runtime_s: float | None
    """Mean of what it told at full charge."""
    load_pct: float | None


class Step(NamedTuple):
    """Of a picture."""

    at: int
    charge_pct: float | None
    """The least."""
    load_pct: float | None
    on_battery: int
    """0: never in this step."""


class Kept:
    """`with kept(folder)` opens it. Any question may raise NoReadings."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self.numbers: dict[str, int] = dict(self._ask("SELECT name, number FROM upses ORDER BY number"))
        ((until,),) = self._ask("SELECT max(until) FROM lives")
        self.until: int | None = until
        """When the last sample was taken."""

    def sums(self, ups: str, since: int) -> Sums:
        """Of whole samples where they are still kept, of hours where they are not."""
        if self.until is None or since >= self.until - KEPT_S - DAY_S:
            return self._sums(f"SELECT {SUMS} FROM readings WHERE ups = ? AND at >= ?", ups, since)
        return self.sums_of_hours(ups, since)

    def sums_of_hours(self, ups: str, since: int) -> Sums:
        """Quick, and up to five minutes old."""
        return self._sums(f"SELECT {SUMS_OF_HOURS} FROM hours WHERE ups = ? AND at >= ?", ups, since)

    def _sums(self, sql: str, ups: str, since: int) -> Sums:
        (row,) = self._ask(sql, self.numbers[ups], since)
        return Sums() if row[0] is None else Sums(*row)

    def last(self, ups: str, since: int) -> Row | None:
        """The last that was heard."""
        how = "AND mains IS NOT NULL ORDER BY at DESC LIMIT 1"
        found = (self._rows(how, ups, since, table=table) for table in ("recent", "samples"))
        return next((row for rows in found for row in rows), None)

    def rows(self, ups: str, since: int) -> Iterator[Row]:
        return self._rows("ORDER BY at", ups, since)

    def _rows(self, how: str, ups: str, since: int, *, table: str = "readings") -> Iterator[Row]:
        sql = f"""SELECT at, times, mains, output_on, on_battery, low_battery, charge_permille, runtime_s,
            load_permille FROM {table} WHERE ups = ? AND at >= ? {how}"""
        try:
            for row in self._db.execute(sql, (self.numbers[ups], since)):
                at, times, mains, output_on, on_battery, low_battery, charge, runtime_s, load = row
                flags = _flag(mains), _flag(output_on), _flag(on_battery), _flag(low_battery)
                yield Row(at, ups, times, *flags, _pct(charge), runtime_s, _pct(load))
        except sqlite3.Error as error:
            raise NoReadings(str(error)) from None

    def stretches(self, ups: str, kind: str, since: int) -> list[Stretch]:
        """Those that ended after it, or have not ended; the oldest first."""
        rows = self._ask(
            "SELECT * FROM stretches WHERE ups = ? AND kind = ? AND (until >= ? OR NOT over) ORDER BY began",
            *(self.numbers[ups], kind, since),
        )
        return [stretch_of(ups, row) for row in rows]

    def loads(self, one: Stretch) -> list[tuple[float, int]]:
        """On battery in this stretch: each load, as a fraction of full, and how many samples told it."""
        rows = self._ask(
            """SELECT load_permille / 1000.0, sum(times) FROM readings WHERE ups = ? AND at BETWEEN ? AND ?
            AND on_battery AND load_permille IS NOT NULL GROUP BY load_permille""",
            *(self.numbers[one.ups], one.began, one.until),
        )
        return [(load, times) for load, times in rows]

    def days(self, ups: str) -> list[Day]:
        """All that are kept."""
        sql = """SELECT day, full_sum * 1.0 / nullif(full_times, 0), load_sum / 10.0 / nullif(load_times, 0)
            FROM days WHERE ups = ? ORDER BY day"""
        return [Day(*row) for row in self._ask(sql, self.numbers[ups])]

    def course(self, since: int, step_s: int) -> dict[str, list[Step]]:
        """Of every UPS, from the hours; `step_s` of some of them."""
        found: dict[str, list[Step]] = {name: [] for name in self.numbers}
        sql = """SELECT name, at / :step * :step AS step, min(charge_least) / 10.0,
            sum(load_sum) / 10.0 / nullif(sum(load_times), 0), max(on_battery) > 0
            FROM upses CROSS JOIN hours ON ups = number AND at >= :since
            GROUP BY number, step ORDER BY number, step"""
        for name, *step in self._ask(sql, {"since": since, "step": step_s}):
            found[name].append(Step(*step))
        return found

    def curve(self, ups: str, since: int, step_s: int) -> list[Step]:
        """Of one UPS, from its samples, so that a minute on battery is seen; its load is the greatest."""
        sql = """SELECT at / :step * :step, min(charge_permille) / 10.0, max(load_permille) / 10.0,
            coalesce(max(on_battery), 0)
            FROM readings WHERE ups = :ups AND at >= :since GROUP BY 1 ORDER BY 1"""
        rows = self._ask(sql, {"step": step_s, "ups": self.numbers[ups], "since": since})
        return [Step(*row) for row in rows]

    def _ask(self, sql: str, *values: object) -> list[Any]:
        named = values[0] if values and isinstance(values[0], dict) else values
        try:
            return self._db.execute(sql, named).fetchall()
        except sqlite3.Error as error:
            raise NoReadings(str(error)) from None


@contextmanager
def kept(folder: str | Path) -> Iterator[Kept]:
    """Raises NoReadings where there are none, or they cannot be read."""
    path = Path(folder) / FILE
    if not path.parent.is_dir() or not path.exists():
        missing = path if path.parent.is_dir() else path.parent
        raise NoReadings(f"{missing}: No such file or directory")
    try:
        db = opened_to_read(path)
    except sqlite3.Error as error:
        raise NoReadings(f"{path}: {error}") from None
    try:
        yield Kept(db)
    except NoReadings as error:
        raise NoReadings(f"{path}: {error}") from None
    finally:
        db.close()


def _pct(permille: int | None) -> float | None:
    return None if permille is None else permille / 10


def _flag(value: int | None) -> bool | None:
    return None if value is None else bool(value)
