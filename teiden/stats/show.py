"""The tables of `teiden stats`: how each UPS was fed, and what its battery has shown. `?` is unknown."""

from __future__ import annotations

from collections.abc import Sequence

from teiden.language.say import t
from teiden.narration.words import duration
from teiden.plan.columns import columns
from teiden.stats.health import Health
from teiden.stats.summary import Summary
from teiden.stats.trend import Trend

NOT_TOLD = "?"


def lines(told: Sequence[Summary]) -> list[str]:
    return [*_fed(told), "", *_batteries(told)]


def _fed(told: Sequence[Summary]) -> list[str]:
    rows = [("UPS", t("heard"), t("output on"), t("outages"), t("transfers"), t("load"), t("load, most"))]
    rows += [
        (
            one.ups,
            percent(100 * one.heard),
            share(one.up),
            so_often(len(one.outages), one.outage_s),
            so_often(len(one.discharges), one.battery_s),
            percent(one.load_mean_pct),
            percent(None if one.sums.load_most is None else one.sums.load_most / 10),
        )
        for one in told
    ]
    return columns(rows, "<>>>>>>", gaps=("",))


def _batteries(told: Sequence[Summary]) -> list[str]:
    rows = [
        ("UPS", t("charge, least"), t("now"), t("lasts, least"), t("now"), t("in a month"), t("battery")),
    ]
    rows += [
        (
            one.ups,
            percent(None if one.sums.charge_least is None else one.sums.charge_least / 10),
            percent(None if one.last is None else one.last.charge_pct),
            minutes(one.sums.runtime_least),
            minutes(None if one.last is None else one.last.runtime_s),
            minutes_changed(one.full_runtime),
            of_new(one.health),
        )
        for one in told
    ]
    return columns(rows, "<>>>>>>", gaps=("",))


def percent(value: float | None) -> str:
    return NOT_TOLD if value is None else f"{value:.0f} %"


def share(value: float | None) -> str:
    """Of a hundred percent nothing is rounded away."""
    return NOT_TOLD if value is None else "100 %" if value == 1 else f"{min(99.99, 100 * value):.2f} %"


def minutes(value_s: float | None) -> str:
    return NOT_TOLD if value_s is None else t("{n} min", n=f"{value_s / 60:.0f}")


def so_often(n: int, total_s: int) -> str:
    return f"{n}" if n == 0 else f"{n} ({duration(total_s)})"


def minutes_changed(found: Trend | None) -> str:
    return NOT_TOLD if found is None else t("{n} min", n=changed(found, 60))


def changed(found: Trend, unit: float) -> str:
    """With its uncertainty: a number without one would be believed."""
    sign = "+" if found.per_month >= 0 else "−"
    return f"{sign}{abs(found.per_month) / unit:.1f} ± {found.error / unit:.1f}"


def of_new(found: Health | None) -> str:
    return NOT_TOLD if found is None else f"{100 * found.ratio:.0f} ± {100 * found.error:.0f} %"
