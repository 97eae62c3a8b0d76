"""One line of a plan."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """Who does what, when at the earliest and the latest, and what it waits for."""

    from_s: float
    until_s: float
    who: tuple[str, ...]
    what: str
    waits_for: str = ""
    margin_s: float | None = None
    """Stop: what is left between the end of this step and what must not come before it."""
    limit_s: float | None = None
    """Start: the limit after which the sequencer goes on with an alarm; the times are typical ones."""
