"""Draws for one purpose, one after the other: from (seed, purpose, n), so nobody else's draws move them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from sim.chance import Stream

T = TypeVar("T")


class Dice:
    def __init__(self, seed: int, purpose: str) -> None:
        self._stream = Stream(seed, "explore", purpose)
        self._n = -1

    def _next(self) -> int:
        self._n += 1
        return self._n

    def happens(self, probability: float) -> bool:
        return self._stream.happens(self._next(), probability)

    def between(self, low: float, high: float) -> float:
        return self._stream.between(self._next(), low, high)

    def seconds(self, low: float, high: float) -> float:
        """In whole tenths, so that a story file holds them exactly."""
        return round(self.between(low, high), 1)

    def one_of(self, things: Sequence[T]) -> T:
        return things[int(self._stream(self._next()) * len(things))]

    def some_of(self, things: Sequence[T]) -> tuple[T, ...]:
        """At least one, in their order."""
        share = self.between(0.0, 1.0)
        found = tuple(thing for thing in things if self.happens(share))
        return found or (self.one_of(things),)
