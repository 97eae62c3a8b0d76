"""All UPSes at a glance: a week of each, what its battery has shown, and whether it grows old."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from teiden.language.say import t
from teiden.stats.health import Health
from teiden.stats.samples import NoReadings
from teiden.stats.show import changed, minutes_changed, of_new, percent, share, so_often
from teiden.stats.trend import Trend
from teiden.web.console import console_of
from teiden.web.routes import Way, read
from teiden.web.statistics import Line
from teiden.web.view import page

OLD = 0.8
"""A battery that holds less is due for replacement (IEEE 1188: at 80 % of its rated capacity)."""


async def stats(request: Request) -> Response:
    console = console_of(request)
    try:
        lines, why = await console.statistics.lines(), ""
    except NoReadings as error:
        lines, why = [], str(error)
    site = console.settings.site_file.site
    rows = [{"label": site.upses[line.summary.ups].label, **row(line)} for line in lines]
    return page(request, "stats.html", {"rows": rows, "unread": why})


def row(line: Line) -> dict[str, object]:
    one = line.summary
    return {
        "name": one.ups,
        "heard": percent(100 * one.heard),
        "heard_tone": "" if one.heard > 0.99 else "odd" if one.heard > 0.5 else "bad",
        "up": share(one.up),
        "outages": so_often(len(one.outages), one.outage_s),
        "transfers": so_often(len(one.discharges), one.battery_s),
        "charge": line.charge,
        "least": percent(None if one.sums.charge_least is None else one.sums.charge_least / 10),
        "load": line.load,
        "mean": percent(one.load_mean_pct),
        "lasts": minutes_changed(one.full_runtime),
        "lasts_tone": ages(one.full_runtime),
        "health": of_new(one.health),
        "health_tone": worn(one.health),
    }


def load_changed(found: Trend | None) -> str:
    return "?" if found is None else t("{n} points", n=changed(found, 1))


def ages(found: Trend | None) -> str:
    """Only what is more than chance is coloured."""
    return "odd" if found is not None and found.sure and found.per_month < 0 else ""


def worn(found: Health | None) -> str:
    return "bad" if found is not None and found.ratio + found.error < OLD else ""


ROUTES: list[Way] = [read("/stats", stats)]
