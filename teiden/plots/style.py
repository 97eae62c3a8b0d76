"""How the timeline looks: one colour and hatch per state, the fonts, and how wide a text will be.

Okabe-Ito colours, distinct to every kind of colour vision. Where two states that can touch would print in
nearly the same grey, one of them carries a hatch.
"""

from __future__ import annotations

import logging
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache

import matplotlib
from matplotlib import font_manager
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path

from teiden.plan.columns import parts
from teiden.plots.fonts import families

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


@contextmanager
def paper() -> Iterator[None]:
    """Draw and save with these settings, whatever matplotlibrc the user has."""
    fonts = logging.getLogger("matplotlib.font_manager")
    level = fonts.level
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        fonts.setLevel(logging.ERROR)  # a Japanese font without a bold face is no news
        matplotlib.rcParams.update(
            {
                "font.family": list(families()),
                "text.parse_math": False,  # a "$" in a story is a dollar
                "text.color": INK,
                "hatch.linewidth": 0.8,
                "axes.edgecolor": INK,
                "svg.fonttype": "none",  # real text: it can be searched, copied and read aloud
                "svg.hashsalt": "teiden",  # else every file has other ids
                "pdf.fonttype": 42,
            }
        )
        try:
            yield
        finally:
            fonts.setLevel(level)


def width_in(text: str, size: float, bold: bool = False) -> float:
    """How wide this text will be, in inches, on every backend."""
    return _width_in(text, size, bold, families())


@lru_cache(maxsize=4096)
def _width_in(text: str, size: float, bold: bool, fonts: tuple[str, ...]) -> float:
    font = FontProperties(family=list(fonts), size=size, weight="bold" if bold else "normal")
    width, _, _ = text_to_path.get_text_width_height_descent(text, font, ismath=False)
    return float(width) / 72


def height_in(size: float) -> float:
    """A line of text with its ascenders and descenders."""
    return size * 1.25 / 72


def can_print(text: str) -> bool:
    """Whether every character has a glyph: a label that has none is left out, never drawn as boxes."""
    return all(_has_glyph(char, families()) for char in text)


def printable(text: str) -> str:
    """The text on one line, without the characters that no installed font can draw."""
    kept = "".join(char if _has_glyph(char, families()) else " " for char in text)
    return " ".join(kept.split())


@lru_cache(maxsize=4096)
def _has_glyph(char: str, fonts: tuple[str, ...]) -> bool:
    if unicodedata.category(char).startswith("C"):
        return False
    return any(font_manager.get_font(font_manager.findfont(name)).get_char_index(ord(char)) for name in fonts)


def fitted(text: str, room_in: float, size: float, bold: bool = False) -> str:
    """The text, cut with an ellipsis where it is wider than its room."""
    if width_in(text, size, bold) <= room_in:
        return text
    while text and width_in(text + "…", size, bold) > room_in:
        text = text[:-1]
    return text.rstrip() + "…" if text else ""


def wrapped(text: str, room_in: float, size: float, bold: bool = False, most: int = 2) -> list[str]:
    """The text on at most so many lines, broken between words; the last one is cut where it must."""
    lines = [""]
    for part in parts(" ".join(text.split())):
        longer = lines[-1] + part
        if width_in(longer.rstrip(), size, bold) <= room_in or not lines[-1] or len(lines) == most:
            lines[-1] = longer
        else:
            lines.append(part)
    return [fitted(line.rstrip(), room_in, size, bold) for line in lines]
