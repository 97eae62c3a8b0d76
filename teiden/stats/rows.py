"""Every reading of the last days as CSV or Parquet, UPS by UPS, in time; a row of `times` like ones."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice

from teiden.stats.samples import Kept, Row
from teiden.sweep.table import parquet

COLUMNS = ("time", "ups", *Row._fields[3:], "times")
BATCH = 50_000


def cells(kept: Kept, since: int) -> Iterator[tuple[object, ...]]:
    for ups in kept.numbers:
        for row in kept.rows(ups, since):
            yield (datetime.fromtimestamp(row.at, UTC), ups, *row[3:], row.times)


def print_csv(kept: Kept, since: int) -> None:
    """Line by line: a hall's week is twelve million of them."""
    table = csv.writer(sys.stdout, lineterminator="\n")
    table.writerow(COLUMNS)
    for at, *rest in cells(kept, since):
        assert isinstance(at, datetime)
        table.writerow((at.isoformat(), *map(_cell, rest)))


def write_parquet(kept: Kept, since: int, path: str) -> None:
    """Raises CannotGoOn without pyarrow, OSError."""
    pa, pq = parquet()
    flag = pa.bool_()
    kinds = (
        *(pa.timestamp("s", tz="UTC"), pa.string(), flag, flag, flag, flag),
        *(pa.float64(), pa.int64(), pa.float64(), pa.int64()),
    )
    schema = pa.schema(list(zip(COLUMNS, kinds, strict=True)))
    told = cells(kept, since)
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        while batch := list(islice(told, BATCH)):
            columns = [
                pa.array(column, kind) for column, kind in zip(zip(*batch, strict=True), kinds, strict=True)
            ]
            writer.write_batch(pa.RecordBatch.from_arrays(columns, schema=schema))


def _cell(value: object) -> object:
    return "" if value is None else str(value).lower() if isinstance(value, bool) else value
