"""What each UPS was seen to be, in the readings that the service keeps beside its event files (R2-10)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

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
    """The oldest first; nothing where no readings are kept."""
    from teiden.stats import NoReadings, readings

    days = max(0.0, now_s - since_s) / 86_400
    try:
        for one in readings(folder, days=days, now=datetime.fromtimestamp(now_s, UTC)):
            at_s = one.at.timestamp()
            if at_s <= now_s:
                told = one.values
                yield Sample(at_s, one.ups, told["on_battery"], told["charge_pct"], told["runtime_s"])
    except NoReadings:
        return
