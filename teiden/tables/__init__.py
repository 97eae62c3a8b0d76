"""A run as tidy pandas frames: `tables.events`, `states`, `charges`, `margins`, and `save` as CSV or Parquet.

Each takes a rehearsal, a recording, a sequence of events or the path of an event file; or several of them
by name, which gives one frame with a column `run`. Columns, units and types stand in `tables.schemas`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from teiden.tables.charge_table import charges, charges_at
    from teiden.tables.event_table import events
    from teiden.tables.files import load, save
    from teiden.tables.state_table import states
    from teiden.tables.verdict_table import expectations, invariants, lowest_charge, margins

__all__ = [
    "charges",
    "charges_at",
    "events",
    "expectations",
    "invariants",
    "load",
    "lowest_charge",
    "margins",
    "save",
    "states",
]
_STANDS_IN = {
    "charges": "charge_table",
    "charges_at": "charge_table",
    "events": "event_table",
    "expectations": "verdict_table",
    "invariants": "verdict_table",
    "load": "files",
    "lowest_charge": "verdict_table",
    "margins": "verdict_table",
    "save": "files",
    "states": "state_table",
}


def __getattr__(name: str) -> Any:
    """What is asked for is loaded then, and pandas with it."""
    if name not in _STANDS_IN:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_STANDS_IN[name]}"), name)
