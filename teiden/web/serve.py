"""Runs the console until it is told to stop."""

from __future__ import annotations

import asyncio
import logging
import os
import resource
import signal
import threading
import time

import uvicorn

from teiden.web import tls
from teiden.web.app import application
from teiden.web.quiet import Quiet
from teiden.web.settings import Settings
from teiden.web.timely import Timely

LOOK_S = 1.0
STOP_S = 2
"""Open streams of news end after this when it is told to stop."""
MOST_AT_ONCE = 800
"""Connections: those that wait (`timely.MOST_YOUNG`), streams of news, and two hundred under way."""
FILES = 4096
"""A connection whose TLS handshake is under way is a file, and counted nowhere else."""


def serve(settings: Settings, beside: int | None = None) -> None:
    """Until SIGTERM or SIGINT, or until `beside`, which started us, has ended. OSError: it cannot listen."""
    if beside is not None:
        threading.Thread(target=_end_with, args=(beside,), daemon=True).start()
    config = uvicorn.Config(
        application(settings),
        host=settings.host,
        port=settings.port,
        log_level="warning",
        access_log=False,
        server_header=False,
        date_header=True,
        timeout_graceful_shutdown=STOP_S,
        limit_concurrency=MOST_AT_ONCE,
        h11_max_incomplete_event_size=16 * 1024,
        proxy_headers=False,
        ws="none",
        http=Timely,
    )
    config.load()
    if settings.secure:
        config.ssl = tls.context(settings.certificate, settings.key)
    logging.getLogger("uvicorn.error").addFilter(Quiet())
    _more_files()
    with asyncio.Runner(loop_factory=tls.Loop) as runner:
        runner.run(uvicorn.Server(config).serve())


def _more_files() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = FILES if hard == resource.RLIM_INFINITY else min(FILES, hard)
    if soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def _end_with(parent: int) -> None:
    """A service that is killed cannot tell us to stop."""
    while os.getppid() == parent:
        time.sleep(LOOK_S)
    os.kill(os.getpid(), signal.SIGTERM)
