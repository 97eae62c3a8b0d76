"""The first page: who commands, what it waits for, every device as it was last seen."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from teiden.web.routes import Way, read
from teiden.web.view import page


async def overview(request: Request) -> Response:
    return page(request, "overview.html")


async def overview_now(request: Request) -> Response:
    """The part that lives."""
    return page(request, "overview_now.html")


ROUTES: list[Way] = [read("/", overview), read("/overview/now", overview_now)]
