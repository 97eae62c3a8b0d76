"""Fills a template: every text escaped by the engine and said in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import HTMLResponse

from teiden.language.say import LANGUAGES, language, later, said, speaking, t
from teiden.web.console import console_of, who_asks
from teiden.web.guard.roles import Role
from teiden.web.language import language_of
from teiden.web.settings import Settings

if TYPE_CHECKING:
    from jinja2 import Environment

HERE = Path(__file__).parent
STATIC = HERE / "static"
NAVIGATION = (
    (later("Overview"), "/"),
    (later("Sequence"), "/sequence"),
    (later("What happened"), "/journal"),
    (later("Plan"), "/plan"),
    (later("Schedules"), "/schedules"),
    (later("What if"), "/what-if"),
    (later("Statistics"), "/stats"),
    (later("Trust"), "/report"),
    (later("Configuration"), "/configuration"),
    (later("Emergency stop"), "/stop"),
)
"""In this order on every page: its name, and its path."""
TRAINING = ((later("Room"), "/room"),)
"""Behind them, over an emulated room."""
ROLES = {Role.VIEWER: later("viewer"), Role.OPERATOR: later("operator")}


def page(
    request: Request, template: str, values: Mapping[str, object] | None = None, *, status_code: int = 200
) -> HTMLResponse:
    """A whole page, or a part of one where htmx asks for a part: both are templates."""
    text = _environment().get_template(template).render(_common(request) | dict(values or {}))
    return HTMLResponse(text, status_code=status_code)


async def busy(request: Request, error: Exception) -> HTMLResponse:
    """Of a page that has to play something first, and cannot now."""
    with speaking(language_of(request)):
        values = {"title": t("Not now"), "reason": str(error)}
        return page(request, "asked.html", values, status_code=503)


def _common(request: Request) -> dict[str, object]:
    console, who = console_of(request), who_asks(request)
    settings = console.settings
    return {
        "lang": language(),
        "languages": LANGUAGES,
        "path": request.url.path,
        "navigation": [(said(name), path) for name, path in _navigation(settings)],
        "who": who,
        "role": said(ROLES[who.role]),
        "has_accounts": console.gate.accounts.exist,
        "site": settings.site_file.site.name,
        "node": settings.node,
        "training": settings.book is not None,
        "watch_only": settings.watch_only,
        "two_persons": settings.two_persons,
        "waiting": len(console.pending.all()),
        "status": console.watch.status,
        "why_not": console.watch.why_not,
        "older_s": console.watch.age_s,
    }


def _navigation(settings: Settings) -> tuple[tuple[str, str], ...]:
    return NAVIGATION if settings.book is None else (*NAVIGATION, *TRAINING)


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["t"] = t
    return environment
