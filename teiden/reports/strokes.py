"""Lines with a text in their gap: how long it is off, the time to spare. The page's script does the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from teiden.reports.room import wide

SIZE = 11.0
ASIDE = 5.0
"""Between a text and what it stands in."""


@dataclass(frozen=True, slots=True)
class Stroke:
    """A path, and the text with its middle; no text where it does not fit."""

    d: str
    x: float
    text: str


def fitting(texts: Sequence[str], room: float) -> str:
    """The fullest that fits."""
    return next((text for text in texts if wide(text, SIZE) + 2 * ASIDE <= room), "")


def off(pieces: Sequence[tuple[float, float]], y: float, texts: Sequence[str]) -> Stroke:
    """Dashes over all pieces, open in the longest of them for the text."""
    if not pieces:
        return Stroke("", 0, "")
    longest = max(pieces, key=lambda piece: piece[1] - piece[0])
    text = fitting(texts, longest[1] - longest[0] - 16)
    middle = (longest[0] + longest[1]) / 2
    half = wide(text, SIZE) / 2 + ASIDE
    parts = []
    for piece in pieces:
        if piece == longest and text:
            parts += [(piece[0], middle - half), (middle + half, piece[1])]
        else:
            parts.append(piece)
    d = "".join(f"M{a:.1f},{y:.1f}H{b:.1f}" for a, b in parts if b > a)
    return Stroke(d, round(middle, 1), text)


def dimension(a: float, b: float, y: float, half: float, text: str) -> Stroke:
    """Arrows from the text to both ends; nothing where that is too narrow."""
    room = wide(text, SIZE) / 2 + 3
    if b - a < 2 * room + 16:
        return Stroke("", 0, "")
    middle = (a + b) / 2
    ends = "".join(f"M{x:.1f},{y - half:.1f}V{y + half:.1f}" for x in (a, b))
    lines = f"M{middle - room:.1f},{y:.1f}H{a + 1:.1f}M{middle + room:.1f},{y:.1f}H{b - 1:.1f}"
    heads = (
        f"M{a + 6:.1f},{y - 3:.1f}L{a + 1:.1f},{y:.1f}l5,3M{b - 6:.1f},{y - 3:.1f}L{b - 1:.1f},{y:.1f}l-5,3"
    )
    return Stroke(ends + lines + heads, round(middle, 1), text)
