"""How the timeline is drawn: its fonts, and how wide a text will be. The colours are those of the palette."""

from __future__ import annotations

import logging
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

import matplotlib
from matplotlib import font_manager
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path

from teiden.plan.columns import parts
from teiden.plots.fonts import families
from teiden.plots.palette import (
    ALARM,
    COMMAND,
    DARK_MAINS,
    DASHES,
    FAINT,
    GOOD,
    GRID,
    HAND,
    HELD,
    INK,
    LOOKS,
    MUTED,
    OFF,
    SERIES,
    Look,
)

__all__ = [
    "ALARM",
    "COMMAND",
    "DARK_MAINS",
    "DASHES",
    "FAINT",
    "GOOD",
    "GRID",
    "HAND",
    "HELD",
    "INK",
    "LOOKS",
    "MUTED",
    "OFF",
    "SERIES",
    "Look",
    "can_print",
    "fitted",
    "height_in",
    "paper",
    "printable",
    "width_in",
    "wrapped",
]


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
