"""A moment of a run that deserves a flag."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Moment:
    """`rank`: 0 is never left out; the higher, the sooner it gives way where flags are too dense."""

    t: float
    label: str
    rank: int
    trouble: bool = False
