"""Who was in which state from when to when: `tables.states`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sequencer.events import NAMES, Event, Source
from teiden.garbage import few_collections
from teiden.reading.columns import Columns
from teiden.states import interval_rows
from teiden.tables.runs import of_runs
from teiden.tables.schemas import NUMBER, STATES, names
from teiden.tables.told import Kept, Told, told

if TYPE_CHECKING:
    import pandas as pd

Who = tuple[str, str, str]
"""What is told, of whom, by whom."""
SET_STATES = frozenset(("run.started", *(name for name, meaning in NAMES.items() if meaning.aspect)))


@of_runs
def states(source: Kept) -> pd.DataFrame:
    """`t0, t1, subject, group, aspect, state`; see `schemas.STATES`.

    A device has several sides, its aspects; of each the states follow one another without gap or overlap
    from where it is first known to the end of the run.
    """
    import pandas as pd

    with few_collections():
        rows = list(interval_rows(list(_telling(told(source)))))
    columns = zip(*rows, strict=True) if rows else [()] * len(STATES)
    types = [c.type if c.type == NUMBER else "str" for c in STATES]
    made = zip(names(STATES), columns, types, strict=True)
    return pd.DataFrame({name: pd.Series(column, dtype=kind) for name, column, kind in made})


def _telling(run: Told) -> Iterator[Event]:
    """The events that states are made of, which of a long run are a quarter.

    Those that set one, and of a room that tells facts only these; of all others the first about each
    subject by each node, for they tell what there is and who watches it; and the latest, for the last state
    lasts until then.
    """
    known: set[Who] = set()
    latest: Event | None = None
    factual = False
    for columns in run.columns():
        factual = factual or Source.FACT in columns.source
        wanted = [
            name in SET_STATES and (source is Source.FACT or not factual)
            for name, source in zip(columns.name, columns.source, strict=True)
        ]
        for n in _first(columns, known):
            wanted[n] = True
        yield from columns.only(wanted).events()
        if columns.t and (latest is None or max(columns.t) > latest.t):
            last = columns.t.index(max(columns.t))
            [latest] = columns.only([n == last for n in range(len(columns))]).events()
    if latest is not None:
        yield latest


def _first(columns: Columns, known: set[Who]) -> list[int]:
    """Where somebody tells something of a subject for the first time."""
    told = list(zip(columns.name, columns.subject, columns.by, strict=True))
    new = set(told) - known
    known |= new
    return [told.index(who) for who in new]
