"""Ask the service on this node how things are, once or for as long as one likes."""

from __future__ import annotations

import json
import socket as sockets
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from realtime.status import Status
from realtime.status_json import NoStatus, from_json
from teiden.language.say import t
from teiden.requests import NotReached, connected, socket_path

TIMEOUT_S = 10.0
SILENT_S = 15.0
"""A watched service says something every 5 s; after this long it counts for silent."""
TICK_S = 1.0
MAX_STATUS = 16 * 1024 * 1024
"""Bytes. A hall of a thousand devices takes about 300 kB."""


def status(socket: str | None = None, *, timeout_s: float = TIMEOUT_S) -> Status:
    """How things are now. Raises NotReached."""
    with _asked("status", socket, timeout_s) as lines:
        return _status(lines.next(timeout_s))


def watched(socket: str | None = None, *, timeout_s: float = TIMEOUT_S) -> Iterator[Status | None]:
    """Each status that the service tells, and None every second while it tells none. Raises NotReached."""
    with _asked("watch", socket, timeout_s) as lines:
        yield _status(lines.next(timeout_s))
        heard_s = time.monotonic()
        while True:
            line = lines.within(TICK_S)
            if line is not None:
                heard_s = time.monotonic()
                yield _status(line)
            elif time.monotonic() - heard_s > SILENT_S:
                raise NotReached(t("the service says nothing any more"))
            else:
                yield None


class Lines:
    """What comes over the socket, line by line."""

    def __init__(self, service: sockets.socket) -> None:
        self._service = service
        self._heard = bytearray()

    def next(self, timeout_s: float) -> bytes:
        line = self.within(timeout_s)
        if line is None:
            raise NotReached(t("no answer in {timeout_s:g} s", timeout_s=timeout_s))
        return line

    def within(self, limit_s: float) -> bytes | None:
        """The next line; None: it is not here by then, and what is here of it is kept."""
        end_s = time.monotonic() + limit_s
        while b"\n" not in self._heard:
            left_s = end_s - time.monotonic()
            if left_s <= 0:
                return None
            self._hear(left_s)
        line, _, rest = self._heard.partition(b"\n")
        self._heard = rest
        return bytes(line)

    def _hear(self, limit_s: float) -> None:
        self._service.settimeout(limit_s)
        try:
            more = self._service.recv(65536)
        except TimeoutError:
            return
        except OSError:
            more = b""
        if not more:
            raise NotReached(t("the service hung up"))
        self._heard += more
        if len(self._heard) > MAX_STATUS:
            raise NotReached(t("what listens there is no service of ours"))


@contextmanager
def _asked(what: str, socket: str | None, timeout_s: float) -> Iterator[Lines]:
    with connected(socket_path(socket), timeout_s) as service:
        with suppress(OSError):  # it may have said why before it hung up
            service.sendall(json.dumps({"ask": what}).encode("ascii") + b"\n")
        yield Lines(service)


def _status(line: bytes) -> Status:
    try:
        told = json.loads(line)
        if isinstance(told, dict) and "accepted" in told:
            raise NotReached(t("refused: {reason}", reason=told.get("reason", "")))
        return from_json(told)
    except (NoStatus, ValueError, RecursionError) as error:
        raise NotReached(t("its answer is not understood: {reason}", reason=error)) from None
