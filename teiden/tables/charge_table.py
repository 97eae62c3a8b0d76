"""Every battery's charge: as it was told, and on an even grid of time: `tables.charges`, `charges_at`."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from sequencer.events import Source
from teiden.tables.runs import of_runs
from teiden.tables.schemas import CHARGES, CHARGES_AT, names
from teiden.tables.told import Kept, Told, told

if TYPE_CHECKING:
    import pandas as pd

Row = tuple[float, str, float, float]


@of_runs
def charges(source: Kept) -> pd.DataFrame:
    """`t, ups, charge_pct, runtime_s` where its slope changes, by time; see `schemas.CHARGES`."""
    import pandas as pd

    frame = pd.DataFrame(_rows(told(source)), columns=names(CHARGES))
    return frame.astype(dict.fromkeys(("t", "charge_pct", "runtime_s"), "float64"))


@of_runs
def charges_at(source: Kept, *, every_s: float) -> pd.DataFrame:
    """`t, ups, charge_pct` at 0, `every_s`, 2 `every_s` ... seconds, battery by battery.

    Straight lines between what was told; no rows before the first telling of a battery or after the last.
    """
    import numpy as np
    import pandas as pd

    if not (every_s > 0 and math.isfinite(every_s)):
        raise ValueError(f"every_s: {every_s} is no distance in time; it takes a number above 0")
    lines: dict[str, tuple[list[float], list[float]]] = {}
    for t, ups, charge_pct, _ in _rows(told(source)):
        at, line = lines.setdefault(ups, ([], []))
        at.append(t)
        line.append(charge_pct)
    parts = []
    for ups, (at, line) in lines.items():
        # Steps are counted and not added up, so that the hundredth is where it belongs.
        grid = np.arange(math.ceil(at[0] / every_s), math.floor(at[-1] / every_s) + 1) * float(every_s)
        parts.append(pd.DataFrame({"t": grid, "ups": ups, "charge_pct": np.interp(grid, at, line)}))
    if parts:
        return pd.concat(parts, ignore_index=True)
    empty = pd.DataFrame(columns=names(CHARGES_AT))
    return empty.astype({"t": "float64", "ups": "str", "charge_pct": "float64"})


def _rows(run: Told) -> list[Row]:
    """In the order of time; the room's own, where the room tells facts."""
    rows: dict[Source, list[Row]] = {source: [] for source in Source}
    factual = False
    for columns in run.columns():
        factual = factual or Source.FACT in columns.source
        if "ups.charge" not in columns.name:
            continue
        rows_of = zip(columns.name, columns.source, columns.t, columns.subject, columns.details, strict=True)
        for name, source, t, ups, details in rows_of:
            charge_pct = _number(details.get("charge_pct"))
            if name == "ups.charge" and not math.isnan(charge_pct):
                rows[source].append((t, ups, charge_pct, _number(details.get("runtime_s"))))
    return sorted(rows[Source.FACT if factual else Source.SEEN], key=lambda row: row[0])


def _number(value: Any) -> float:
    """A stream of another make may hold anything here; what is no number says nothing."""
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else math.nan
