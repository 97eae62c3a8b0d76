"""For Prometheus: a session's, or with the token of `teiden web --metrics-token FILE`."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from teiden.web.console import console_of
from teiden.web.routes import Way, scraped

FORMAT = "text/plain; version=0.0.4; charset=utf-8"


async def metrics(request: Request) -> Response:
    from teiden.web.metrics import metrics as told

    watch = console_of(request).watch
    return Response(told(watch.status, watch.age_s), media_type=FORMAT)


ROUTES: list[Way] = [scraped("/metrics", metrics)]
