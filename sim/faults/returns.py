"""What nobody can help of a UPS that comes back by itself, or whose end nobody hears: P5 to P15, U7, U15."""

from __future__ import annotations

from sim.faults.fault import Excuse, Reach

BACK_UNHEARD = Excuse(
    "S3",
    Reach.WAITING,
    "seen off, it is back with its mains, and is not heard since",
    stays=True,
    silent=True,
)


def boots_with_it(why: str, reach: Reach = Reach.LOADS) -> Excuse:
    """Whom its return boots; not whom one of ours starts."""
    return Excuse("S8", reach, why, stays=True, unasked=True)


TOO_EARLY = (("S3", Reach.LOADS), ("S5", Reach.WAITING), ("S26", Reach.LOADS))
"""What whoever believes that a battery ends does before its time, and for whom."""

LEAVES_NOBODY = "the nodes go when a battery of theirs ends, and nobody is left to command"
GOES_EARLY = (
    *(Excuse(r, Reach.ALL, LEAVES_NOBODY, said="S5", stays=True, due=True) for r in ("S18", "L2")),
    Excuse("S1", Reach.ALL, LEAVES_NOBODY, said="S5", in_time=True),
)
"""Of a UPS of the control side, whose end an alarm has told: the linked side was not through (S5)."""
