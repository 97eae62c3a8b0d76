"""The running sequence, or the last one: what it waits for, every step, and planned against actual."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response

from sequencer.events import NAMES, Event
from sequencer.site import Site
from teiden.files.source import InputError
from teiden.language.retell import retold
from teiden.language.say import t
from teiden.narration.words import duration
from teiden.status.picture import incident as in_words
from teiden.web import course
from teiden.web.console import Console, console_of
from teiden.web.incident import Incident, last_incident
from teiden.web.pages.overview import waits
from teiden.web.routes import Way, read
from teiden.web.view import page

MOST_STEPS = 400
EVERY_S = 15.0
"""The comparison is drawn again no sooner than this after it was drawn."""
LATE_S = 60.0
"""Later than planned by this is marked."""
SVG = "image/svg+xml"


@dataclass(frozen=True)
class Compared:
    rows: tuple[dict[str, str], ...]
    picture: bytes
    why_not: str
    """Why there is nothing to compare; '' if there is."""
    id: str
    """Another for other rows or another picture."""


async def sequence(request: Request) -> Response:
    return page(request, "sequence.html", await _now(request))


async def sequence_now(request: Request) -> Response:
    """The part that lives."""
    return page(request, "sequence_now.html", await _now(request))


async def sequence_compared(request: Request) -> Response:
    """Planned against actual: it takes a rehearsal and a picture, so it comes after the page."""
    console = console_of(request)
    compared = await _compared(console)
    if compared is not None and request.query_params.get("have") == compared.id:
        return Response(status_code=204)
    return page(request, "sequence_compared.html", {"compared": compared, "every": f"every {EVERY_S:g}s"})


async def sequence_picture(request: Request) -> Response:
    compared = await _compared(console_of(request))
    if compared is None or not compared.picture:
        return Response(status_code=404)
    return Response(compared.picture, media_type=SVG)


async def _now(request: Request) -> dict[str, object]:
    console = console_of(request)
    status, older_s = console.watch.status, console.watch.age_s
    found = await _incident(console)
    running = status.incident.open if status is not None else found is not None and found.open
    return {
        "incident": in_words(status) if status is not None else "",
        "tone": "odd" if running else "good",
        "waits": waits(status, older_s) if status is not None else [],
        "steps": [] if found is None else steps(found, running=running),
        "last": None if found is None else _head(console, found, running=running),
        "unread": console.tail.why_not,
    }


async def _incident(console: Console) -> Incident | None:
    return await console.told("incident", _read)


def _read(console: Console, _: str) -> Incident | None:
    try:
        return last_incident(console.settings.events)
    except OSError:
        return None  # why, the tail says


def _head(console: Console, found: Incident, *, running: bool) -> dict[str, object]:
    begun = found.begun.astimezone(ZoneInfo(console.settings.site_file.site.time_zone))
    return {
        "begun": f"{begun:%Y-%m-%d %H:%M:%S}",
        "lasted": duration(found.events[-1].t if found.events else 0.0),
        "over": not running,
    }


def steps(found: Incident, *, running: bool) -> list[dict[str, str]]:
    """The newest first: when it began, whose it is, what is waited for, how long of which limit.

    Not `running`: what the files leave open is not under way any more, another node has seen its end.
    """
    running = running and found.open
    begun: dict[tuple[str, str], Event] = {}
    rows: dict[int, dict[str, str]] = {}
    lives = list(found.lives)
    for event in found.events:
        while lives and lives[0] <= event.t:
            del lives[0]
            begun.clear()  # another life begins its steps anew
        if not event.name.startswith("step."):
            continue
        key = event.subject, str(event.details.get("step", ""))
        if event.name in ("step.started", "step.waiting"):
            _waits_no_more(begun, event.subject)
            first = begun.setdefault(key, event)
            if first is event:
                rows[id(event)] = _row(event, None, open=running)
        elif key in begun:
            first = begun.pop(key)
            rows[id(first)] = _row(first, event, open=running)
    if running:  # steps of an earlier life are not under way any more
        under_way = {id(event) for event in begun.values()}
        for place, row in rows.items():
            if row["tone"] == "odd" and place not in under_way:
                row.update(state="", tone="off")
    return list(reversed(rows.values()))[:MOST_STEPS]


def _waits_no_more(begun: dict[tuple[str, str], Event], device: str) -> None:
    """What had no limit is not told to be over; the device's next step says so."""
    for key in [k for k, event in begun.items() if k[0] == device and event.name == "step.waiting"]:
        del begun[key]


def _row(first: Event, end: Event | None, *, open: bool) -> dict[str, str]:
    limit_s = first.details.get("limit_s")
    limit = duration(float(limit_s)) if isinstance(limit_s, int | float) else ""
    took = "" if end is None else duration(end.t - first.t)
    state, tone = (t("under way"), "odd") if open else ("", "off")
    if end is not None:
        state, tone = _ended(end)
    return {
        "after": duration(first.t),
        "subject": first.subject,
        "step": retold(str(first.details.get("step", ""))),
        "took": t("{duration} of {limit}", duration=took, limit=limit) if took and limit else took or limit,
        "state": state,
        "tone": tone,
    }


def _ended(end: Event) -> tuple[str, str]:
    """In words, and its tone: that a step is overtaken is no fault, another page goes on."""
    match end.name:
        case "step.done":
            return t("done"), "good"
        case "step.overtaken":
            return t("overtaken"), "off"
        case _:
            return t("LIMIT PASSED"), "bad"


# Planned against actual


async def _compared(console: Console) -> Compared | None:
    found = await _incident(console)
    if found is None:
        return None
    site_file = console.settings.site_file
    changes = course.losses(site_file.site, found)
    if not changes:
        why = t("No mains were lost in it: there is no planned course to lay beside it.")
        return Compared((), b"", why, "none")
    play = partial(course.planned, site_file, changes, found.begun)
    planned = await console.newest("planned", changes, play, every_s=EVERY_S)
    state = (len(found.events), found.begun, changes)
    compare = partial(_compare, site_file.site, planned, found)
    return await console.newest("compared", state, compare, every_s=EVERY_S)


def _compare(site: Site, planned: Sequence[Event], found: Incident) -> Compared:
    rows = tuple(_moments(course.moments(site, planned, found)))
    why, picture = "", b""
    try:
        picture = course.picture(site, planned, found)
    except InputError as error:
        why = str(error)
    id = hashlib.sha256(repr(rows).encode() + picture).hexdigest()[:12]
    return Compared(rows, picture, why, id)


def _moments(found: Iterable[course.Moment]) -> Iterable[dict[str, str]]:
    for moment in found:
        planned, actual = moment.planned_s, moment.actual_s
        change, tone = "", ""
        if planned is not None and actual is not None:
            late_s = round(actual - planned)
            change = t("{n} s", n=f"{late_s:+d}")
            tone = "bad" if late_s > LATE_S else ""
        yield {
            "device": moment.device,
            "what": retold(NAMES[moment.what].state or moment.what),
            "planned": "" if planned is None else duration(planned),
            "actual": "" if actual is None else duration(actual),
            "change": change,
            "tone": tone,
        }


ROUTES: list[Way] = [
    read("/sequence", sequence),
    read("/sequence/now", sequence_now),
    read("/sequence/compared", sequence_compared),
    read("/sequence/picture.svg", sequence_picture),
]
