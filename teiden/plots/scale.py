"""A straight axis: values to inches, and round ticks on it."""

from __future__ import annotations

import math
from dataclasses import dataclass

STEPS = (1.0, 2.0, 5.0)
STEPS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 28800, 86400, 172800)


@dataclass(frozen=True, slots=True)
class Scale:
    """From `a` at `x0` to `b` at `x1`."""

    a: float
    b: float
    x0: float
    x1: float

    def x(self, value: float) -> float:
        """What lies outside is drawn at the border."""
        value = min(max(value, self.a), self.b)
        return self.x0 + (self.x1 - self.x0) * (value - self.a) / (self.b - self.a)

    def ticks(self, apart_in: float, zero: float = 0.0) -> list[float]:
        """Round seconds, at least so far apart."""
        per_in = (self.b - self.a) / (self.x1 - self.x0)
        step = next((s for s in STEPS_S if s >= apart_in * per_in), STEPS_S[-1])
        first, last = math.ceil((self.a - zero) / step), math.floor((self.b - zero) / step)
        return [zero + k * step for k in range(first, last + 1)]


def scale(a: float, b: float, x0: float, x1: float) -> Scale:
    return Scale(a, b if b > a else a + 1.0, x0, x1)
