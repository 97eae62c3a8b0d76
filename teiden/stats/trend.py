"""Whether something has grown or shrunk from day to day: a straight line through it, and how sure that is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

LEAST_DAYS = 7
"""Fewer say nothing about how a battery ages."""
MONTH_DAYS = 30


@dataclass(frozen=True, slots=True)
class Trend:
    per_month: float
    """Change in thirty days, in the unit of what was measured."""
    error: float
    """Two standard errors of it: about 19 times out of 20 it is no further off, if days differ by chance."""
    days: int
    """With a value."""

    @property
    def sure(self) -> bool:
        """It is more than chance."""
        return abs(self.per_month) > self.error


def trend(points: Sequence[tuple[float, float]]) -> Trend | None:
    """Least squares through (day, value). None: too few days."""
    n = len(points)
    if n < LEAST_DAYS:
        return None
    mean_x = sum(x for x, _ in points) / n
    mean_y = sum(y for _, y in points) / n
    spread = sum((x - mean_x) ** 2 for x, _ in points)
    slope = sum((x - mean_x) * (y - mean_y) for x, y in points) / spread
    off = sum((y - mean_y - slope * (x - mean_x)) ** 2 for x, y in points)
    error = sqrt(off / (n - 2) / spread)
    return Trend(MONTH_DAYS * slope, 2 * MONTH_DAYS * error, n)
