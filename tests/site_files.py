"""Site files of the small site with two nodes, what was proved of them, and a node that watches one."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path

from realtime.site_files import Offer
from teiden.configuration.examine import Examined, examine
from teiden.configuration.keeping import Active, Keeping
from teiden.configuration.lying import Lying, next_file
from teiden.opening import versions
from teiden.proved import Played, Record, path_of
from tests.two_nodes import TWO

POLLED = TWO.replace("on_line: 8s", "on_line: 9s")
"""Needs a reload."""
LATER = TWO.replace("confirm: 90s", "confirm: 91s")
"""Needs a restart of the service."""


def digest(text: str | bytes) -> str:
    return hashlib.sha256(text.encode() if isinstance(text, str) else text).hexdigest()


def proof(text: str, *, version: str | None = None, holds: bool = True) -> bytes:
    """What `teiden prove` writes of it, without having played anything."""
    told = versions()["teiden"] if version is None else version
    played = (Played("the mains fail", holds, True),)
    return json.dumps(asdict(Record("site.yaml", digest(text), told, "2026-11-26", (), played))).encode()


def offer(text: str, over: str, **told: object) -> Offer:
    return Offer(digest(text), digest(over), text.encode(), proof(text, **told))  # type: ignore[arg-type]


async def here(active: str, candidate: str, record: str | None, path: str, me: str) -> Examined:
    """Looked over in this process: another one would take a second."""
    return examine(active, candidate, record, path, me)


def idle() -> str:
    return ""


@dataclass
class Node:
    """A node whose service was started with TWO, written to its own /etc."""

    folder: Path
    me: str = "control2"
    armed: bool = True
    begun: list[Lying] = field(default_factory=list)
    """What further lives were begun by."""
    look_over: Callable[..., object] = here

    def __post_init__(self) -> None:
        self.written = self.folder / self.me / "etc" / "site.yaml"
        self.state = self.folder / self.me / "lib" / "site"
        self.written.parent.mkdir(parents=True)
        self.state.mkdir(parents=True)
        self.write(TWO)
        active = Active(self.written, self.state, next_file(self.written, self.state), self.me, self.armed)
        self.keeping = Keeping(active, self.begun.append, look_over=self.look_over)  # type: ignore[arg-type]

    def write(self, text: str, *, proved: bool = False) -> None:
        self.written.write_text(text, encoding="utf-8")
        if proved:
            path_of(self.written).write_bytes(proof(text))

    @property
    def next(self) -> Lying:
        return next_file(self.written, self.state)
