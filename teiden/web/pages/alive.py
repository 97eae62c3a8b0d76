"""Whether the console itself is alive, for whoever watches services. It tells nothing of the site."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from teiden.web.routes import Way, for_everybody


async def alive(request: Request) -> Response:
    return PlainTextResponse("alive\n")


ROUTES: list[Way] = [for_everybody("/alive", alive)]
