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

INK = "#1f2d3a"
MUTED = "#5f6b76"
FAINT = "#8d98a3"
GRID = "#d5dbe1"
DARK_MAINS = "#FFF3C9"
"""Shading while the mains are away."""
ALARM = "#B03A00"
GOOD = "#00734F"
COMMAND = "#111111"


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
LATIN = "DejaVu Sans"
"""Comes with matplotlib, so every machine measures the same widths."""
CJK = (
    "Noto Sans CJK JP",
    "Noto Sans JP",
    "Source Han Sans JP",
    "IPAexGothic",
    "IPAGothic",
    "TakaoPGothic",
    "VL PGothic",
    "Hiragino Sans",
    "Yu Gothic",
    "Meiryo",
    "MS Gothic",
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


@lru_cache(maxsize=1)
def families() -> tuple[str, ...]:
    """DejaVu Sans and, where one is installed, a font with Japanese glyphs to fall back to."""
    installed = {font.name for font in font_manager.fontManager.ttflist}
    return (LATIN, *[name for name in CJK if name in installed][:1])


@lru_cache(maxsize=4096)
def width_in(text: str, size: float, bold: bool = False) -> float:
    """How wide this text will be, in inches, on every backend."""
    font = FontProperties(family=list(families()), size=size, weight="bold" if bold else "normal")
    width, _, _ = text_to_path.get_text_width_height_descent(text, font, ismath=False)
    return float(width) / 72


def height_in(size: float) -> float:
    """A line of text with its ascenders and descenders."""
    return size * 1.25 / 72


def can_print(text: str) -> bool:
    """Whether every character has a glyph: a label that has none is left out, never drawn as boxes."""
    return all(_has_glyph(char) for char in text)


def printable(text: str) -> str:
    """The text on one line, without the characters that no installed font can draw."""
    kept = "".join(char if _has_glyph(char) else " " for char in text)
    return " ".join(kept.split())


@lru_cache(maxsize=4096)
def _has_glyph(char: str) -> bool:
    if unicodedata.category(char).startswith("C"):
        return False
    return any(
        font_manager.get_font(font_manager.findfont(name)).get_char_index(ord(char)) for name in families()
    )


def fitted(text: str, room_in: float, size: float, bold: bool = False) -> str:
    """The text, cut with an ellipsis where it is wider than its room."""
    if width_in(text, size, bold) <= room_in:
        return text
    while text and width_in(text + "…", size, bold) > room_in:
        text = text[:-1]
    return text.rstrip() + "…" if text else ""


def wrapped(text: str, room_in: float, size: float, bold: bool = False, most: int = 2) -> list[str]:
    """The text on at most so many lines, broken at spaces; the last one is cut where it must."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if width_in(longer, size, bold) <= room_in or not lines[-1] or len(lines) == most:
            lines[-1] = longer
        else:
            lines.append(word)
    return [fitted(line, room_in, size, bold) for line in lines]
