"""How the judge speaks: seconds after the mains were lost, names in a row, short sentences."""

from __future__ import annotations

from collections.abc import Iterable


def seconds(value: float) -> str:
    """`754 s`; tenths only where the whole number would hide them: `0.3 s`."""
    value = round(value, 3) + 0.0
    if abs(value) < 10 and abs(value - round(value)) >= 0.05:
        return f"{value:.1f} s"
    return f"{value:.0f} s"


def minutes(value: float) -> str:
    """`20 min 56 s`, `56 s`."""
    whole = round(value)
    return f"{whole // 60} min {whole % 60} s" if whole >= 120 else seconds(value)


def names(of: Iterable[str], most: int = 6) -> str:
    """`blade1, blade2 and rack1`."""
    every = list(dict.fromkeys(of))
    if len(every) > most:
        return f"{', '.join(every[:most])} and {len(every) - most} more"
    return " and ".join([", ".join(every[:-1]), every[-1]] if len(every) > 1 else every)


def verb(of: Iterable[str], one: str, many: str) -> str:
    return one if len(list(dict.fromkeys(of))) == 1 else many
