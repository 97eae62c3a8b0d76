"""The colours of a run: one colour and hatch per state, for pictures and pages alike.

Okabe-Ito colours, distinct to every kind of colour vision. Where two states that can touch would print in
nearly the same grey, one of them carries a hatch.
"""

from __future__ import annotations

from dataclasses import dataclass

INK = "#1f2d3a"
MUTED = "#5f6b76"
FAINT = "#8d98a3"
GRID = "#d5dbe1"
DARK_MAINS = "#FFF3C9"
"""Shading while the mains are away."""
ALARM = "#B03A00"
GOOD = "#00734F"
COMMAND = "#111111"
HELD, HAND = "#D9D2EC", "#5B3A9E"
"""Behind the row of a device in somebody's hands, and around it."""


@dataclass(frozen=True, slots=True)
class Look:
    """`ink` is the colour of text on it, `lines` that of its hatch."""

    fill: str
    hatch: str = ""
    ink: str = "black"
    lines: str = "white"


LOOKS = {
    "on mains": Look("#DCE3E9", ink="#44515c"),
    "on battery": Look("#E69F00"),
    "low battery": Look("#D55E00", "...", "white"),
    "running": Look("#009E73", ink="white"),
    "shutting down": Look("#CC79A7", "\\\\\\\\"),
    "flushing": Look("#0072B2", "/////", "white"),
    "flushed": Look("#F0E442", "--", lines="#8a8200"),
    "starting": Look("#56B4E9"),
    "answering": Look("#B9DDD0", ink="#2f4a40"),
}
OFF = "off"
"""No bar: a thin dashed line."""
SERIES = ("#0072B2", "#D55E00", "#009E73", "#8C5A00", "#A3457A", "#111111")
"""Okabe-Ito, its light tones darkened until thin lines and small labels can be read on white."""
DASHES: tuple[str | tuple[int, tuple[float, ...]], ...] = (
    "-",
    (0, (6, 2)),
    (0, (1.2, 1.4)),
    (0, (7, 1.8, 1.4, 1.8)),
    (0, (3, 1.5)),
    (0, (9, 2, 1.4, 2, 1.4, 2)),
)
