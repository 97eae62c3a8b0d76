"""The database of samples: its tables, how long each is kept, and how whoever reads opens it.

Whoever writes and whoever reads are different processes, so this is their contract. Times are whole seconds
since 1970, UTC. NULL is "nobody knows": all values of a sample are NULL where the UPS was not heard.
"""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from urllib.parse import quote

FILE = "statistics.db"
"""Beside the event files."""
VERSION = 1
EVERY_S = 10.0
"""Of wall time, between two samples."""
BUSY_S = 1.0
"""How long the thread that writes waits for somebody who has locked it."""
BLOCK_S = 300
"""What has not changed is one row for no longer than this; blocks begin at whole five minutes."""
HOUR_S = 3600
DAY_S = 86_400
KEPT_S = 7 * DAY_S
"""Samples in full."""
HOURS_KEPT_S = 400 * DAY_S
"""Roll-ups, and outages: a whole year can be laid beside the one before."""

SAMPLE = """ups INTEGER NOT NULL, at INTEGER NOT NULL, times INTEGER NOT NULL,
    mains INTEGER, output_on INTEGER, on_battery INTEGER, low_battery INTEGER,
    charge_permille INTEGER, runtime_s INTEGER, load_permille INTEGER"""
TABLES = f"""
CREATE TABLE upses (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE samples ({SAMPLE}, PRIMARY KEY (ups, at)) STRICT, WITHOUT ROWID;
CREATE TABLE recent ({SAMPLE}, PRIMARY KEY (at, ups)) STRICT, WITHOUT ROWID;
CREATE VIEW readings AS SELECT * FROM samples UNION ALL SELECT * FROM recent;
CREATE TABLE hours (
    ups INTEGER NOT NULL, at INTEGER NOT NULL, times INTEGER NOT NULL, heard INTEGER NOT NULL,
    output_on INTEGER NOT NULL, on_battery INTEGER NOT NULL, low_battery INTEGER NOT NULL,
    charge_least INTEGER, runtime_least INTEGER, load_most INTEGER,
    load_sum INTEGER NOT NULL, load_times INTEGER NOT NULL,
    full_sum INTEGER NOT NULL, full_times INTEGER NOT NULL,
    PRIMARY KEY (ups, at)
) STRICT, WITHOUT ROWID;
CREATE TABLE days (
    ups INTEGER NOT NULL, day INTEGER NOT NULL, full_sum INTEGER NOT NULL, full_times INTEGER NOT NULL,
    load_sum INTEGER NOT NULL, load_times INTEGER NOT NULL, PRIMARY KEY (ups, day)
) STRICT, WITHOUT ROWID;
CREATE TABLE stretches (
    ups INTEGER NOT NULL, kind TEXT NOT NULL CHECK (kind IN ('outage', 'battery')), began INTEGER NOT NULL,
    until INTEGER NOT NULL, over INTEGER NOT NULL, charge_from INTEGER, charge_least INTEGER,
    load_sum INTEGER NOT NULL, load_times INTEGER NOT NULL,
    PRIMARY KEY (ups, kind, began)
) STRICT, WITHOUT ROWID;
CREATE TABLE lives (began INTEGER PRIMARY KEY, until INTEGER NOT NULL, samples INTEGER NOT NULL) STRICT;
"""
"""`samples`: `times` samples in a row, from `at` on, that were all alike; `recent`: those of the five minutes
under way, in time and not by UPS, so that they are written side by side; `readings`: both. `hours`: how many
of an hour's samples were so, and sums to make means of; `full_*`: the runtime told at full charge with the
mains there. `days`: since 1970, UTC; those sums once more, for trends. `stretches`: `outage`, no mains until
they were seen again; `battery`, on battery."""

FULL_PERMILLE = 995
"""A battery counts for full from here on: cards round, and a float charge never quite arrives."""

SUMS = f"""sum(times), coalesce(sum(times) FILTER (WHERE mains IS NOT NULL), 0),
    coalesce(sum(times * output_on), 0), coalesce(sum(times * on_battery), 0),
    coalesce(sum(times * low_battery), 0), min(charge_permille), min(runtime_s), max(load_permille),
    coalesce(sum(times * load_permille), 0),
    coalesce(sum(times) FILTER (WHERE load_permille IS NOT NULL), 0),
    coalesce(sum(times * runtime_s) FILTER (WHERE charge_permille >= {FULL_PERMILLE} AND mains), 0),
    coalesce(sum(times) FILTER (WHERE charge_permille >= {FULL_PERMILLE} AND mains
        AND runtime_s IS NOT NULL), 0)"""
"""Of samples; the columns of `hours` after `at`."""
SUMS_OF_HOURS = """sum(times), sum(heard), sum(output_on), sum(on_battery), sum(low_battery),
    min(charge_least), min(runtime_least), max(load_most), sum(load_sum), sum(load_times),
    sum(full_sum), sum(full_times)"""
"""The same, of hours."""


class OtherVersion(sqlite3.DatabaseError):
    """Another version of ours has written it."""


def opened_to_write(path: Path) -> sqlite3.Connection:
    """Made if it is not there. Raises sqlite3.Error, OSError."""
    if not path.exists():
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640))
    connection = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None, check_same_thread=False)
    try:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")
        connection.execute("PRAGMA journal_size_limit=16777216")
        connection.execute("PRAGMA temp_store=MEMORY")  # else a quarter of what is written is for nobody
        if _version(connection) == 0:
            connection.executescript(f"BEGIN; {TABLES} PRAGMA user_version = {VERSION}; COMMIT;")
    except BaseException:
        connection.close()
        raise
    return connection


def opened_to_read(path: Path) -> sqlite3.Connection:
    """While the service writes, too: each question sees one instant. Raises sqlite3.Error."""
    name = quote(str(path.absolute()))
    try:
        return _readable(f"file:{name}?mode=ro")
    except sqlite3.OperationalError:
        if not path.is_file() or Path(f"{path}-wal").exists():
            raise
        # Nobody writes, and we may not make the files beside it that a reader needs otherwise.
        return _readable(f"file:{name}?mode=ro&immutable=1")


def _readable(uri: str) -> sqlite3.Connection:
    connection = sqlite3.connect(uri, uri=True, timeout=2.0, isolation_level=None, check_same_thread=False)
    try:
        if _version(connection) == 0:
            raise OtherVersion("nothing has been written yet")
        connection.execute("SELECT 1 FROM lives LIMIT 1").fetchone()
    except BaseException:
        connection.close()
        raise
    return connection


def _version(connection: sqlite3.Connection) -> int:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version not in (0, VERSION):
        raise OtherVersion(f"format {version}; this version knows {VERSION}")
    return int(version)
