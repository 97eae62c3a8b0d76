"""Tells browsers that something has changed, as server-sent events; the page then fetches what it shows."""

from __future__ import annotations

from collections.abc import AsyncIterator

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse

from teiden.language.say import t
from teiden.web.console import console_of
from teiden.web.routes import Way, read

ALIVE_S = 5.0
MOST = 64
"""Pages that are open at once."""


async def news(request: Request) -> Response:
    """An event `status` or `events` whenever there is another one; a comment now and then."""
    bell = console_of(request).bell
    if bell.listeners >= MOST:
        return PlainTextResponse(t("too many pages are open"), status_code=503)

    async def told() -> AsyncIterator[str]:
        yield "retry: 1000\n\nevent: status\ndata: 0\n\nevent: events\ndata: 0\n\n"
        async for topics in bell.listen(at_least_every_s=ALIVE_S):
            yield "".join(f"event: {topic}\ndata: 0\n\n" for topic in sorted(topics)) or ": alive\n\n"

    return StreamingResponse(told(), media_type="text/event-stream")


ROUTES: list[Way] = [read("/news", news)]
