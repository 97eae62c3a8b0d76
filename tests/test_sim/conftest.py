"""The reference site's devices without anybody who commands them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sim.room import Room
from tests.worlds import reference_model, reference_site


class BareRoom(Room):
    """No control node comes to life in it."""

    def go(self, to_s: float) -> None:
        self.env.run(until=to_s)

    def told(self, name: str, subject: str) -> list[float]:
        """When this happened to it."""
        return [e.t for e in self.stream if (e.name, e.subject) == (name, subject)]

    def details(self, name: str, subject: str) -> dict[str, Any]:
        """Of the last such event."""
        return dict([e for e in self.stream if (e.name, e.subject) == (name, subject)][-1].details)

    def mains(self, present: bool, of: str = "utility") -> None:
        self.change_mains(of, present=present)


@pytest.fixture
def bare() -> Callable[..., BareRoom]:
    def made(site: Any = None, model: Any = None) -> BareRoom:
        room = BareRoom(site or reference_site(), model or reference_model(), horizon_s=1e6)
        for ups in room.upses.values():
            ups.begin()
        for node in room.nodes.values():
            node.begin = lambda: None  # type: ignore[method-assign]
        return room

    return made


@pytest.fixture
def bare_room(bare: Callable[..., BareRoom]) -> BareRoom:
    return bare()
