"""The tidy table of a sweep, a row a run, made from its journal without ever holding all of it."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

from teiden.language.say import t
from teiden.sweep.journal import rows
from teiden.sweep.trouble import CannotGoOn

ROWS = 10_000
"""Of a Parquet file are written at once."""


def write_csv(folder: Path, columns: Mapping[str, type], path: Path) -> None:
    """UTF-8, one header, empty where a run has no such value; `true` and `false`."""
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(columns)
        for row in rows(folder):
            table.writerow([_cell(row.get(name)) for name in columns])


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else value


def write_parquet(folder: Path, columns: Mapping[str, type], path: Path) -> None:
    """The same columns with their types: whole numbers, numbers, truth, text."""
    pa, pq = parquet()
    kinds = {int: pa.int64(), float: pa.float64(), bool: pa.bool_()}
    schema = pa.schema([(name, kinds.get(kind, pa.string())) for name, kind in columns.items()])
    with pq.ParquetWriter(str(path), schema) as writer:
        for batch in _batches(rows(folder)):
            writer.write_batch(pa.RecordBatch.from_pylist(_typed(batch, columns), schema=schema))


def parquet() -> tuple[Any, Any]:
    """`pyarrow` and its Parquet; CannotGoOn where they are not installed."""
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        raise CannotGoOn(
            t("--parquet needs the extra teiden[parquet]: pip install 'teiden[parquet]'")
        ) from None
    return pyarrow, pyarrow.parquet


def _batches(found: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    while batch := list(islice(found, ROWS)):
        yield batch


def _typed(batch: list[dict[str, Any]], columns: Mapping[str, type]) -> list[dict[str, Any]]:
    """A number that happens to be whole stays a number among numbers."""
    return [{name: _as(kind, row.get(name)) for name, kind in columns.items()} for row in batch]


def _as(kind: type, value: Any) -> Any:
    if value is None or kind is type(None):
        return value
    return kind(value)
