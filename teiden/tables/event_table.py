"""Every event of a run as a row: `tables.events`."""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sequencer.events import NAMES, Source
from teiden.garbage import few_collections
from teiden.reading.columns import Columns, rounded
from teiden.tables.runs import of_runs
from teiden.tables.told import Kept, Told, told

if TYPE_CHECKING:
    import pandas as pd


@of_runs
def events(source: Kept, *, details: Sequence[str] | None = None) -> pd.DataFrame:
    """`t, time, event, subject, by, source, details`; see `schemas.EVENTS`.

    `details` names those that get a column of their own, in place of all of them as JSON: `["command",
    "reason"]`. Such a column holds numbers, truths or texts, and is missing where an event has none.
    """
    run, rows = told(source), _Rows(details)
    with few_collections():
        for columns in run.columns():
            rows.take(columns)
    return rows.frame(run)


class _Codes(dict[str, int]):
    """Numbers for texts, in the order in which they are met."""

    def __missing__(self, text: str) -> int:
        self[text] = number = len(self)
        return number


class _Rows:
    """Grows column by column; texts that repeat themselves are kept once and numbered."""

    def __init__(self, details: Sequence[str] | None) -> None:
        self.wanted = details
        self.t = array("d")
        self.numbers = {name: array("I") for name in ("event", "subject", "by", "source")}
        self.codes = {name: _Codes() for name in self.numbers}
        self.codes["event"].update({name: number for number, name in enumerate(NAMES)})
        self.codes["source"].update({source.value: number for number, source in enumerate(Source)})
        self.details: list[str] = []
        self.chosen: dict[str, list[Any]] = {key: [] for key in details or ()}

    def take(self, columns: Columns) -> None:
        self.t.extend(columns.t)
        of_source = {source: self.codes["source"][source.value] for source in Source}
        self.numbers["event"].extend(map(self.codes["event"].__getitem__, columns.name))
        self.numbers["subject"].extend(map(self.codes["subject"].__getitem__, columns.subject))
        self.numbers["by"].extend(map(self.codes["by"].__getitem__, columns.by))
        self.numbers["source"].extend(map(of_source.__getitem__, columns.source))
        if self.wanted is None:
            self.details.extend(columns.json())
        for key, column in self.chosen.items():
            column.extend(rounded(details.get(key)) for details in columns.details)

    def frame(self, run: Told) -> pd.DataFrame:
        import numpy as np
        import pandas as pd

        t = np.frombuffer(self.t, dtype="float64").copy() if self.t else np.empty(0)
        columns: dict[str, Any] = {"t": t, "time": _time(t, run)}
        for name in self.numbers:
            columns[name] = self._categories(name, _announced(run) if name == "subject" else ())
        if self.wanted is None:
            columns["details"] = pd.Series(self.details, dtype="str")
        columns |= {key: _of_one_kind(values) for key, values in self.chosen.items()}
        return pd.DataFrame(columns)

    def _categories(self, name: str, first: Iterable[str]) -> pd.Categorical:
        """Only those that occur; `first` in this order, then as they were met."""
        import numpy as np
        import pandas as pd

        codes = self.codes[name]
        numbers = np.frombuffer(self.numbers[name], dtype="uint32") if self.t else np.empty(0, "uint32")
        occurring = np.bincount(numbers, minlength=len(codes)) > 0
        order = [text for text in dict.fromkeys((*first, *codes)) if text in codes and occurring[codes[text]]]
        place = np.full(len(codes), -1, dtype="int32")
        for number, text in enumerate(order):
            place[codes[text]] = number
        return pd.Categorical.from_codes(place[numbers], categories=pd.Index(order, dtype="str"))


def _announced(run: Told) -> Iterable[str]:
    devices = run.header.get("devices")
    return map(str, devices) if isinstance(devices, Mapping) else ()


def _time(t: Any, run: Told) -> pd.Series[pd.Timestamp]:
    """`start` plus `t`, to the millisecond, as event files write it; missing where no start is known."""
    import numpy as np
    import pandas as pd

    if run.start is None:
        instants = np.full(len(t), np.datetime64("NaT", "ms"))
    else:
        start_ms = (run.start - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
        instants = (start_ms + np.rint(t * 1000).astype("int64")).astype("datetime64[ms]")
    times: pd.Series[pd.Timestamp] = pd.Series(instants).dt.tz_localize("UTC").dt.tz_convert(run.zone)
    return times


def _of_one_kind(values: list[Any]) -> pd.Series[Any]:
    """A column of numbers, of truths, or else of texts; what has parts of its own becomes JSON."""
    import pandas as pd

    kinds = {type(value) for value in values if value is not None}
    if kinds and kinds <= {int, float}:
        return pd.Series(values, dtype="float64")
    if kinds == {bool}:
        return pd.Series(values, dtype="boolean")
    return pd.Series([None if value is None else _text(value) for value in values])


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
