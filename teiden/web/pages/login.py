"""Logging in and out, and the language that a reader chooses."""

from __future__ import annotations

import asyncio
from math import ceil

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from teiden.language.say import LANGUAGES, t
from teiden.web.console import console_of
from teiden.web.forms import NoForm, form_of
from teiden.web.guard.audit import NotKept
from teiden.web.guard.gate import source_of
from teiden.web.guard.roles import Role
from teiden.web.language import COOKIE
from teiden.web.routes import Way, for_everybody, write
from teiden.web.view import page

YEAR_S = 365 * 86400


async def login_page(request: Request) -> Response:
    return _form(request, _inside(request.query_params.get("to", "/")))


async def login(request: Request) -> Response:
    """A wrong name and a wrong password are answered alike, after the same time (SEC-13)."""
    gate = console_of(request).gate
    try:
        form = await form_of(request)
    except NoForm as error:
        return PlainTextResponse(str(error), status_code=error.status)
    name, to, source = form.get("name").strip().lower()[:64], _inside(form.get("to", "/")), source_of(request)
    place = gate.place(request, name)
    if (wait_s := gate.throttle.wait_s(name, place)) > 0:
        why = t("too many attempts; try again in {minutes} min", minutes=ceil(wait_s / 60))
        return _form(request, to, why, name, 429)
    gate.throttle.failed(name, place)  # until shown otherwise: those that come meanwhile count as well
    role = await asyncio.to_thread(gate.accounts.verify, name, form.get("password"))
    try:
        await asyncio.to_thread(
            gate.audit.note, name if role else "", source, "login" if role else "login refused", tried=name
        )
    except NotKept:
        if role is Role.OPERATOR:
            why = t("the audit log cannot be written; nobody who may ask for something is let in")
            return _form(request, to, why, name, 503)
    if role is None:
        why = t("no account has this name and this password")
        return _form(request, to, why, name, 401)
    gate.throttle.succeeded(name, place)
    answer = RedirectResponse(to, status_code=303)
    gate.let_in(request, answer, name)
    return answer


def _form(request: Request, to: str, why: str = "", name: str = "", status: int = 200) -> Response:
    return page(request, "login.html", {"to": to, "why": why, "name": name}, status_code=status)


async def logout(request: Request) -> Response:
    answer = RedirectResponse("/login", status_code=303)
    console_of(request).gate.let_out(request, answer)
    return answer


async def choose_language(request: Request) -> Response:
    try:
        form = await form_of(request)
    except NoForm as error:
        return PlainTextResponse(str(error), status_code=error.status)
    answer = RedirectResponse(_inside(form.get("to", "/")), status_code=303)
    if (chosen := form.get("language")) in LANGUAGES:
        answer.set_cookie(COOKIE, chosen, max_age=YEAR_S, path="/", samesite="strict", httponly=True)
    return answer


def _inside(path: str) -> str:
    """Only pages of ours: `//elsewhere` and `/\\elsewhere` are other hosts to a browser."""
    inside = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()
    return path if inside else "/"


ROUTES: list[Way] = [
    for_everybody("/login", login_page),
    for_everybody("/login", login, method="POST"),
    for_everybody("/language", choose_language, method="POST"),
    write("/logout", logout, role=Role.VIEWER),
]
