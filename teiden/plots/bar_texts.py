"""What a bar says, where it has the room: its state and how long it lasts."""

from __future__ import annotations

from teiden.plots.palette import OFF
from teiden.plots.rows import Bar
from teiden.plots.time_axis import TimeAxis, told
from teiden.plots.words import word

SHORTER = {"waits for its disk": "waits"}
"""What to say of a note where it does not fit."""
LEAST_LAG_S = 2.0
"""Devices of a folded row that differ by less change at once; by more, how long each takes is not said."""


def texts_of(bar: Bar, axis: TimeAxis) -> list[str]:
    """From the fullest text to the shortest. A bar that the window cuts has no duration that is known."""
    what, lasts = word(bar.trouble or bar.note or bar.state), told(bar.t1 - bar.t0)
    if not (axis.t0 < bar.t0 and bar.t1 < axis.t1) or max(bar.lag0, bar.lag1) >= LEAST_LAG_S:
        return [what, word(SHORTER.get(bar.note, ""))]
    if bar.state == OFF:  # the dashes say that it is off, but not what went wrong
        return [f"{what}  {lasts}", word(bar.trouble or bar.note), word(SHORTER.get(bar.note, ""))]
    return [f"{what}  {lasts}", lasts]
