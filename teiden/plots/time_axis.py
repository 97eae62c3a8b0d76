"""The time axis: a straight line, except where nothing happens for long; there it is cut, visibly.

Maps seconds since the start of the run to inches from the left edge of the panels, piece by piece.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

GAP_IN = 0.36
"""Width of a cut: room for the skipped duration, written upwards."""
QUIET_S = 1200.0
"""Nothing shorter is ever cut out."""
QUIET_SHARE = 0.4
"""Nor anything shorter than this share of all the shorter pauses together: what is cut must be worth it."""
STEPS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 28800, 86400, 7 * 86400)


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch that is shown, to scale."""

    t0: float
    t1: float
    x0: float
    x1: float


class TimeAxis:
    """`window`: the first and last second shown; `cuts`: the stretches in it that are not."""

    def __init__(
        self, window: tuple[float, float], cuts: Sequence[tuple[float, float]], width: float
    ) -> None:
        edges = [window[0], *(t for cut in cuts for t in cut), window[1]]
        shown = list(zip(edges[::2], edges[1::2], strict=True))
        self.width = width
        self.in_per_s = (width - GAP_IN * len(cuts)) / sum(t1 - t0 for t0, t1 in shown)
        self.pieces: list[Piece] = []
        x = 0.0
        for t0, t1 in shown:
            self.pieces.append(Piece(t0, t1, x, x + (t1 - t0) * self.in_per_s))
            x = self.pieces[-1].x1 + GAP_IN
        self._knots_t = [t for piece in self.pieces for t in (piece.t0, piece.t1)]
        self._knots_x = [x for piece in self.pieces for x in (piece.x0, piece.x1)]

    @property
    def t0(self) -> float:
        return self._knots_t[0]

    @property
    def t1(self) -> float:
        return self._knots_t[-1]

    @property
    def gaps(self) -> list[tuple[Piece, Piece]]:
        """The pieces left and right of each cut."""
        return list(pairwise(self.pieces))

    def x(self, t: float) -> float:
        """Inches from the left edge; what lies outside the window is drawn at its border."""
        t = min(max(t, self.t0), self.t1)
        k = min(bisect_right(self._knots_t, t), len(self._knots_t) - 1)
        t0, t1 = self._knots_t[k - 1 : k + 1]
        x0, x1 = self._knots_x[k - 1 : k + 1]
        return x0 + (x1 - x0) * ((t - t0) / (t1 - t0) if t1 > t0 else 0.0)

    def shown(self, t0: float, t1: float) -> list[tuple[float, float]]:
        """The parts of a stretch that are visible, in inches."""
        parts = ((max(t0, p.t0), min(t1, p.t1)) for p in self.pieces)
        return [
            (self.x_in(p, a), self.x_in(p, b)) for p, (a, b) in zip(self.pieces, parts, strict=True) if b > a
        ]

    def x_in(self, piece: Piece, t: float) -> float:
        return piece.x0 + (t - piece.t0) * self.in_per_s

    def ticks(self, zero: float, apart_in: float) -> list[float]:
        """Round times since `zero`, at least so far apart, clear of the cuts; one in every piece."""
        step = next((s for s in STEPS_S if s * self.in_per_s >= apart_in), STEPS_S[-1])
        found: list[float] = []
        for piece in self.pieces:
            finer = [s for s in STEPS_S if s < step][::-1]
            inside = self._ticks_in(piece, zero, step, apart_in)
            while not inside and finer:  # a short piece: the roundest time in it
                inside = self._ticks_in(piece, zero, finer.pop(0), apart_in)[:1]
            found += inside
        return found

    def _ticks_in(self, piece: Piece, zero: float, step: float, apart_in: float) -> list[float]:
        clear = 0.42 * apart_in
        low = piece.x0 + (0.0 if piece is self.pieces[0] else clear)
        high = piece.x1 - (0.0 if piece is self.pieces[-1] else clear)
        number = math.ceil((piece.t0 - zero) / step)
        times = (zero + k * step for k in range(number, math.floor((piece.t1 - zero) / step) + 1))
        return [t for t in times if low - 1e-9 <= self.x_in(piece, t) <= high + 1e-9]


def time_axis(
    moments: Iterable[float], run: tuple[float, float], width: float, breaks: bool = True
) -> TimeAxis:
    """Show what happens with a margin around it; cut out long pauses unless told not to."""
    times = sorted(set(moments)) or [run[0], run[1]]
    pauses = [(b - a, a, b) for a, b in pairwise(times)]
    long = set(_long(pauses)) if breaks else set()
    busy = sum(pause[0] for pause in pauses if pause not in long)
    margin = min(max(60.0, 0.07 * busy), 3600.0)
    window = (max(run[0], times[0] - margin), min(max(run[1], times[-1]), times[-1] + margin))
    if window[1] - window[0] < 1.0:  # a run of a single instant
        window = (window[0] - 60.0, window[1] + 60.0)
    cuts = [(a + margin, b - margin) for _, a, b in sorted(long, key=lambda pause: pause[1])]
    return TimeAxis(window, [cut for cut in cuts if cut[1] > cut[0]], width)


def _long(pauses: Sequence[tuple[float, float, float]]) -> Iterable[tuple[float, float, float]]:
    shorter = 0.0
    for pause in sorted(pauses):
        if pause[0] > max(QUIET_S, QUIET_SHARE * shorter):
            yield pause
        shorter += pause[0]


def told(seconds: float) -> str:
    """m:ss below an hour, h:mm:ss from there on: the number of colons says which."""
    whole = round(abs(seconds))
    sign = "-" if seconds < 0 and whole else ""
    hours, rest = divmod(whole, 3600)
    minutes, secs = divmod(rest, 60)
    return sign + (f"{hours}:{minutes:02}:{secs:02}" if hours else f"{minutes}:{secs:02}")
