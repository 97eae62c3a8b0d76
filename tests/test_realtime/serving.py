"""A request socket that really listens, on a loop in a thread of its own."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from realtime.request_socket import RequestSocket
from sequencer.requests import Request

Replier = Callable[[RequestSocket, Request], None]


def accept(service: RequestSocket, request: Request) -> None:
    service.reply(request)


@contextmanager
def serving(path: Path, answer: Replier = accept, **settings: Any) -> Iterator[list[Request]]:
    """Serve until the block ends; gives the list of what was delivered."""
    delivered: list[Request] = []
    opened, ending = threading.Event(), threading.Event()
    failures: list[BaseException] = []
    stop: list[Callable[[], None]] = []

    async def serve() -> None:
        loop, done = asyncio.get_running_loop(), asyncio.Event()
        stop.append(lambda: loop.call_soon_threadsafe(done.set))

        def deliver(request: Request) -> None:
            delivered.append(request)
            answer(service, request)

        service = RequestSocket(str(path), deliver, **settings)
        async with service:
            opened.set()
            await done.wait()

    def run() -> None:
        try:
            asyncio.run(serve())
        except BaseException as error:
            failures.append(error)
        finally:
            opened.set()
            ending.set()

    thread = threading.Thread(target=run)
    thread.start()
    assert opened.wait(5)
    try:
        if failures:
            raise failures[0]
        yield delivered
    finally:
        if not ending.is_set():
            stop[0]()
        thread.join(5)
        assert not thread.is_alive()
    assert not failures


class Caller:
    """A client that says whatever it likes."""

    def __init__(self, path: Path) -> None:
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(5)
        self.socket.connect(str(path))
        self._heard = self.socket.makefile("rb")

    def __enter__(self) -> Caller:
        return self

    def __exit__(self, *error: object) -> None:
        self._heard.close()
        self.socket.close()

    def send(self, content: bytes) -> None:
        self.socket.sendall(content)

    def ask(self, **told: object) -> dict[str, Any]:
        self.send(json.dumps(told).encode() + b"\n")
        return self.hear()

    def hear(self) -> dict[str, Any]:
        line = self._heard.readline()
        assert line.endswith(b"\n"), "hung up without an answer"
        return dict(json.loads(line))

    def hung_up(self) -> bool:
        return self._heard.readline() == b""


def until(happened: Callable[[], object], limit_s: float = 30.0) -> None:
    """Wait for what another thread does, however busy the machine is."""
    end_s = time.monotonic() + limit_s
    while not happened():
        assert time.monotonic() < end_s, "it never happened"
        time.sleep(0.002)
