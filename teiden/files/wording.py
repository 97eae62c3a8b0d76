"""How an input error is worded: names suggested, values quoted, lists kept short."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

LISTED = 24
"""More names than this are only counted."""
CLOSE = 0.76
"""Worth a suggestion: ups9 and ups1 (0.75) are not alike, linkdisk and linkeddisk (0.89) are."""


def quoted(value: object) -> str:
    """The value as it would stand in the file, cut when it is long."""
    if value is None:
        text = "null"
    elif isinstance(value, bool):
        text = str(value).lower()
    else:
        text = str(value)
    return f"`{text if len(text) <= 60 else text[:57] + '...'}`"


def listed(names: Iterable[str]) -> str:
    """`ups1, ups2, ups3`, or the first of them and how many more there are."""
    every = list(names)
    if not every:
        return "none"
    more = f" and {len(every) - LISTED} more" if len(every) > LISTED else ""
    return ", ".join(every[:LISTED]) + more


def did_you_mean(name: str, names: Iterable[str]) -> str:
    """`did you mean `confirm`? `, with the space that lets more follow, or nothing."""
    close = closest(name, names)
    return f"did you mean `{close}`? " if close else ""


def closest(name: str, names: Iterable[str]) -> str:
    """The name that was probably meant, or nothing."""
    return next(iter(get_close_matches(name, list(names), n=1, cutoff=CLOSE)), "")


def dotted(path: Iterable[str | int]) -> str:
    """`upses.ups3.confirm`, `expect.before[2]`."""
    text = ""
    for part in path:
        text += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if text else part
    return text
