"""Every moment of a run that deserves a flag: the runbook's, what somebody decided, what went wrong."""

from __future__ import annotations

from collections.abc import Sequence

from sequencer.events import Event
from teiden.judge.history import History
from teiden.plots.moment import Moment
from teiden.plots.news import news
from teiden.plots.outages import Outage, outages
from teiden.plots.rows import Row
from teiden.plots.runbook import runbook
from teiden.plots.troubles import troubles
from teiden.plots.zero import Clock, zero_of

__all__ = ["Moment", "moments"]


def moments(
    events: Sequence[Event],
    rows: Sequence[Row],
    clock: Clock | None = None,
    *,
    history: History | None = None,
    darks: Sequence[Outage] | None = None,
) -> list[Moment]:
    """In the order of time; of those at one time, what matters most comes first.

    `history` and `darks`: of the same events, where somebody has them already.
    """
    history = history if history is not None else History(events)
    darks = darks if darks is not None else outages(events)
    clock = clock if clock is not None else Clock(None, zero_of(history, darks))
    found = [*runbook(history, rows, darks), *news(history, clock), *troubles(history, rows)]
    return sorted(found, key=lambda m: (m.t, m.rank))
