"""How sure a share of runs is: Wilson's interval."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

Z = 1.959963984540054
"""Of the normal distribution: 95 % lie between -z and z."""


@dataclass(frozen=True, slots=True)
class Share:
    """`k` of `n`, and between what the probability behind it lies: 95 times of 100 it does.

    E. B. Wilson, "Probable inference, the law of succession, and statistical inference", 1927. It stays
    between 0 and 1, and says something of no event at all: 0 of 1,000 is at most 0.38 %. (The rule of
    three, 3/n, is the one-sided bound for that case: 0.30 %.)
    """

    k: int
    n: int

    @property
    def share(self) -> float:
        return self.k / self.n if self.n else 0.0

    @property
    def low(self) -> float:
        return max(0.0, self._middle - self._half) if self.k else 0.0

    @property
    def high(self) -> float:
        return min(1.0, self._middle + self._half) if self.k < self.n or not self.n else 1.0

    @property
    def _middle(self) -> float:
        return (self.k + Z * Z / 2) / (self.n + Z * Z)

    @property
    def _half(self) -> float:
        n = max(self.n, 1)
        return Z * sqrt(self.k * (n - self.k) / n + Z * Z / 4) / (self.n + Z * Z)

    def as_dict(self) -> dict[str, int | float]:
        shares = {"probability": self.share, "low": self.low, "high": self.high}
        return {"n": self.n, "broken": self.k, **{key: round(value, 6) for key, value in shares.items()}}
