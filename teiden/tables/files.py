"""Tables as files, CSV or Parquet by the name's ending: `tables.save`, and `load` to have them back."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import PurePath
from typing import IO, TYPE_CHECKING, Any

from teiden.files.source import InputError, Place, Problem
from teiden.tables.schemas import EVENTS, RUN, SCHEMAS, Column

if TYPE_CHECKING:
    import pandas as pd

SUFFIXES = (".csv", ".parquet")
NUMBERS = "%.12g"
"""No digit that differs from machine to machine, and every one that a room can tell."""


class NeedsPyarrow(ImportError):
    """Parquet is written and read by pyarrow, which is an extra."""

    def __init__(self, path: str) -> None:
        super().__init__(f"{path}: Parquet needs pyarrow; install teiden[parquet], or end the name in .csv")


def save(frame: pd.DataFrame, path: str | os.PathLike[str], *, bom: bool = False) -> None:
    """Write a table; the same table gives the same bytes, Parquet those of one version of pyarrow.

    `bom`: a CSV begins with a byte order mark, by which spreadsheet programs know UTF-8. A path that cannot
    be written raises `OSError`, another ending `InputError`, a missing pyarrow `NeedsPyarrow`.
    """
    name = os.fspath(path)
    if suffix(name) == ".parquet":
        _parquet(frame, name)
        return
    with open(name, "w", encoding="utf-8", errors="backslashreplace", newline="") as file:
        file.write("\ufeff" if bom else "")
        write_csv(frame, file)


def write_csv(frame: pd.DataFrame, file: IO[str]) -> None:
    """Commas, quotes only where they are needed, "\\n"; times as in event files; missing values are empty."""
    import pandas as pd

    times = {str(n): _iso(frame[n]) for n in frame if isinstance(frame[n].dtype, pd.DatetimeTZDtype)}
    frame.assign(**times).to_csv(file, index=False, lineterminator="\n", float_format=NUMBERS)


def _iso(times: pd.Series[Any]) -> Any:
    """`2026-11-20T14:10:00.000+09:00`."""
    import numpy as np
    import pandas as pd

    utc = times.dt.tz_convert("UTC").dt.tz_localize(None).to_numpy("datetime64[ms]")
    local = times.dt.tz_localize(None).to_numpy("datetime64[ms]")
    minutes, which = np.unique((local - utc).astype("timedelta64[m]").astype("int64"), return_inverse=True)
    offsets = np.array([_offset(int(n)) for n in minutes], dtype="str")
    texts = pd.Series(np.char.add(np.datetime_as_string(local, unit="ms"), offsets[which]), index=times.index)
    return texts.where(times.notna())


def _offset(minutes: int) -> str:
    sign, size = ("-", -minutes) if minutes < 0 else ("+", minutes)
    return f"{sign}{size // 60:02}:{size % 60:02}"


def _parquet(frame: pd.DataFrame, path: str) -> None:
    try:
        import pyarrow  # noqa: F401
    except ImportError:
        raise NeedsPyarrow(path) from None
    frame.to_parquet(path, engine="pyarrow", index=False, compression="zstd")


def load(path: str | os.PathLike[str]) -> pd.DataFrame:
    """Read back what `save` wrote, with the types of its columns.

    A CSV knows offsets and no zones: its times come back in UTC.
    """
    import pandas as pd

    name = os.fspath(path)
    if suffix(name) == ".csv":
        frame = pd.read_csv(name, dtype="str", keep_default_na=False, encoding="utf-8-sig")
        return frame.assign(**{column: _typed(frame[column], kind) for column, kind in _types(frame).items()})
    try:
        import pyarrow  # noqa: F401
    except ImportError:
        raise NeedsPyarrow(name) from None
    return pd.read_parquet(name, engine="pyarrow")


def _types(frame: pd.DataFrame) -> Mapping[str, str]:
    """By the table this is; a column that is in none has numbers if all of it are."""
    columns = set(frame.columns)
    known: tuple[Column, ...] = next(
        (schema for schema in SCHEMAS.values() if {c.name for c in schema} == columns - {RUN.name}), ()
    )
    if not known and {c.name for c in EVENTS[:-1]} <= columns:  # with details of its own
        known = EVENTS[:-1]
    return {
        **dict.fromkeys(frame.columns, ""),
        **{c.name: c.type for c in (*known, RUN) if c.name in columns},
    }


def _typed(texts: pd.Series[Any], kind: str) -> Any:
    import pandas as pd

    match kind:
        case "text":
            return texts
        case "category":
            return pd.Categorical(texts, categories=list(dict.fromkeys(texts)))
        case "time":
            return pd.to_datetime(texts.where(texts != ""), format="ISO8601", utc=True).dt.as_unit("ms")
        case "bool":
            return texts == "True"
        case "":
            try:
                return pd.to_numeric(texts.where(texts != ""))
            except ValueError:
                return texts
        case "int64":
            return pd.to_numeric(texts).astype("int64")
        case _:
            return pd.to_numeric(texts.where(texts != "")).astype("float64")


def suffix(path: str) -> str:
    """Of a file that can be a table; `InputError` otherwise."""
    found = PurePath(path).suffix.lower()
    if found not in SUFFIXES:
        what = f"cannot write a {found!r} table" if found else "does not say which kind of table to write"
        raise InputError([Problem(Place(path), what, f"end its name in {' or '.join(SUFFIXES)}")])
    return found
