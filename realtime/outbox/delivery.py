"""What every way out has in common: why a letter did not arrive, and a limit that holds.

A time-out of a socket begins anew with every byte, so a peer that says one byte a second would be waited
for all night. Here the socket is shut when the time is over, whatever it is doing.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Protocol

from realtime.outbox.letter import Letter


class NotDelivered(Exception):
    """Why, in words without secrets. `hopeless`: this very letter will never be taken."""

    def __init__(self, reason: str, *, hopeless: bool = False) -> None:
        super().__init__(reason)
        self.hopeless = hopeless


class Way(Protocol):
    """How letters get to one destination. `deliver` may block; it is called on a thread of its own."""

    @property
    def name(self) -> str:
        """Shown in logs, and kept with what waits: no secret, and the same in every life."""
        ...

    def deliver(self, letter: Letter) -> None:
        """Returns when it has arrived; else raises `NotDelivered`."""
        ...


@contextmanager
def within(limit_s: float, its_socket: Callable[[], socket.socket | None]) -> Iterator[None]:
    """Shut the socket that there is when the time is over; raises `NotDelivered` then."""
    over = threading.Event()

    def shut() -> None:
        over.set()
        found = its_socket()
        if found is not None:
            with suppress(OSError):
                found.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(limit_s, shut)
    timer.daemon = True
    timer.start()
    try:
        yield
    except Exception as error:
        if over.is_set():
            raise NotDelivered(f"no answer within {limit_s:g} s") from None
        raise error
    finally:
        timer.cancel()
    if over.is_set():
        raise NotDelivered(f"no answer within {limit_s:g} s")


def trusting(ca: str) -> ssl.SSLContext:
    """Certificates and names are verified (SEC-8): against this CA, or those of the system."""
    try:
        return ssl.create_default_context(cafile=ca or None)
    except (OSError, ssl.SSLError) as error:
        raise NotDelivered(f"the CA {ca} cannot be read: {error.strerror or error}") from None


def is_here(host: str) -> bool:
    """This very machine: what is said to it is heard by nobody else."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"
