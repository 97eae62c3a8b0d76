"""The spread of every battery's charge over many runs, in memory that does not grow with their number.

Each run's curves are straight lines between points. They are looked at on one even grid of times and counted
in bins of half a percent; quantiles are read from the counts, exact to half a bin.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

Curves = Mapping[str, Sequence[tuple[float, float]]]
"""By UPS: seconds since the loss of mains and percent, in the order of time."""

POINTS = 240
BIN_PCT = 0.5
BINS = round(100 / BIN_PCT) + 1
QUANTILES = {"p5": 0.05, "p25": 0.25, "p50": 0.5, "p75": 0.75, "p95": 0.95}
COLUMNS = ("ups", "t", *QUANTILES)


@dataclass(frozen=True)
class Spread:
    charges: pd.DataFrame
    """`ups, t, p5, p25, p50, p75, p95`; where no run tells anything, no row."""
    runs: int
    empty: dict[str, float]
    """By UPS: the share of runs in which it ran empty."""
    lowest: dict[str, dict[str, float]]
    """By UPS: `p5` to `p95` of the lowest charge of each run, rounded down to a bin."""


@dataclass
class _Counts:
    """Of one UPS: how many runs had which charge at which time."""

    table: Any = field(default_factory=lambda: np.zeros((POINTS + 1, BINS), dtype=np.int32))
    runs: int = 0
    empty: int = 0
    lowest: Any = field(default_factory=lambda: np.zeros(BINS, dtype=np.int64))
    """How many runs had which lowest charge."""


class Counter:
    """Takes runs one after the other. `t0`, `t1`: the times of interest, the same for all of them."""

    def __init__(self, t0: float, t1: float) -> None:
        self.at = np.linspace(t0, t1, POINTS + 1)
        self._rows = np.arange(POINTS + 1)
        self._of: dict[str, _Counts] = {}
        self.runs = 0

    def take(self, curves: Curves) -> None:
        self.runs += 1
        for ups, points in curves.items():
            if points:
                self._take(self._of.setdefault(ups, _Counts()), points)

    def _take(self, counts: _Counts, points: Sequence[tuple[float, float]]) -> None:
        times, charges = np.asarray(points, dtype=float).T
        lowest = float(charges.min())
        counts.runs += 1
        counts.empty += lowest <= 0.0
        counts.lowest[min(max(int(lowest / BIN_PCT), 0), BINS - 1)] += 1
        # Before its first point and after its last a run tells nothing: it is not counted there.
        known = (self.at >= times[0]) & (self.at <= times[-1])
        values = np.interp(self.at[known], times, charges)
        bins = np.clip(np.rint(values / BIN_PCT).astype(int), 0, BINS - 1)
        counts.table[self._rows[known], bins] += 1

    def spread(self) -> Spread:
        frames = [self._frame(ups, counts) for ups, counts in self._of.items()]
        charges = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=list(COLUMNS))
        return Spread(
            charges,
            self.runs,
            {ups: counts.empty / counts.runs for ups, counts in self._of.items()},
            {ups: _of_runs(counts.lowest) for ups, counts in self._of.items()},
        )

    def _frame(self, ups: str, counts: _Counts) -> pd.DataFrame:
        """The smallest charge that this share of the runs did not exceed."""
        told = np.cumsum(counts.table, axis=1)
        n = told[:, -1]
        some = n > 0
        of = {
            name: np.argmax(told >= np.ceil(share * n)[:, None].clip(1), axis=1) * BIN_PCT
            for name, share in QUANTILES.items()
        }
        frame = pd.DataFrame({"ups": ups, "t": self.at, **of})
        return frame[some]


def _of_runs(counts: Any) -> dict[str, float]:
    told, n = np.cumsum(counts), int(counts.sum())
    return {
        name: float(np.argmax(told >= max(1, np.ceil(share * n))) * BIN_PCT)
        for name, share in QUANTILES.items()
    }


def spread(runs: Iterable[Curves], t0: float, t1: float) -> Spread:
    """All runs between two times, counted from the loss of mains."""
    counter = Counter(t0, t1)
    for curves in runs:
        counter.take(curves)
    return counter.spread()


def reach(runs: Iterable[Curves]) -> tuple[float, float]:
    """From shortly before the loss of mains to the last moment that any run tells of."""
    last = max((points[-1][0] for curves in runs for points in curves.values() if points), default=0.0)
    return -0.03 * last, max(last, 1.0)
