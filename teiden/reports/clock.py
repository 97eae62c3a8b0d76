"""Times on a page: since the mains were lost, and on the site's clock, also where its offset changes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from teiden.plots.time_axis import told
from teiden.plots.zero import Clock

STEP_S = 900.0
"""Clocks change on quarters of an hour, everywhere."""


def since(clock: Clock, t: float) -> str:
    """`15:03`, `2:00:00`."""
    return told(t - clock.zero)


def of_day(clock: Clock, t: float, *, short: bool = False) -> str:
    """`14:25:03`; on another day than that of the zero `11-21 00:10:00`.

    `short`: whole minutes as `14:25`.
    """
    at, begun = clock.at(round(t)), clock.at(clock.zero)
    if at is None or begun is None:
        return ""
    time = "%H:%M" if short and not at.second else "%H:%M:%S"
    return at.strftime(time if at.date() == begun.date() else f"%m-%d {time}")


def start_ms(start: datetime) -> int:
    """The instant of t = 0, as a script in a browser counts."""
    return round(start.timestamp() * 1000)


def offsets(start: datetime, until_s: float) -> list[tuple[float, int]]:
    """From which second on the site's clock is so many minutes ahead of UTC; one pair unless it changes."""
    first = start.astimezone(UTC)
    found: list[tuple[float, int]] = []
    beat = (first.minute * 60 + first.second + first.microsecond / 1e6) % STEP_S
    times = [0.0, *(k * STEP_S - beat for k in range(1, int((until_s + beat) / STEP_S) + 1))]
    for t in times:
        ahead = (first + timedelta(seconds=t)).astimezone(start.tzinfo).utcoffset() or timedelta()
        minutes = round(ahead.total_seconds() / 60)
        if not found or found[-1][1] != minutes:
            found.append((t, minutes))
    return found
