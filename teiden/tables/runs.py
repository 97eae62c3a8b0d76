"""The same table of several runs, one below the other, with a column that says whose row it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeAlias

from sequencer.events import NAMES
from teiden.tables.schemas import RUN
from teiden.tables.told import Kept

if TYPE_CHECKING:
    import pandas as pd

P = ParamSpec("P")
Runs: TypeAlias = "Kept | Mapping[str, Kept]"


def of_runs(
    table: Callable[Concatenate[Kept, P], pd.DataFrame],
) -> Callable[Concatenate[Runs, P], pd.DataFrame]:
    """Let a table be given runs by name: `states({"before": rehearsal, "after": "after.jsonl"})`."""

    @wraps(table)
    def of(source: Runs, /, *args: P.args, **settings: P.kwargs) -> pd.DataFrame:
        if not isinstance(source, Mapping):
            return table(source, *args, **settings)
        return joined({name: table(kept, *args, **settings) for name, kept in source.items()})

    return of


def joined(frames: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Frames of one kind as one; `run` has the names in the order in which they were given."""
    import pandas as pd

    if not frames:
        raise ValueError("no run is given")
    alike = _alike(list(frames.values()))
    frame = pd.concat(alike, ignore_index=True)
    codes = [number for number, part in enumerate(alike) for _ in range(len(part))]
    run = pd.Categorical.from_codes(codes, categories=pd.Index(list(frames), dtype="str"))
    return pd.concat([pd.Series(run, name=RUN.name), frame], axis="columns")


def _alike(frames: list[pd.DataFrame]) -> list[pd.DataFrame]:
    """Give a column the same type in each: pandas would join different categories or zones to objects."""
    import pandas as pd

    for name in frames[0].columns:
        parts = [frame[name] for frame in frames if name in frame.columns]
        if all(isinstance(part.dtype, pd.CategoricalDtype) for part in parts):
            every = _in_order(category for part in parts for category in part.cat.categories)
            frames = [frame.assign(**{name: frame[name].cat.set_categories(every)}) for frame in frames]
        elif len({part.dtype for part in parts}) > 1 and isinstance(parts[0].dtype, pd.DatetimeTZDtype):
            frames = [frame.assign(**{name: frame[name].dt.tz_convert("UTC")}) for frame in frames]
    return frames


def _in_order(categories: Iterable[str]) -> list[str]:
    """Events in the order of the vocabulary, others as they are met."""
    met = list(dict.fromkeys(categories))
    return [name for name in NAMES if name in met] if set(met) <= NAMES.keys() else met
