"""What one life knows of one UPS's mains, on its own clock (S10)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass
class MainsView:
    with_its_feed: bool = False
    """Everybody else who answers on its feed has been without mains too, during this outage."""
    on_line_since_s: float | None = None
    was_stable_s: float | None = None
    """Until when it last saw them good for long enough."""
    drains_since_s: float | None = None
    """When it saw them go; a blink in between charges nothing. None: they have been good for long enough."""
    drained_s: float = 0.0
    """How long its battery had given power since then when they were seen back."""
    used_s: float = 0.0
    """What it lacked yet, of its time at full load, when they went that had been good for long enough."""
    confirmed: bool = False
    as_told: bool = False
    """It counts by the row of who declared it, not by our own time: while that incident goes on (S10)."""
    untold: dict[str, Any] = field(default_factory=dict)
    """Why it confirmed their outage, if nobody has been told."""
    left: bool = False
    """They are away still, all that the UPS feeds is down, and the others are brought back meanwhile."""
    silent_s: float | None = None
    """When its card was last found silent, though it was not off when it was heard last."""
