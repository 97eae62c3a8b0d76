"""Runs the console until it is told to stop."""

from __future__ import annotations

import os
import signal
import threading
import time

import uvicorn

from teiden.web.app import application
from teiden.web.settings import Settings
from teiden.web.timely import Timely

LOOK_S = 1.0
STOP_S = 2
"""Open streams of news end after this when it is told to stop."""


def serve(settings: Settings, beside: int | None = None) -> None:
    """Until SIGTERM or SIGINT, or until `beside`, which started us, has ended. OSError: it cannot listen."""
    if beside is not None:
        threading.Thread(target=_end_with, args=(beside,), daemon=True).start()
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
        http=Timely,
    )
    uvicorn.Server(config).run()


def _end_with(parent: int) -> None:
    """A service that is killed cannot tell us to stop."""
    while os.getppid() == parent:
        time.sleep(LOOK_S)
    os.kill(os.getpid(), signal.SIGTERM)
