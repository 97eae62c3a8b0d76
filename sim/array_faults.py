"""What can be wrong with one pretend array: each the fault of the catalogue it names."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class ArrayFaults:
    flush_times: float = 1.0
    """A1: a flush takes so many times as long."""
    flush_never_ends: bool = False
    """A2."""
    flush_refused: bool = False
    """It was not set up to permit us (R4-03)."""
    unreachable: bool = False
    """A3: no answer on the network; the array itself works."""
    writes_after_s: float | None = None
    """A4: so long after a flush was answered somebody writes once more."""
    controller_dead: bool = False
    """A5: one of two controllers is dead; the other writes both their caches to disk."""
    told_ready_s: float | None = None
    """A7: it says that it is ready as soon as it starts, for so long."""
    start_s: float | None = None
    """A8: what it takes to be ready."""
    holds_journals: bool = False
    """A10: the journals of all control nodes lie on it."""
