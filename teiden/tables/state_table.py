"""Who was in which state from when to when: `tables.states`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sequencer.events import NAMES, Event
from teiden.garbage import few_collections
from teiden.states import interval_rows
from teiden.tables.runs import of_runs
from teiden.tables.schemas import NUMBER, STATES, names
from teiden.tables.told import Kept, Told, told

if TYPE_CHECKING:
    import pandas as pd

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
    """The events that states are made of, which of a long run are half.

    Those that set one; of all others the first about each subject by each node, for they tell what there is
    and who watches it; and the latest, for the last state lasts until then.
    """
    known: set[tuple[str, str, str]] = set()
    latest: Event | None = None
    for columns in run.columns():
        for event in columns.events():
            if latest is None or event.t > latest.t:
                latest = event
            if event.name in SET_STATES:
                yield event
            elif (who := (event.name, event.subject, event.by)) not in known:
                known.add(who)
                yield event
    if latest is not None and latest.name not in SET_STATES:
        yield latest
