"""A service as a console sees it: a real request socket that tells a status and answers requests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from realtime.request_socket import RequestSocket
from realtime.status import ArrayView, ClusterView, ServerView, Status
from realtime.status_json import to_json
from realtime.status_lines import StatusLines
from sequencer.requests import Request
from tests.test_realtime.serving import serving
from tests.test_realtime.statuses import calm_day, ups
from tests.test_web.browsing import site


def ordinary_day() -> Status:
    """Every device of the reference site, with its mains, armed."""
    room = site().site
    return replace(
        calm_day(),
        node="control1",
        armed=True,
        why_not="",
        commands=True,
        upses=tuple(ups(name, label=one.label, load_pct=40.0) for name, one in room.upses.items()),
        servers=tuple(ServerView(name, "up", 3.0, True) for name in room.servers),
        arrays=tuple(ArrayView(name, "ready", "not asked", 1.0, True) for name in room.arrays),
        cluster=ClusterView(room.cluster.name, "running", "control1", 2.0, True),
    )


@dataclass
class PretendService:
    socket: Path
    status: Status = field(default_factory=ordinary_day)
    refusal: str = ""
    """What requests are refused with; '' accepts them."""
    asked: list[Request] = field(default_factory=list)

    def tell(self, **changes: Any) -> None:
        """Another status, which is told within a twentieth of a second."""
        self.status = replace(self.status, **changes)

    def answer(self, socket: RequestSocket, request: Request) -> None:
        socket.reply(request, refusal=self.refusal)


@contextmanager
def pretending(socket: Path) -> Iterator[PretendService]:
    pretended = PretendService(socket)
    lines = StatusLines(lambda: to_json(pretended.status), every_s=0.05)
    with serving(socket, pretended.answer, status=lines) as pretended.asked:
        yield pretended
