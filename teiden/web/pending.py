"""What one operator has asked for and another has to approve: in memory, for ten minutes (SEC-12)."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from sequencer.requests import Wish

PENDING = "pending"
"""What the bell rings for: there is another request, or one less."""
LASTS_S = 600.0
MOST = 20


@dataclass(frozen=True, slots=True)
class Pending:
    id: str
    wish: Wish
    scope: str
    """What has to be typed to approve it."""
    of: tuple[str, ...]
    """Empty: the whole site."""
    who: str
    """Who has asked, and may not approve."""


class Waiting:
    """A console that is started anew has forgotten them: whoever asked asks again."""

    def __init__(self, now_s: Callable[[], float] = time.monotonic) -> None:
        self._now_s = now_s
        self._kept: dict[str, tuple[Pending, float]] = {}

    def add(self, pending: Pending) -> bool:
        """False: there are too many, or this very one waits already."""
        self._forget()
        if len(self._kept) >= MOST or pending.id in self._kept:
            return False
        self._kept[pending.id] = pending, self._now_s() + LASTS_S
        return True

    def all(self) -> list[tuple[Pending, float]]:
        """With the seconds that are left, the oldest first."""
        self._forget()
        return [(pending, until_s - self._now_s()) for pending, until_s in self._kept.values()]

    def find(self, id: str) -> Pending | None:
        self._forget()
        kept = self._kept.get(id)
        return None if kept is None else kept[0]

    def take(self, id: str) -> Pending | None:
        """It is carried out, or withdrawn, once: of two who approve at once, one finds nothing."""
        found = self.find(id)
        self._kept.pop(id, None)
        return found

    def _forget(self) -> None:
        now_s = self._now_s()
        self._kept = {id: kept for id, kept in self._kept.items() if kept[1] > now_s}
