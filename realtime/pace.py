"""How long a request may take on the wall, in a rehearsal that runs faster than the wall.

The devices of an accelerated room live faster; the network, and whoever answers, do not. A time-out that
was only divided by the rate would soon be shorter than any answer takes.
"""

from __future__ import annotations

LEAST_S = 0.25
"""Nobody is given up sooner on the wall, unless his time-out is shorter at any rate."""


def wall_limit_s(limit_s: float, rate: float, least_s: float = LEAST_S) -> float:
    """`limit_s`: in seconds of the room."""
    return max(limit_s / rate, min(limit_s, least_s))
