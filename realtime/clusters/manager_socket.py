"""The socket at which the cluster's manager tells of its own shutdowns and reboots (R2-08, R2-09, R7-08).

Apart from the one of applications and operators: what is heard here is taken for a fact, and powers off
what it says is going down. Mode 0600 as the other one: only root and the service's own user get in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Protocol

from realtime.request_lines import manager_of
from realtime.request_socket import RequestSocket
from sequencer.requests import Request

OURS = "this service asked the cluster for that itself"


class Stopping(Protocol):
    @property
    def stops_for_us(self) -> bool: ...


def manager_socket(
    path: str, deliver: Callable[[Request], None], cluster: Stopping, nodes: Iterable[str]
) -> RequestSocket:
    """Delivers the manager's news, as RequestSocket does, but for what we have asked of it ourselves.

    A script of the manager cannot know who stops the cluster. Taken for its own doing, our stop in an
    outage would keep the nodes off when the mains are back.
    """

    def heard(request: Request) -> None:
        if cluster.stops_for_us:
            socket.reply(request, refusal=OURS)
        else:
            deliver(request)

    socket = RequestSocket(path, heard, hearing=manager_of(nodes))
    return socket
