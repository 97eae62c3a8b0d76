"""One UPS: what is known of it now and how old that is, its last week, its outages, and who hangs on it."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from realtime.samples.stretches import Stretch
from realtime.status import Status, UpsView
from teiden.language.say import t
from teiden.narration.words import duration
from teiden.stats.samples import NoReadings
from teiden.stats.show import minutes_changed, of_new, percent, share, so_often
from teiden.web.console import console_of
from teiden.web.devices import UNKNOWN, ups_row
from teiden.web.drawing import week
from teiden.web.pages.stats import ages, load_changed, worn
from teiden.web.routes import Way, read
from teiden.web.statistics import STEPS, WEEK_S, Course
from teiden.web.supplied import supplied
from teiden.web.view import page

WIDE, NARROW = 1100, 350
"""Pixels of the picture: on a desk, and on a telephone, where letters must not shrink with it."""


async def ups(request: Request) -> Response:
    console, name = console_of(request), request.path_params["name"]
    site = console.settings.site_file.site
    if name not in site.upses:
        return _no_such(name)
    try:
        course, why = await console.statistics.course(name), ""
    except NoReadings as error:
        course, why = None, str(error)
    zone = ZoneInfo(site.time_zone)
    values = {
        "name": name,
        "label": site.upses[name].label,
        "feed": site.upses[name].feed,
        "loads": supplied(site, name),
        "unread": why,
        "week": None if course is None else _week(course),
        "outages": [] if course is None else [_outage(one, zone) for one in course.outages],
        **_now(console.watch.status, request, name),
    }
    return page(request, "ups.html", values)


async def ups_now(request: Request) -> Response:
    """The part that lives."""
    console, name = console_of(request), request.path_params["name"]
    if name not in console.settings.site_file.site.upses:
        return _no_such(name)
    return page(request, "ups_now.html", {"name": name, **_now(console.watch.status, request, name)})


async def ups_week(request: Request) -> Response:
    """The picture; `?narrow=1` for a narrow screen."""
    console, name = console_of(request), request.path_params["name"]
    site = console.settings.site_file.site
    try:
        course = await console.statistics.course(name) if name in site.upses else None
    except NoReadings:
        course = None
    if course is None:
        return _no_such(name)
    width = NARROW if request.query_params.get("narrow") == "1" else WIDE
    zone = ZoneInfo(site.time_zone)
    drawn = week(course.curve, course.since, course.until, WEEK_S // STEPS, zone, width=width)
    return Response(drawn, media_type="image/svg+xml")


def _no_such(name: str) -> Response:
    return PlainTextResponse(t("there is no such device"), status_code=404)


def _now(status: Status | None, request: Request, name: str) -> dict[str, object]:
    console = console_of(request)
    if status is None:
        return {"row": None, "facts": []}
    view = next((one for one in status.upses if one.name == name), UpsView(name))
    row = ups_row(console.settings.site_file.site, view, console.watch.age_s)
    return {"row": row, "facts": facts(view, row.charge, row.runtime, row.load)}


def facts(view: UpsView, charge: str, runtime: str, load: str) -> list[dict[str, str]]:
    """Each value in words; what nobody knows says so."""
    low = (t("yes, low"), "bad"), (t("not low"), "good")
    fed = t("the mains") if view.output_on else t("nothing: it is off")
    told = [
        (t("Mains"), *_word(view.mains, (t("there"), "good"), (t("away"), "bad"))),
        (t("Output"), *_word(view.output_on, (t("gives power"), "good"), (t("gives none"), "off"))),
        (
            t("Fed from"),
            *_word(view.on_battery, (t("the battery"), "odd"), (fed, "")),
        ),
        (t("Battery"), *_word(view.low_battery, *low)),
        (t("An OFF"), *_word(view.off_armed, (t("counts down"), "odd"), (t("is not under way"), ""))),
        (t("Charge"), charge, ""),
        (t("Lasts"), runtime, ""),
        (t("Load"), load, ""),
    ]
    return [
        {"name": what, "value": t("unknown"), "tone": "odd"}
        if value in (UNKNOWN, "")
        else {"name": what, "value": value, "tone": tone}
        for what, value, tone in told
    ]


def _word(value: bool | None, yes: tuple[str, str], no: tuple[str, str]) -> tuple[str, str]:
    return (UNKNOWN, "") if value is None else yes if value else no


def _week(course: Course) -> list[dict[str, str]]:
    one = course.summary
    told = [
        (t("Heard"), percent(100 * one.heard), ""),
        (t("Output on, while heard"), share(one.up), ""),
        (t("Outages"), so_often(len(one.outages), one.outage_s), ""),
        (t("On battery"), so_often(len(one.discharges), one.battery_s), ""),
        (t("Least charge"), percent(_tenth(one.sums.charge_least)), ""),
        (t("Load, mean"), percent(one.load_mean_pct), ""),
        (t("Load, most"), percent(_tenth(one.sums.load_most)), ""),
        (t("Load, change in a month"), load_changed(one.load), ""),
        (
            t("Runtime when full, change in a month"),
            minutes_changed(one.full_runtime),
            ages(one.full_runtime),
        ),
        (t("Battery, of a new one"), of_new(one.health), worn(one.health)),
    ]
    return [
        {"name": what, "value": t("unknown") if value == UNKNOWN else value, "tone": tone}
        for what, value, tone in told
    ]


def _tenth(permille: int | None) -> float | None:
    return None if permille is None else permille / 10


def _outage(one: Stretch, zone: ZoneInfo) -> dict[str, str]:
    return {
        "began": f"{datetime.fromtimestamp(one.began, zone):%Y-%m-%d %H:%M}",
        "lasted": duration(one.until - one.began) if one.over else t("goes on"),
        "least": percent(_tenth(one.charge_least)),
        "load": percent(one.load_sum / one.load_times / 10 if one.load_times else None),
    }


ROUTES: list[Way] = [
    read("/ups/{name}", ups),
    read("/ups/{name}/now", ups_now),
    read("/ups/{name}/week.svg", ups_week),
]
