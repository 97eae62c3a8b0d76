"""The emergency stop of this node: pulled by a word, released by a word and the password (SEC-30).

To pull it only makes safe, so it is pulled also when the audit log cannot be written; nothing else is.
"""

from __future__ import annotations

import asyncio
import logging
import shlex

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from realtime.contacts import at_node
from teiden.emulator import book as books
from teiden.language.say import t
from teiden.web import stop
from teiden.web.console import Console, console_of, who_asks
from teiden.web.forms import NoForm, form_of
from teiden.web.guard.audit import NotKept
from teiden.web.guard.gate import source_of
from teiden.web.guard.once_more import why_not_he
from teiden.web.pages.asking import not_noted
from teiden.web.routes import Way, read, write
from teiden.web.settings import Settings
from teiden.web.view import page

log = logging.getLogger(__name__)

PULL, RELEASE = "stop", "release"
"""What has to be typed, in every language."""


async def stop_page(request: Request) -> Response:
    return _page(request)


async def stop_moved(request: Request) -> Response:
    console = console_of(request)
    try:
        form = await form_of(request)
    except NoForm as error:
        return PlainTextResponse(str(error), status_code=error.status)
    typed = form.get("typed").strip().lower()
    if form.get("deed") == PULL:
        if typed != PULL:
            return _page(request, t("type {scope} to go on", scope=PULL), 403)
        return await _pull(request, console)
    if form.get("deed") != RELEASE or typed != RELEASE:
        return _page(request, t("type {scope} to go on", scope=RELEASE), 403)
    if why := await why_not_he(request, console_of(request), form):
        return _page(request, why, 403)
    return await _release(request, console)


async def _pull(request: Request, console: Console) -> Response:
    not_kept = ""
    try:
        await _note(request, console, "emergency stop pulled")
    except NotKept as error:
        not_kept = t("it was pulled, and not noted: the audit log cannot be written ({why})", why=error)
        log.error("the emergency stop is pulled by %s and not noted: %s", who_asks(request).name, error)
    try:
        await asyncio.to_thread(stop.pull, console.settings.stop_file)
    except stop.NotMoved as error:
        return _page(request, t("it could NOT be pulled: {why}", why=error), 503)
    if not_kept:
        return _page(request, not_kept, 200)
    return RedirectResponse("/stop", status_code=303)


async def _release(request: Request, console: Console) -> Response:
    try:
        await _note(request, console, "emergency stop released")
    except NotKept as error:
        return _page(request, not_noted(error), 503)
    try:
        await asyncio.to_thread(stop.release, console.settings.stop_file)
    except stop.NotMoved as error:
        return _page(request, t("it could NOT be released: {why}", why=error), 503)
    return RedirectResponse("/stop", status_code=303)


async def _note(request: Request, console: Console, what: str) -> None:
    who, source = who_asks(request).name, source_of(request)
    await asyncio.to_thread(console.gate.audit.note, who, source, what, (console.settings.node,))


def _page(request: Request, why: str = "", status: int = 200) -> Response:
    settings = console_of(request).settings
    pulled = stop.look(settings.stop_file)
    line = "sudo rm {}" if pulled.pulled else "sudo touch {}"
    others = [node for node in settings.site_file.site.cluster.nodes if node != settings.node]
    values = {
        "stop": pulled,
        "why": why,
        "words": {"pull": PULL, "release": RELEASE},
        "line": line.format(shlex.quote(str(settings.stop_file))),
        "others": [(node, line.format(shlex.quote(_file_of(settings, node)))) for node in others],
    }
    return page(request, "stop.html", values, status_code=status)


def _file_of(settings: Settings, node: str) -> str:
    """Where another node looks for its own."""
    contacts = settings.site_file.contacts if settings.book is None else books.read(settings.book).contacts
    return at_node(contacts, node).live.stop_file


ROUTES: list[Way] = [read("/stop", stop_page), write("/stop", stop_moved)]
