"""Tells browsers that something has changed, as server-sent events; the page then fetches what it shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from teiden.language.say import t
from teiden.web.bell import Bell
from teiden.web.console import console_of, who_asks
from teiden.web.guard.gate import source_of
from teiden.web.routes import Way, read

ALIVE_S = 5.0
MOST = 96
"""Pages that are open at once."""
MOST_OF_ONE = 16
"""Of one account; without accounts, of one address."""


class News(StreamingResponse):
    """Counted from its making to its end, so that a hundred that come at once are a hundred."""

    def __init__(self, bell: Bell, one: str, open_: Counter[str]) -> None:
        super().__init__(_told(bell), media_type="text/event-stream")
        self._one, self._open = one, open_
        open_[one] += 1

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._open[self._one] -= 1
            if not self._open[self._one]:
                del self._open[self._one]


async def news(request: Request) -> Response:
    """An event `status` or `events` whenever there is another one; a comment now and then."""
    if request.method == "HEAD":
        return Response(media_type="text/event-stream")
    console = console_of(request)
    one, open_ = who_asks(request).name or source_of(request), console.streams
    if open_[one] >= MOST_OF_ONE or open_.total() >= MOST:
        return PlainTextResponse(t("too many pages are open"), status_code=503)
    return News(console.bell, one, open_)


async def _told(bell: Bell) -> AsyncIterator[str]:
    yield "retry: 1000\n\nevent: status\ndata: 0\n\nevent: events\ndata: 0\n\n"
    async for topics in bell.listen(at_least_every_s=ALIVE_S):
        yield "".join(f"event: {topic}\ndata: 0\n\n" for topic in sorted(topics)) or ": alive\n\n"


ROUTES: list[Way] = [read("/news", news)]
