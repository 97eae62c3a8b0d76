"""Answers without which somebody does not go on: a rehearsal does not hurry past them."""

from __future__ import annotations

import simpy


class Wanted:
    """True while there are any."""

    def __init__(self) -> None:
        self._count = 0

    def __bool__(self) -> bool:
        return self._count > 0

    def add(self, answer: simpy.Event) -> None:
        """`answer` must not have come yet."""
        self._count += 1
        assert answer.callbacks is not None, "it has come"
        answer.callbacks.append(self._came)

    def _came(self, _: simpy.Event) -> None:
        self._count -= 1
