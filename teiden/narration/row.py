"""One line of the story of a run, as a value; how it is shown is for `table.py`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from sequencer.events import Event

WIDEST_WHAT = 54
"""Columns: two things are said in one row as long as it stays readable; with a reason it fills a terminal."""


class Importance(Enum):
    TROUBLE = "trouble"
    """What must not happen, or only loudly: alarms, losses, refusals, broken rules."""
    MAIN = "main"
    """What an operator would write into the log book."""
    DETAIL = "detail"
    """Follows from a row above, or nobody asks; shown on request."""


@dataclass(frozen=True, slots=True)
class Row:
    t: float
    """Seconds since the start of the run."""
    what: str
    because: str
    importance: Importance
    events: tuple[Event, ...] = ()
    """What it was made from."""
    opens: bool = False
    """The mains go again after an incident was closed: a new chapter."""
