"""The reference site with a schedule, and a zero that is ten o'clock at night in Tokyo."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sequencer.schedules import Schedule
from sequencer.site import Site
from sim.model import Model
from tests.tale import Tale
from tests.worlds import CALM_S, LINKED, NODES, play, reference_site

TOKYO = ZoneInfo("Asia/Tokyo")
TEN = datetime(2026, 11, 19, 22, 0, tzinfo=TOKYO)
"""A Thursday."""


def nightly(
    on: str = "22:48", off: str = "22:00", servers: tuple[str, ...] = LINKED, **more: Any
) -> Schedule:
    return Schedule("nightly", servers, off=off, on=on, **more)


def control_nights(off: str = "22:30", on: str = "06:00") -> Schedule:
    return Schedule("control", NODES, off=off, on=on)


def night_site(*schedules: Schedule, **settings: Any) -> Site:
    named = {s.name: s for s in schedules or (nightly(),)}
    return reference_site(time_zone="Asia/Tokyo", schedules=named, **settings)


def tonight(
    *happenings: Any,
    site: Site | None = None,
    until_s: float = 3 * 3600.0,
    model: Model | None = None,
    zero: datetime = TEN,
    seed: int = 0,
) -> Tale:
    """Play this night; times count from 22:00."""
    start = zero - timedelta(seconds=CALM_S)
    return play(*happenings, site=site or night_site(), until_s=until_s, model=model, start=start, seed=seed)
