"""The pretend room behind a training console: mains are taken away, faults thrown and buttons pressed here.

This page is there only where the console was given the book of an emulated room.
"""

from __future__ import annotations

from pathlib import Path

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from sequencer.site import Site
from sim.faults import catalogue
from sim.faults.fault import Fault
from sim.faults.subjects import subjects
from sim.story import Manager
from teiden.emulator import control
from teiden.emulator.book import read as read_book
from teiden.files.source import InputError
from teiden.language.retell import retold
from teiden.language.say import t
from teiden.web.console import Console, console_of
from teiden.web.forms import Form, NoForm, form_of
from teiden.web.routes import Way, read, write
from teiden.web.view import page

VERBS = ("lose", "restore", "fault", "end", "card", "end_card", "reboot", "press", "boot", "manager")


class NoRoom(Exception):
    """Why the room does not answer, in words."""


async def room(request: Request) -> Response:
    return await _page(request)


async def room_now(request: Request) -> Response:
    """Every device as it really is."""
    return page(request, "room_now.html", await _now(console_of(request)))


async def moved(request: Request) -> Response:
    """Something happens in the room."""
    console = console_of(request)
    try:
        form = await form_of(request)
    except NoForm as error:
        return PlainTextResponse(str(error), status_code=error.status)
    line = _line(console.settings.site_file.site, form)
    if line is None:
        return await _page(request, why=t("there is no such wish"), status=400)
    try:
        code, answer = await _tell(console, line)
    except NoRoom as error:
        return await _page(request, why=str(error), status=503)
    if code:
        return await _page(request, why=answer, status=409)
    return await _page(request, done=line)


async def _page(request: Request, *, why: str = "", done: str = "", status: int = 200) -> Response:
    console = console_of(request)
    site = console.settings.site_file.site
    values = {
        **await _now(console),
        "why": why,
        "done": done,
        "feeds": site.feeds,
        "upses": list(site.upses),
        "servers": list(site.servers),
        "nodes": site.cluster.nodes,
        "faults": [{"name": fault.name, "of": retold(fault.of.value)} for fault in _faults(site)],
        "devices": [*site.upses, *site.servers, *site.arrays, *site.switches, site.cluster.name, *site.feeds],
        "card": control.CARD,
        "deeds": [deed.value for deed in Manager],
    }
    return page(request, "room.html", values, status_code=status)


async def _now(console: Console) -> dict[str, object]:
    try:
        _, told = await _tell(console, "state")
    except NoRoom as error:
        return {"states": [], "clock": "", "unheard": str(error)}
    clock, *lines = told.splitlines() or [""]
    return {"states": [line.split(maxsplit=1) for line in lines], "clock": clock.strip(), "unheard": ""}


def _faults(site: Site) -> list[Fault]:
    """Those that strike a device of this room while it runs."""
    return [f for f in catalogue.ALL if not f.pretend and f.prepare is None and subjects(site, f.of)]


def _line(site: Site, form: Form) -> str | None:
    """In the words of `teiden emulate --tell`. None: these are none of ours; names are looked up here."""
    verb, of, what = form.get("verb"), form.get("of"), form.get("what")
    known = {*site.feeds, *site.upses, *site.servers, *site.arrays, *site.switches, site.cluster.name}
    if verb not in VERBS or (of and of not in known):
        return None
    if verb in ("lose", "restore", "press", "boot", "reboot"):
        return f"{verb} {of}"
    if verb in ("fault", "end"):
        if what not in catalogue.BY_NAME:
            return None
        return f"fault {what} {of}{' end' if verb == 'end' else ''}"
    if verb in ("card", "end_card"):
        return f"card {of} {what}{' end' if verb == 'end_card' else ''}" if what in control.CARD else None
    if what not in [deed.value for deed in Manager]:
        return None
    return f"manager {what} {of}".rstrip()


async def _tell(console: Console, line: str) -> tuple[int, str]:
    """Exit code and answer. Raises NoRoom."""
    book = console.settings.book
    assert book is not None, "these routes are there only with a book"
    try:
        return await control.tell(Path(read_book(book).folder), line)
    except (OSError, InputError) as error:
        raise NoRoom(t("the room does not answer: {why}", why=error)) from None


ROUTES: list[Way] = [read("/room", room), read("/room/now", room_now), write("/room", moved)]
