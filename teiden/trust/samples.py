"""What each UPS was seen to be, in the samples that the service keeps beside its event files (R2-10)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from heapq import merge

EVERY_S = 300.0
"""Between two readings, at most."""


@dataclass(frozen=True, slots=True)
class Sample:
    at_s: float
    """Seconds since 1970."""
    ups: str
    on_battery: bool | None
    """None: it was not heard."""
    charge_pct: float | None
    runtime_s: float | None


def samples(folder: str, since_s: float, now_s: float) -> Iterator[Sample]:
    """The oldest first; nothing where none are kept. What was alike is told when it began and ended."""
    from realtime.samples.schema import EVERY_S as APART_S
    from teiden.stats.samples import Kept, NoReadings, kept

    def of(held: Kept, ups: str) -> Iterator[Sample]:
        for row in held.rows(ups, int(since_s)):
            for at_s in sorted({float(row.at), row.at + APART_S * (row.times - 1)}):
                if at_s <= now_s:
                    yield Sample(at_s, ups, row.on_battery, row.charge_pct, row.runtime_s)

    try:
        with kept(folder) as held:
            yield from merge(*(of(held, ups) for ups in held.numbers), key=lambda one: one.at_s)
    except NoReadings:
        return
