"""What is told of one UPS: in the table of `teiden stats`, to a script, on the console's page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from realtime.samples.stretches import BATTERY, OUTAGE, Stretch
from teiden.stats.health import Health, health
from teiden.stats.samples import Day, Kept, Row, Sums
from teiden.stats.trend import Trend, trend

if TYPE_CHECKING:
    from teiden.files.site_file import SiteFile


@dataclass(frozen=True, slots=True)
class Summary:
    """None: nobody has heard it tell that, or nothing is known to reckon it from."""

    ups: str
    sums: Sums
    last: Row | None
    outages: tuple[Stretch, ...]
    discharges: tuple[Stretch, ...]
    since: int
    full_runtime: Trend | None
    """Seconds; over all days that are kept."""
    load: Trend | None
    """Percent; the same."""
    health: Health | None

    @property
    def heard(self) -> float:
        """Of its samples, 0..1."""
        return self.sums.heard / self.sums.times if self.sums.times else 0.0

    @property
    def up(self) -> float | None:
        """Of the samples that were heard, with its output on, 0..1."""
        return self.sums.output_on / self.sums.heard if self.sums.heard else None

    @property
    def outage_s(self) -> int:
        return sum(self._within(one) for one in self.outages)

    @property
    def battery_s(self) -> int:
        return sum(self._within(one) for one in self.discharges)

    def _within(self, one: Stretch) -> int:
        return one.until - max(one.began, self.since)

    @property
    def load_mean_pct(self) -> float | None:
        return self.sums.load_sum / self.sums.load_times / 10 if self.sums.load_times else None

    def as_json(self) -> dict[str, Any]:
        last, sums = self.last, self.sums
        return {
            "ups": self.ups,
            "readings": sums.times,
            "heard": sums.heard,
            "output_on": sums.output_on,
            "on_battery": sums.on_battery,
            "low_battery": sums.low_battery,
            "outages": len(self.outages),
            "outage_s": self.outage_s,
            "transfers": len(self.discharges),
            "battery_s": self.battery_s,
            "charge_pct_least": None if sums.charge_least is None else sums.charge_least / 10,
            "charge_pct_last": None if last is None else last.charge_pct,
            "runtime_s_least": sums.runtime_least,
            "runtime_s_last": None if last is None else last.runtime_s,
            "load_pct_mean": None if self.load_mean_pct is None else round(self.load_mean_pct, 1),
            "load_pct_most": None if sums.load_most is None else sums.load_most / 10,
            "load_pct_last": None if last is None else last.load_pct,
            "load_pct_trend": _rounded(self.load),
            "full_runtime_s_trend": _rounded(self.full_runtime),
            "battery_health": _rounded(self.health),
        }


def summaries(
    kept: Kept, since: int, *, site_file: SiteFile | None = None, quick: bool = False
) -> list[Summary]:
    """One for each UPS, in the order in which they were first told. `quick`: from the hours alone."""
    return [summary(kept, ups, since, site_file=site_file, quick=quick) for ups in kept.numbers]


def summary(
    kept: Kept, ups: str, since: int, *, site_file: SiteFile | None = None, quick: bool = False
) -> Summary:
    days = kept.days(ups)
    discharges = kept.stretches(ups, BATTERY, since)
    known = site_file is not None and ups in site_file.site.upses
    return Summary(
        ups,
        kept.sums_of_hours(ups, since) if quick else kept.sums(ups, since),
        kept.last(ups, since),
        tuple(kept.stretches(ups, OUTAGE, since)),
        tuple(discharges),
        since,
        _trend(days, lambda day: day.full_runtime_s),
        _trend(days, lambda day: day.load_pct),
        health(site_file, ups, discharges, kept.loads) if known and site_file is not None else None,
    )


def _trend(days: list[Day], of: Callable[[Day], float | None]) -> Trend | None:
    return trend([(day.day, value) for day in days if (value := of(day)) is not None])


def _rounded(told: Trend | Health | None) -> dict[str, float] | None:
    return None if told is None else {key: round(value, 3) for key, value in asdict(told).items()}
