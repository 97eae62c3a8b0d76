"""Times and dates in a row of the table."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from teiden.language.say import t

DAY_S, HOUR_S, MINUTE_S = 86400.0, 3600.0, 60.0


def seconds(amount_s: float) -> str:
    """In the largest unit that keeps it readable: `930 s`, `45 min`, `12 h`, `80 days`."""
    if amount_s >= 2 * DAY_S:
        return t("{n:.0f} days", n=amount_s / DAY_S)
    if amount_s >= 2 * HOUR_S:
        return t("{n:.0f} h", n=amount_s / HOUR_S)
    if amount_s >= 20 * MINUTE_S:
        return t("{n:.0f} min", n=amount_s / MINUTE_S)
    return t("{n:.3g} s", n=amount_s) if amount_s < 1000 else t("{n:.0f} s", n=amount_s)


MOST_NAMES = 8


def few(names: Sequence[str]) -> str:
    """A hall has hundreds: the first ones, and how many more."""
    told = ", ".join(names[:MOST_NAMES])
    rest = len(names) - MOST_NAMES
    return told if rest <= 0 else t("{names} and {n} more", names=told, n=rest)


def day(moment: datetime) -> str:
    return moment.date().isoformat()
