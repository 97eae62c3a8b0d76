"""The application: all routes of all pages, inside what guards every one of them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from teiden.web import news
from teiden.web.console import Console
from teiden.web.guard.doorstep import Doorstep
from teiden.web.guard.headers import Headers, failed
from teiden.web.pages import (
    alive,
    approving,
    asking,
    configuration,
    journal,
    login,
    metrics,
    overview,
    plan,
    report,
    room,
    schedules,
    sending,
    sequence,
    stats,
    stopping,
    ups,
    what_if,
)
from teiden.web.rehearsing import Busy
from teiden.web.settings import Settings
from teiden.web.view import STATIC, busy

PAGES = (
    alive,
    approving,
    asking,
    configuration,
    journal,
    login,
    metrics,
    news,
    overview,
    plan,
    report,
    schedules,
    sending,
    sequence,
    stats,
    stopping,
    ups,
    what_if,
)
TRAINING = (room,)
"""Only over an emulated room."""


def application(settings: Settings) -> Starlette:
    console = Console(settings)
    pages = PAGES if settings.book is None else (*PAGES, *TRAINING)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with console.running():
            yield

    app = Starlette(
        routes=[
            *(way for page in pages for way in page.ROUTES),
            Mount("/static", StaticFiles(directory=STATIC), name="static"),
        ],
        middleware=[Middleware(Headers, secure=settings.secure), Middleware(Doorstep, settings=settings)],
        lifespan=lifespan,
        exception_handlers={Exception: failed, Busy: busy},
    )
    app.state.console = console
    return app
