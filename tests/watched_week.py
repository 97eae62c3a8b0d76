"""A week as a watching service leaves it in its folder: event files of each day, and readings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from realtime.samples.sample import sample_of
from realtime.samples.store import Store
from realtime.status import UpsView
from sequencer.events import Event, Source
from teiden.events_file import dumps_line

TOKYO = timezone(timedelta(hours=9))
START = datetime(2026, 11, 16, 9, 0, tzinfo=TOKYO)
DAY_S, HOUR_S, MINUTE_S = 86_400.0, 3600.0, 60.0
FULL_S = {"ups1": 3600.0, "ups2": 3600.0, "ups3": 2700.0, "ups5": 1200.0, "ups6": 1200.0}
"""What each card tells when it is full: as the reference site says. ups4: 25 min."""


def seen(t: float, name: str, subject: str, **details: Any) -> Event:
    return Event(t, name, subject, "control1", Source.SEEN, details)


def keep(
    folder: Path,
    events: Iterable[Event],
    site_hash: str,
    *,
    life: str = "control1/a",
    armed: bool = False,
    days: int = 7,
    from_s: float = 0.0,
) -> None:
    """A file for each day, each with its `run.started`; the last line of the week is the service's."""
    told = sorted(events, key=lambda event: event.t)
    for day in range(days):
        begins_s, ends_s = from_s + day * DAY_S, from_s + (day + 1) * DAY_S
        head = seen(
            begins_s, "run.started", "reference", life=life, armed=armed, site_hash=site_hash, initial={}
        )
        lines = [head, *(event for event in told if begins_s <= event.t < ends_s)]
        if day == days - 1:
            lines.append(seen(ends_s - 1.0, "lease.taken", "control1"))
        at = (START + timedelta(seconds=begins_s)).astimezone(UTC)
        path = folder / f"events-{at:%Y%m%dT%H%M%SZ}.jsonl"
        path.write_text("".join(dumps_line(event, START) + "\n" for event in lines), encoding="utf-8")


def keep_readings(
    folder: Path,
    upses: Sequence[str],
    *,
    days: int = 7,
    discharge: tuple[str, float, float, float] | None = None,
) -> None:
    """One of each UPS in five minutes: full, on mains. `discharge`: of whom, from, until, % a second."""
    store = Store(str(folder))
    for n in range(int(days * DAY_S / 300)):
        t = 300.0 * n
        at = int((START + timedelta(seconds=t)).timestamp())
        store.write(sample_of(at, tuple(_reading(ups, t, discharge) for ups in upses)))
    store.close()


def _reading(ups: str, t: float, discharge: tuple[str, float, float, float] | None) -> UpsView:
    charge_pct, away = 100.0, False
    if discharge is not None and ups == discharge[0] and discharge[1] <= t:
        away = t < discharge[2]
        charge_pct = 100.0 - discharge[3] * (t - discharge[1]) if away else 100.0
    return UpsView(
        ups,
        mains=not away,
        output_on=True,
        on_battery=away,
        charge_pct=round(charge_pct),
        runtime_s=FULL_S.get(ups, 1500.0) * charge_pct / 100,
        fresh=True,
    )


def small_outage(t: float) -> list[Event]:
    """ups4 was pulled for two minutes: what a watching service tells of it."""
    return [
        seen(t, "ups.on_battery", "ups4"),
        seen(t, "outage.suspected", "ups4", confirm_s=30.0),
        seen(t + 30, "outage.confirmed", "ups4", because="on battery 30 s", first_seen=t),
        seen(t + 30, "incident.opened", "reference", cause="ups4", epoch=1),
        *(
            seen(t + 31, "command.refused", name, command="shutdown", rule="X-12", reason="not armed")
            for name in ("blade1", "blade2")
        ),
        seen(t + 32, "command.refused", "ups5", command="off", rule="X-12", reason="not armed"),
        seen(t + 211, "alarm.raised", "blade1", text="blade1 is not halted after 180 s", rule="H1"),
        seen(t + 400, "incident.closed", "reference"),
    ]


def blip(t: float, ups: str, for_s: float) -> list[Event]:
    return [
        seen(t, "ups.on_battery", ups),
        seen(t, "outage.suspected", ups, confirm_s=60.0),
        seen(t + for_s, "outage.cleared", ups, after_s=for_s),
    ]
