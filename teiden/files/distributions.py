"""What a drawn value can be: distributions as inverse functions, value = quantile(u) with u in [0, 1).

So one draw is one value, a run is known by its number, and u = 0.5 is the middle. Bounds are kept by
drawing from the part of the distribution that lies within them, not by piling up values at their ends.
"""

from __future__ import annotations

import bisect
import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import NormalDist
from typing import Protocol

from teiden.files.amounts import Scale
from teiden.files.units import Scalar

LEAST, MOST = 2.0**-54, 1 - 2.0**-53
"""The ends of what is drawn: a normal distribution has no value at 0 or 1."""
Z95 = 1.6448536269514722
"""Standard deviations from the middle of a normal distribution to its 95th percentile."""
MIDDLE = 0.5

_STANDARD = NormalDist()


class Shape(Protocol):
    """A distribution of plain numbers, in the units that amounts are counted in."""

    def at(self, u: float) -> float:
        """The value below which the part u of all values lies."""


@dataclass(frozen=True, slots=True)
class Uniform:
    low: float
    high: float

    def at(self, u: float) -> float:
        return self.low + (self.high - self.low) * u


@dataclass(frozen=True, slots=True)
class Triangular:
    low: float
    mode: float
    high: float

    def at(self, u: float) -> float:
        width = self.high - self.low
        if u * width < self.mode - self.low:
            return self.low + math.sqrt(u * width * (self.mode - self.low))
        return self.high - math.sqrt((1 - u) * width * (self.high - self.mode))


@dataclass(frozen=True, slots=True)
class Normal:
    """Within `low` and `high`, which may be infinite."""

    mean: float
    sd: float
    low: float = -math.inf
    high: float = math.inf

    def at(self, u: float) -> float:
        return self.mean + self.sd * _within(u, (self.low - self.mean) / self.sd, self._high())

    def mass(self) -> float:
        """Which part of the distribution lies within the bounds."""
        return _mass((self.low - self.mean) / self.sd, self._high())

    def _high(self) -> float:
        return (self.high - self.mean) / self.sd


@dataclass(frozen=True, slots=True)
class LogNormal:
    """Its logarithm is normal: never negative, and a long way up now and then, as times of machines are."""

    median: float
    p95: float
    low: float = 0.0
    high: float = math.inf

    def at(self, u: float) -> float:
        return self.median * math.exp(self._sigma() * _within(u, self._z(self.low), self._z(self.high)))

    def mass(self) -> float:
        return _mass(self._z(self.low), self._z(self.high))

    def _sigma(self) -> float:
        return math.log(self.p95 / self.median) / Z95

    def _z(self, value: float) -> float:
        return math.log(value / self.median) / self._sigma() if value > 0 else -math.inf


@dataclass(frozen=True, slots=True)
class Exponential:
    """Most values short, few long, no memory: as outages are."""

    mean: float
    low: float = 0.0
    high: float = math.inf

    def at(self, u: float) -> float:
        """Counted from `low`, since the distribution has no memory."""
        return self.low - self.mean * math.log1p(-u * self._part())

    def mass(self) -> float:
        return math.exp(-self.low / self.mean) * self._part()

    def _part(self) -> float:
        """Of what lies above `low`, the part that also lies below `high`."""
        return -math.expm1(-(self.high - self.low) / self.mean)


def _within(u: float, low: float, high: float) -> float:
    """Quantile u of the standard normal distribution between two bounds.

    Far out to the right the sums of probabilities are all but 1 and lose their digits: there the
    mirrored distribution is asked.
    """
    if low > 0:
        return -_within(1 - u, -high, -low)
    below, above = _STANDARD.cdf(low), _STANDARD.cdf(high)
    p = below + u * (above - below)
    return min(max(_STANDARD.inv_cdf(min(max(p, LEAST), MOST)), low), high)


def _mass(low: float, high: float) -> float:
    if low > 0:
        return _mass(-high, -low)
    return _STANDARD.cdf(high) - _STANDARD.cdf(low)


class Distribution(Protocol):
    """A value for each u, as it is written in a file."""

    def quantile(self, u: float) -> Scalar: ...

    def edges(self) -> tuple[float, ...]:
        """The u's at which a value is tried when the file is read."""


@dataclass(frozen=True, slots=True)
class Measured:
    """An amount, rounded to what people write and never outside its bounds."""

    shape: Shape
    scale: Scale
    low: Decimal | None = None
    high: Decimal | None = None

    def quantile(self, u: float) -> Scalar:
        number = self.scale.rounded(self.shape.at(min(max(u, LEAST), MOST)))
        if self.low is not None:
            number = max(number, self.low)
        if self.high is not None:
            number = min(number, self.high)
        return self.scale.written(number)

    def edges(self) -> tuple[float, ...]:
        return 0.0, MIDDLE, 1.0


@dataclass(frozen=True, slots=True)
class Choice:
    """One of some values, each with its share."""

    values: tuple[Scalar, ...]
    shares: tuple[float, ...]
    """Cumulative, the last is 1. A value without a share has that of the value before it."""

    @classmethod
    def of(cls, weighted: Sequence[tuple[Scalar, Decimal]]) -> Choice:
        total = sum(weight for _, weight in weighted)
        up_to = itertools.accumulate(weight for _, weight in weighted)
        return cls(tuple(value for value, _ in weighted), tuple(float(weight / total) for weight in up_to))

    def quantile(self, u: float) -> Scalar:
        return self.values[bisect.bisect_right(self.shares, min(u, MOST))]

    def edges(self) -> tuple[float, ...]:
        """One u within the share of each value, and the middle."""
        lows = (0.0, *self.shares)
        within = [(low + high) / 2 for low, high in zip(lows, self.shares, strict=False) if low < high]
        return *within, MIDDLE
