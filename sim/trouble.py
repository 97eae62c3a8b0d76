"""What the network loses and delays beyond its usual little, and since when (N3).

Polls are reckoned long after they left and long before: what held when one left is remembered, so that
a network that gets better makes no poll of its bad time answered.
"""

from __future__ import annotations

from bisect import bisect_right


class Trouble:
    """One history for all paths; empty in a room whose network has always been well."""

    def __init__(self) -> None:
        self._from_s: list[float] = []
        self._held: list[tuple[float, float]] = []
        """(loss, latency in s) from each of these times on."""
        self.ever = False
        """It has not always been well."""
        self.changes = 0
        self.now = (0.0, 0.0)
        """Loss and typical latency as things are."""
        self.slowest_s = 0.0
        """The longest typical latency that it ever had."""

    def change(self, at_s: float, *, loss: float | None = None, latency_s: float | None = None) -> None:
        """From now on so much is lost, or everything takes so long. What is not said stays as it is."""
        before_loss, before_s = self.at(at_s)
        loss = before_loss if loss is None else loss
        latency_s = before_s if latency_s is None else latency_s
        self._from_s.append(at_s)
        self._held.append((loss, latency_s))
        self.ever, self.now = True, (loss, latency_s)
        self.changes += 1
        self.slowest_s = max(self.slowest_s, latency_s)

    def at(self, at_s: float) -> tuple[float, float]:
        """Loss and typical latency, seconds, of what leaves at that time; 0 and 0: none beyond the usual."""
        n = bisect_right(self._from_s, at_s)
        return self._held[n - 1] if n else (0.0, 0.0)
