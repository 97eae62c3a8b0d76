"""What a week of readings says of each UPS: how often it was heard, its charge, how long it lasts (R2-10)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from realtime.readings import VALUES, files


class NoReadings(Exception):
    """Nothing is there to be told, and why."""


@dataclass(frozen=True, slots=True)
class Reading:
    at: datetime
    ups: str
    values: dict[str, Any]
    """`realtime.readings.VALUES`; None: it was not heard then, or does not tell."""

    @property
    def heard(self) -> bool:
        return self.values["mains"] is not None


@dataclass(slots=True)
class Summary:
    """Of one UPS. None: nobody has heard it tell that."""

    ups: str
    readings: int = 0
    heard: int = 0
    on_battery: int = 0
    """Of so many readings; what it was between them the events tell."""
    charges: list[float] = field(default_factory=list)
    runtimes: list[float] = field(default_factory=list)

    def add(self, reading: Reading) -> None:
        self.readings += 1
        self.heard += reading.heard
        self.on_battery += reading.values["on_battery"] is True
        for key, kept in (("charge_pct", self.charges), ("runtime_s", self.runtimes)):
            value = reading.values[key]
            if isinstance(value, int | float):
                kept.append(float(value))

    def as_json(self) -> dict[str, Any]:
        return {
            "ups": self.ups,
            "readings": self.readings,
            "heard": self.heard,
            "on_battery": self.on_battery,
            "charge_pct_least": min(self.charges, default=None),
            "charge_pct_last": self.charges[-1] if self.charges else None,
            "runtime_s_least": min(self.runtimes, default=None),
            "runtime_s_last": self.runtimes[-1] if self.runtimes else None,
        }


def readings(folder: str, *, days: float, now: datetime | None = None) -> Iterator[Reading]:
    """Those of the last days, the oldest first. A line that is none, as a cut of the power leaves it, is
    passed over. Raises NoReadings where there is no folder, or none can be read."""
    since = (now or datetime.now(UTC)) - timedelta(days=days)
    try:
        for day, path in files(folder):
            if day >= since.astimezone(UTC).date():
                with open(path, encoding="utf-8", errors="replace") as lines:
                    yield from (one for one in map(_read, lines) if one is not None and one.at >= since)
    except OSError as error:
        raise NoReadings(f"{error.filename or folder}: {error.strerror or error}") from None


def summaries(read: Iterable[Reading]) -> list[Summary]:
    """One for each UPS, in the order in which they were first told."""
    found: dict[str, Summary] = {}
    for reading in read:
        found.setdefault(reading.ups, Summary(reading.ups)).add(reading)
    return list(found.values())


def _read(line: str) -> Reading | None:
    try:
        told = json.loads(line)
        at = datetime.fromisoformat(told["time"])
        known = at.tzinfo is not None and isinstance(told["ups"], str)
        return Reading(at, told["ups"], {key: told[key] for key in VALUES}) if known else None
    except (ValueError, RecursionError, TypeError, KeyError):
        return None
