"""One word about a server, and how far it has come about."""

from __future__ import annotations

from dataclasses import dataclass

from sequencer.events import Event
from sequencer.journal import Goal


@dataclass(slots=True)
class Want:
    goal: Goal
    event: Event
    """What told it."""
    cause: str
    """Id of the instant or of the request."""
    at_s: float
    """From when it counts, by the clock of the node that told it: seconds since the start of the run."""
    ahead_s: float = 0.0
    """How far that clock was ahead when it was told; of who went down since, when he was down (T1)."""
    begun: bool = False
    """Wanted down: its system stops since, and not only to boot again. Restarted: it stops or boots since."""
    reached: bool = False
    """It has been down, or up, since, and up on power of its own that stays: whom somebody's other cable
    feeds is still to be switched on. A boot that began before it was wanted restarted is no restart."""
    ends: Event | None = None
    """What had told the stop that a boot ends, of a word that is only that boot."""
    restarted: Event | None = None
    """Its boot, of one that was wanted restarted, and has been."""


def order(want: Want) -> tuple[float, bool]:
    """The later counts, and of two at the same time the one that wants it up."""
    return want.at_s, want.goal is Goal.UP
