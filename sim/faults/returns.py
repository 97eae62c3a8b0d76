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
