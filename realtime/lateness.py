"""How late work was done: counted in buckets that each reach a tenth further."""

from __future__ import annotations

from collections import Counter
from math import floor, log

FINEST_S = 1e-5
"""Nothing is told apart below this: reading the clock itself costs a hundredth of it."""

STEP = 1.1
_PER_LOG = 1.0 / log(STEP)


class Lateness:
    """Wall seconds between when an event was due and when it was run."""

    def __init__(self) -> None:
        self.count = 0
        self.max_s = 0.0
        self._buckets: Counter[int] = Counter()

    def add(self, late_s: float) -> None:
        self.count += 1
        if late_s > self.max_s:
            self.max_s = late_s
        self._buckets[floor(log(late_s / FINEST_S) * _PER_LOG) if late_s > FINEST_S else -1] += 1

    def quantile_s(self, q: float) -> float:
        """As late as this at most were `q` (0..1) of them, up to a tenth more; 0 if there were none."""
        left = q * self.count
        for bucket in sorted(self._buckets):
            left -= self._buckets[bucket]
            if left <= 0:
                return min(self.max_s, FINEST_S * STEP ** (bucket + 1))
        return self.max_s

    @property
    def p99_s(self) -> float:
        return self.quantile_s(0.99)

    def forget(self) -> None:
        """Begin to count anew."""
        self.count, self.max_s = 0, 0.0
        self._buckets.clear()
