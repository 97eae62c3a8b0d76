"""What a sight needs of a device: its state now, and when it will cross a threshold."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Generic, TypeVar

from sequencer.ports import Condition

S = TypeVar("S")


class Device(ABC, Generic[S]):
    """What a sight needs of a device: its state now, and when it will cross a threshold."""

    def __init__(self) -> None:
        self._sights: list[Callable[[], None]] = []

    @abstractmethod
    def read(self) -> S | None:
        """What a poll would answer now; None: nothing answers."""

    def answers(self) -> bool:
        """Whether a poll would be answered now."""
        return self.read() is not None

    def differs(self, status: S) -> bool:
        """Whether a poll would tell something else now, drifting values aside."""
        now = self.read()
        return now is None or not self.same(now, status)

    def drifted(self, status: S, at_s: float) -> S:
        """The same status with its drifting values as they were at that time."""
        return status

    def same(self, a: S, b: S) -> bool:
        """Whether two statuses differ in drifting values at most."""
        return a == b

    def fast(self, status: S) -> bool:
        """Whether this status is a reason to poll at the faster rate."""
        return False

    def crossing_s(self, condition: Condition[S]) -> float | None:
        """When a drifting value will meet the condition if nothing changes; None: never."""
        return None

    def changed(self) -> None:
        """Tell every node that looks at this device that a poll may now answer otherwise."""
        for planned in list(self._sights):
            planned()

    def add_sight(self, planned: Callable[[], None]) -> None:
        self._sights.append(planned)

    def remove_sight(self, planned: Callable[[], None]) -> None:
        self._sights.remove(planned)
