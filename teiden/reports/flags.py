"""Where the flags of a page stand: as low as they can, no label on another label or pole.

The page's script does the same again when somebody zooms; without it these places are what a reader sees.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from teiden.plots.moment import Moment
from teiden.reports.room import wide

LEVELS = 7
HEAD = 2
"""Levels whose labels end with the panel: the head of the column beside it stands there."""
SIZE = 11.5
PAD = 5.0


@dataclass(frozen=True, slots=True)
class Flag:
    """A pole at `x`, a label from `left` to `right` on a level counted from the bottom; all in pixels."""

    moment: Moment
    text: str
    x: float
    left: float
    right: float
    level: int

    @property
    def flipped(self) -> bool:
        """Its label stands left of its pole."""
        return self.right <= self.x

    def hides(self, other: Flag) -> bool:
        if self.level == other.level and self.left < other.right and other.left < self.right:
            return True
        return self._crossed_by(other) or other._crossed_by(self)

    def _crossed_by(self, other: Flag) -> bool:
        return other.level >= self.level and self.left - PAD < other.x < self.right + PAD


def placed(wanted: Sequence[tuple[Moment, str, float]], panel: float, paper: float) -> list[Flag]:
    """Moments with their texts and poles; without a place for all, the least important give way.

    `panel`, `paper`: where labels end at the latest, on the lowest levels and above them.
    """
    kept = list(wanted)
    while kept:
        found = _try(kept, panel, paper)
        if found is not None:
            return found
        kept.remove(max(kept, key=lambda one: (one[0].rank, one[0].t)))
    return []


def _try(wanted: Sequence[tuple[Moment, str, float]], panel: float, paper: float) -> list[Flag] | None:
    """From right to left, so that labels step down in time; left of its pole only what must."""
    found: list[Flag] = []
    for moment, text, x in reversed(wanted):
        room = wide(text, SIZE) * (1.08 if moment.rank == 0 else 1.0)
        right = (x + PAD, x + PAD + room)
        sides = [(level, right) for level in range(LEVELS) if right[1] <= (paper if level >= HEAD else panel)]
        sides += [(level, (x - PAD - room, x - PAD)) for level in range(LEVELS)]
        tries = (Flag(moment, text, x, left, end, level) for level, (left, end) in sides)
        flag = next((one for one in tries if not any(one.hides(other) for other in found)), None)
        if flag is None:
            return None
        found.append(flag)
    return found[::-1]
