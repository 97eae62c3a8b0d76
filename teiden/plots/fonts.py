"""Which fonts a picture is written in, and what to do where none has Japanese glyphs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from functools import cache

from matplotlib import font_manager

from sequencer.events import Event
from teiden.language.say import language, speaking, t
from teiden.states import devices

LATIN = "DejaVu Sans"
"""Comes with matplotlib, so every machine measures the same widths."""
CJK = (
    "Noto Sans CJK JP",
    "Noto Sans JP",
    "Source Han Sans JP",
    "IPAexGothic",
    "IPAGothic",
    "IPAPGothic",
    "TakaoPGothic",
    "TakaoGothic",
    "VL PGothic",
    "VL Gothic",
    "Hiragino Sans",
    "Yu Gothic",
    "Meiryo",
    "MS Gothic",
)
"""The best first."""

_given: ContextVar[frozenset[str] | None] = ContextVar("fonts", default=None)


@cache
def _installed() -> frozenset[str]:
    """What matplotlib knows. Its list may be older than a font that was installed since: look again."""
    manager = font_manager.fontManager
    if not any(font.name in CJK for font in manager.ttflist):
        known = {font.fname for font in manager.ttflist}
        for path in font_manager.findSystemFonts():
            if path not in known:
                with suppress(Exception):  # a broken font file is nobody's concern here
                    manager.addfont(path)
    return frozenset(font.name for font in manager.ttflist)


@contextmanager
def only(fonts: Collection[str] | None) -> Iterator[None]:
    """Draw as a machine would on which only these are installed; None: those of this machine."""
    token = _given.set(None if fonts is None else frozenset(fonts))
    try:
        yield
    finally:
        _given.reset(token)


def japanese_font() -> str | None:
    """The best installed font that has Japanese glyphs."""
    given = _given.get()
    installed = _installed() if given is None else given
    return next((name for name in CJK if name in installed), None)


def families() -> tuple[str, ...]:
    """DejaVu Sans and, where one is installed, a font with Japanese glyphs to fall back to."""
    fallback = japanese_font()
    return (LATIN,) if fallback is None else (LATIN, fallback)


@contextmanager
def in_words_that_print() -> Iterator[None]:
    """The language of this run; English where its glyphs would be boxes."""
    with speaking("en" if japanese_font() is None else language()):
        yield


def advice(events: Iterable[Event], fonts: Collection[str] | None = None) -> str:
    """What to install, where the picture of this run lacks a Japanese font; empty: nothing is amiss."""
    with only(fonts):
        if japanese_font() is not None:
            return ""
    labelled = any(not device.label.isascii() for device in devices(list(events)).values())
    if language() != "ja" and not labelled:
        return ""
    return t(
        "no Japanese font is installed: the picture is in English, Japanese labels are left out; "
        "install one, e.g. `apt-get install fonts-noto-cjk` or `fonts-ipaexfont`"
    )
