"""Runs the console until it is told to stop."""

from __future__ import annotations

import uvicorn

from teiden.web.app import application
from teiden.web.settings import Settings

STOP_S = 2
"""Open streams of news end after this when it is told to stop."""


def serve(settings: Settings) -> None:
    """Until SIGTERM or SIGINT. OSError where it cannot listen."""
    config = uvicorn.Config(
        application(settings),
        host=settings.host,
        port=settings.port,
        ssl_certfile=settings.certificate or None,
        ssl_keyfile=settings.key or None,
        log_level="warning",
        access_log=False,
        server_header=False,
        date_header=True,
        timeout_graceful_shutdown=STOP_S,
        limit_concurrency=200,
        h11_max_incomplete_event_size=16 * 1024,
        proxy_headers=False,
        ws="none",
    )
    uvicorn.Server(config).run()
