"""The watch-mode report: what a week of watching says, and what speaks against arming."""

from __future__ import annotations

import time
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from teiden.language.say import t
from teiden.trust import show
from teiden.trust.verdict import verdict
from teiden.trust.week import week
from teiden.web.console import Console, console_of
from teiden.web.routes import Way, read
from teiden.web.view import page

DAYS = (1, 7, 30)
"""What can be chosen; a week is what a site is watched for before it is armed."""
WEEK = 7


@dataclass(frozen=True)
class Told:
    headline: str = ""
    summary: str = ""
    tone: str = "good"
    lists: tuple[tuple[str, tuple[str, ...], str], ...] = ()
    """Heading, sentences, and its tone."""
    blocks: tuple[show.Block, ...] = ()
    unread: str = ""


async def report(request: Request) -> Response:
    """At once; what takes its time is fetched by it."""
    return page(request, "report.html", {"days": _days(request), "choices": DAYS})


async def report_now(request: Request) -> Response:
    told = await console_of(request).told(str(_days(request)), _report)
    return page(request, "report_now.html", {"told": told})


def _days(request: Request) -> int:
    asked = request.query_params.get("days", "")
    return next((n for n in DAYS if str(n) == asked), WEEK)


def _report(console: Console, show_days: str) -> Told:
    """A month of events takes seconds: it is made on a thread, and once for all until there are others."""
    settings, days = console.settings, float(show_days)
    site = settings.site_file.site
    status = console.watch.status
    late_s = status.lateness.max_s if status is not None else None
    try:
        found = week(settings.site_file, [str(settings.events)], days=days, now_s=time.time(), late_s=late_s)
    except OSError as error:
        return Told(unread=f"{error.filename or settings.events}: {error.strerror or error}")
    if not found.nodes:
        return Told(unread=" ".join(found.troubles) or t("there are no events of these days"))
    judged = verdict(found, site, days)
    tones = {judged.against: "bad", judged.look: "odd", judged.unknown: "off"}
    return Told(
        show.headline(found, judged),
        show.summary(found),
        "bad" if judged.against else "good",
        tuple((title, some, tones[some]) for title, some in show.verdict_lists(judged)),
        tuple(show.blocks(found, site)),
    )


ROUTES: list[Way] = [read("/report", report), read("/report/now", report_now)]
