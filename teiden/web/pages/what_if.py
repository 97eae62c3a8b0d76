"""What if: choose what is lost, or a story beside the site; it is played on this very site and judged."""

from __future__ import annotations

from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from teiden.language.retell import retold
from teiden.language.say import language, t
from teiden.web import what_if
from teiden.web.console import Console, console_of
from teiden.web.rehearsing import Busy
from teiden.web.routes import Way, read
from teiden.web.view import page
from teiden.web.what_if import Answer, NotToBePlayed, Question

MINUTES = (1, 5, 10, 15, 20, 30, 60, 120, 480)
LONGEST_NAME = 200
WANTED = ("mains", "minutes", "fault", "device", "after", "file", "item")


class NotAsked(Exception):
    """What is wrong with what was chosen, in words."""


async def what_if_page(request: Request) -> Response:
    """The form; and once something is chosen, a place where the answer comes."""
    console = console_of(request)
    site = console.settings.site_file.site
    chosen = {key: request.query_params.get(key, "") for key in WANTED}
    why, query, several = "", "", []
    try:
        question = _question(chosen)
        if question is not None:
            query = urlencode(chosen)
            if question.file:
                several = await console.rehearsing.played(what_if.items, question.file)
    except (NotAsked, NotToBePlayed) as error:
        why, query = str(error), ""
    values = {
        "chosen": chosen,
        "why": why,
        "query": query,
        "feeds": site.feeds,
        "upses": list(site.upses),
        "minutes": MINUTES,
        "faults": [
            {"name": fault.name, "says": retold(fault.says), "of": retold(fault.of.value)}
            for fault, _ in what_if.faults(site)
        ],
        "devices": [
            (t("UPSes"), list(site.upses)),
            (t("arrays"), list(site.arrays)),
            (t("servers"), list(site.servers)),
            (t("others"), [*site.feeds, *site.switches, site.cluster.name, "network"]),
        ],
        "stories": list(what_if.stories(console.settings.site_file)),
        "several": [
            {"name": name, "query": urlencode({"file": chosen["file"], "item": name})} for name in several
        ],
    }
    return page(request, "what_if.html", values, status_code=400 if why else 200)


async def what_if_answer(request: Request) -> Response:
    """Played on a thread, one at a time; the same question is answered from memory."""
    found = await _answer(request)
    if isinstance(found, str):
        return page(request, "what_if_answer.html", {"answer": None, "why": found, "query": ""})
    chosen = {key: request.query_params.get(key, "") for key in WANTED}
    return page(request, "what_if_answer.html", {"answer": found, "why": "", "query": urlencode(chosen)})


async def what_if_picture(request: Request) -> Response:
    found = await _answer(request)
    if isinstance(found, str):
        return Response(status_code=404)
    return Response(found.picture, media_type="image/svg+xml")


async def _answer(request: Request) -> Answer | str:
    console: Console = console_of(request)
    try:
        question = _question({key: request.query_params.get(key, "") for key in WANTED})
    except NotAsked as error:
        return str(error)
    if question is None:
        return t("nothing is chosen")
    try:
        return await console.stories.played(what_if.answer, question, language())
    except Busy as error:
        return str(error)


def _question(chosen: dict[str, str]) -> Question | None:
    """None: nothing is chosen yet."""
    if any(len(text) > LONGEST_NAME for text in chosen.values()):
        raise NotAsked(t("there is no such device"))
    if chosen["file"]:
        return Question(file=chosen["file"], item=chosen["item"])
    if not chosen["mains"] and not chosen["fault"]:
        return None
    if chosen["fault"] and not chosen["device"]:
        raise NotAsked(t("choose the device that has the fault"))
    minutes = None if chosen["minutes"] in ("", "for good") else _minutes(chosen["minutes"], least=1 / 60)
    after = _minutes(chosen["after"] or "0", least=0.0)
    return Question(chosen["mains"], minutes, chosen["fault"], chosen["device"], after)


def _minutes(text: str, *, least: float) -> float:
    try:
        found = float(text)
    except ValueError:
        found = -1.0
    if not least <= found <= what_if.LONGEST_MIN:  # NaN is not within either
        raise NotAsked(t("minutes: a number up to {most}", most=what_if.LONGEST_MIN))
    return found


ROUTES: list[Way] = [
    read("/what-if", what_if_page),
    read("/what-if/answer", what_if_answer),
    read("/what-if/picture.svg", what_if_picture),
]
