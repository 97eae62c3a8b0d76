"""Samples of two UPSes, taken by a clock that a test moves, and written at once."""

from __future__ import annotations

import weakref
from datetime import UTC, datetime, timedelta
from pathlib import Path

from realtime.samples.sample import sample_of
from realtime.samples.schema import EVERY_S
from realtime.samples.store import Store
from realtime.status import UpsView

BEGAN = datetime(2026, 11, 1, 12, tzinfo=UTC)
TEN_SECONDS = timedelta(seconds=EVERY_S)


def seen(name: str, **told: object) -> UpsView:
    good = {"mains": True, "output_on": True, "on_battery": False, "low_battery": False}
    numbers = {"charge_pct": 100.0, "runtime_s": 2700.0, "load_pct": 40.0}
    return UpsView(name, **{**good, **numbers, "fresh": True, **told})  # type: ignore[arg-type]


def on_battery(name: str, **told: object) -> UpsView:
    return seen(name, **{"mains": False, "on_battery": True, **told})


def silent(name: str) -> UpsView:
    """What it told last is still known, and too old to act on."""
    return seen(name, fresh=False)


class Room:
    def __init__(
        self, folder: Path, *, now: datetime = BEGAN, names: tuple[str, ...] = ("ups1", "ups2")
    ) -> None:
        self.folder = folder
        self.now = now
        self.upses = {name: seen(name) for name in names}
        self.troubles: list[str] = []
        self.store = Store(str(folder), self.troubles.append)
        weakref.finalize(self, self.store.close)

    def take(self, times: int = 1, *, every: timedelta = TEN_SECONDS) -> None:
        for _ in range(times):
            self.now += every
            self.store.write(sample_of(int(self.now.timestamp()), tuple(self.upses.values())))

    def ago(self, **units: float) -> int:
        return int((self.now - timedelta(**units)).timestamp())
