"""What waits for a second person: another operator approves it, or whoever asked withdraws it (SEC-12)."""

from __future__ import annotations

import asyncio

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from teiden.language.say import said, t
from teiden.narration.words import duration
from teiden.web.console import console_of, who_asks
from teiden.web.forms import NoForm, form_of
from teiden.web.guard.audit import NotKept
from teiden.web.guard.gate import source_of
from teiden.web.guard.once_more import why_not_he
from teiden.web.pages.asking import EVERYTHING, TITLES, answered, not_noted, send
from teiden.web.pending import PENDING
from teiden.web.routes import Way, read, write
from teiden.web.view import page


async def pending(request: Request) -> Response:
    return _page(request)


async def pending_now(request: Request) -> Response:
    """The line at the top of every page."""
    return page(request, "pending_now.html")


async def decided(request: Request) -> Response:
    """Approved by another than who asked, with his password; or withdrawn by any operator."""
    console, who, source = console_of(request), who_asks(request).name, source_of(request)
    try:
        form = await form_of(request)
    except NoForm as error:
        return PlainTextResponse(str(error), status_code=error.status)
    found = console.pending.find(form.get("id"))
    if found is None:
        return _page(request, t("it has been decided meanwhile, or its ten minutes are over"), 404)
    of = found.of or (EVERYTHING,)
    if form.get("withdraw"):
        try:
            what = f"{found.wish.value} withdrawn"
            await asyncio.to_thread(console.gate.audit.note, who, source, what, of, request=found.id)
        except NotKept as error:
            return _page(request, not_noted(error), 503)
        console.pending.take(found.id)
        console.bell.ring(PENDING)
        return RedirectResponse("/ask/pending", status_code=303)
    if found.who == who:
        return _page(request, t("{name} has asked for it; another operator has to approve", name=who), 403)
    if form.get("typed").strip() != found.scope:
        return _page(request, t("type {scope} to go on", scope=found.scope), 403)
    if why := await why_not_he(request, console_of(request), form):
        return _page(request, why, 403)
    if console.pending.take(found.id) is None:
        return _page(request, t("it has been decided meanwhile, or its ten minutes are over"), 404)
    console.bell.ring(PENDING)
    try:
        wish, names, first = found.wish, found.of, found.who
        reply = await asyncio.to_thread(send, console, wish, names, who, source, found.id, first=first)
    except NotKept as error:
        return _page(request, not_noted(error), 503)
    return answered(request, reply)


def _page(request: Request, why: str = "", status: int = 200) -> Response:
    name = who_asks(request).name
    rows = [
        {
            "id": one.id,
            "title": said(TITLES[one.wish], scope=one.scope),
            "scope": one.scope,
            "names": ", ".join(one.of),
            "who": one.who,
            "mine": one.who == name,
            "left": duration(left_s),
        }
        for one, left_s in console_of(request).pending.all()
    ]
    return page(request, "pending.html", {"rows": rows, "why": why}, status_code=status)


ROUTES: list[Way] = [
    read("/ask/pending", pending),
    read("/ask/pending/now", pending_now),
    write("/ask/pending", decided),
]
