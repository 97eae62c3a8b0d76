"""The table of a run: seconds after the cut, the clock, what happened, because of what."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta

from sequencer.events import Event
from teiden.language.say import t
from teiden.narration.row import WIDEST_WHAT, Row
from teiden.narration.words import whole
from teiden.plan.columns import folded, width

MARK = ">"
LEAST_ROOM = 20
"""Columns; a reason is not squeezed into less."""


def table(
    rows: Sequence[Row],
    zero_s: float,
    start: datetime | None = None,
    *,
    marked: Collection[Event] = (),
    heading: bool = True,
    wide: int | None = None,
) -> list[str]:
    """`start`: the instant of t = 0; without it there is no clock. Rows of `marked` events carry a `>`.

    What is longer than others pushes only its own reason to the right. `wide`: columns of a terminal,
    where reasons that do not fit go on below themselves.
    """
    if not rows:
        return []
    marks = {id(event) for event in marked}
    after = _right([whole(row.t - zero_s) for row in rows], t("after"))
    clock = _left(clocks([row.t for row in rows], start), t("clock")) if start is not None else None
    what_width = max((w for row in rows if (w := width(row.what)) <= WIDEST_WHAT), default=WIDEST_WHAT)
    times = [f"{a}  {c}" for a, c in zip(after, clock, strict=True)] if clock is not None else after
    before_what = width(times[0]) + 6
    room = wide - before_what - what_width - 2 if wide is not None else None
    what = t("what")
    head = f"    {times[0]}  {what}{' ' * (what_width - width(what))}  {t('because')}"
    lines = [head] if heading else []
    for row, time in zip(rows, times[1:], strict=True):
        if row.opens:
            lines.append("")
        mark = MARK if any(id(event) in marks for event in row.events) else " "
        first, *more = _fitted(row.because, room)
        lines.append(f"  {mark} {time}  {row.what}{' ' * (what_width - width(row.what))}  {first}".rstrip())
        lines += [" " * (before_what + what_width + 2) + line for line in more]
    return lines


def _fitted(because: str, room: int | None) -> list[str]:
    """In as many lines as it takes; in one, where there is no room worth the name."""
    if room is None or room < LEAST_ROOM or width(because) <= room:
        return [because]
    return folded(because, room)


def _right(cells: list[str], heading: str) -> list[str]:
    widest = max(map(width, (heading, *cells)))
    return [" " * (widest - width(cell)) + cell for cell in (heading, *cells)]


def _left(cells: list[str], heading: str) -> list[str]:
    widest = max(map(width, (heading, *cells)))
    return [cell + " " * (widest - width(cell)) for cell in (heading, *cells)]


def clocks(times: Sequence[float], start: datetime) -> list[str]:
    """The wall clock of each; with the date where the table runs into another day."""
    at = [(start.astimezone(UTC) + timedelta(seconds=round(t))).astimezone(start.tzinfo) for t in times]
    one_day = len({instant.date() for instant in at}) == 1
    return [instant.strftime("%H:%M:%S" if one_day else "%m-%d %H:%M:%S") for instant in at]
