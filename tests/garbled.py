"""Texts that went wrong on their way: real ones cut, doubled, swapped, with words that nobody expects."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from hypothesis import strategies as st

Draw = Callable[[st.SearchStrategy[Any]], Any]

ODD = (
    *("", "~", "null", "true", "off", "0", "-1", "1e99", "9" * 400, "0x10", "1_000", "0755", "nan", ".inf"),
    *("0s", "1ms", "9999999d", "1" + "0" * 300 + "GiB", "0B/s", "-40C", "9" * 330 + "C", "0%", "101%"),
    *("9" * 330 + "W", "{}", "[]", "[[]]", "{a: {b: c}}", "*a", "&a", "&a [*a]", "!!python/object:x y", "!x"),
    *("<<: *a", "? a", "- ", "\t", "a: b: c", "'", '"', "\u0085", "\u2028", "\ufeff", "\u202eevil", "電源"),
    *("\U0001d7d9", "e\u0301" * 40, "\U0001f50c", "24:00", "2026-02-30", "2026-01-01..2025-01-01", "feb-mar"),
    *("../../etc/passwd", "%s", "{name}", "{0}", "a" * 5000),
)  # fmt: skip


@st.composite
def garbled(draw: Draw, texts: Sequence[str], most: int = 4) -> str:
    """One of these texts with a few things wrong with it."""
    text = draw(st.sampled_from(texts))
    for _ in range(draw(st.integers(1, most))):
        text = _once_more(draw, text)
    return text


def _once_more(draw: Draw, text: str) -> str:
    at = draw(st.integers(0, len(text)))
    to = min(len(text), at + draw(st.sampled_from((0, 1, 3, 10, 60))))
    match draw(st.sampled_from(("value", "put", "cut", "end", "double", "swap"))):
        case "value":
            return _value(draw, text)
        case "put":
            return text[:at] + draw(st.sampled_from(ODD) | st.text(max_size=8)) + text[to:]
        case "cut":
            return text[:at] + text[to:]
        case "end":
            return text[:at]
        case "double":
            return text[:to] + text[at:]
    lines = text.split("\n")
    one, other = (draw(st.integers(0, len(lines) - 1)) for _ in range(2))
    lines[one], lines[other] = lines[other], lines[one]
    return "\n".join(lines)


def _value(draw: Draw, text: str) -> str:
    """What stands behind a colon, another."""
    places = [i for i, sign in enumerate(text) if sign == ":" and text[i + 1 : i + 2] == " "]
    if not places:
        return text
    start = draw(st.sampled_from(places)) + 2
    end = min((i for i in (text.find(sign, start) for sign in ",}]\n#") if i >= 0), default=len(text))
    return text[:start] + draw(st.sampled_from(ODD)) + text[end:]
