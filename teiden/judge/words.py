"""How the judge speaks: seconds after the mains were lost, names in a row, short sentences."""

from __future__ import annotations

from collections.abc import Iterable

from teiden.language.say import t


def seconds(value: float) -> str:
    """`754 s`; tenths only where the whole number would hide them: `0.3 s`."""
    value = round(value, 3) + 0.0
    if abs(value) < 10 and abs(value - round(value)) >= 0.05:
        return t("{n} s", n=f"{value:.1f}")
    return t("{n} s", n=f"{value:.0f}")


def minutes(value: float) -> str:
    """`20 min 56 s`, `56 s`."""
    whole = round(value)
    if whole < 120:
        return seconds(value)
    return f"{t('{n} min', n=whole // 60)} {t('{n} s', n=whole % 60)}"


def names(of: Iterable[str], most: int = 6) -> str:
    """`blade1, blade2 and rack1`."""
    every = list(dict.fromkeys(of))
    if len(every) > most:
        return t("{names} and {n} more", names=t(", ").join(every[:most]), n=len(every) - most)
    if len(every) == 1:
        return every[0]
    return t("{a} and {b}", a=t(", ").join(every[:-1]), b=every[-1]) if every else ""


def verb(of: Iterable[str], one: str, many: str) -> str:
    return one if len(list(dict.fromkeys(of))) == 1 else many
