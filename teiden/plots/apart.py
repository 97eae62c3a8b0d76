"""Names beside the ends of lines, moved where they would touch."""

from __future__ import annotations

from collections.abc import Sequence


def moved_apart(wanted: Sequence[float], apart: float, most: float) -> list[float]:
    """Positions in ascending order near the wanted ones, at least so far apart, none above `most`."""
    placed: list[float] = []
    for at in wanted:
        placed.append(max(at, placed[-1] + apart) if placed else at)
    for k in range(len(placed) - 1, -1, -1):
        limit = most if k == len(placed) - 1 else placed[k + 1] - apart
        placed[k] = min(placed[k], limit)
    return placed
