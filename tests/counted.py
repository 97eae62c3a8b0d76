"""A part of a proof whose cases only count: one is wrong, one is excused."""

from __future__ import annotations

from typing import ClassVar

from teiden.proof.case import Case, Outcome


class Counted:
    """A case that says what it was told to say."""

    word: ClassVar[str] = "counted"

    def __init__(self, n: int) -> None:
        self.n = n

    def __str__(self) -> str:
        return f"counted {self.n}"

    def played(self) -> Outcome:
        outcome = Outcome(histories=1, lived_s=3600.0, deaths=1)
        if self.n == 3:
            outcome.blame(self, "S1", "a server lost its power")
        if self.n == 4:
            outcome.excused["S18"] += 1
        return outcome


class Counting:
    name: ClassVar[str] = "counting"
    sentence: ClassVar[str] = "cases that count"

    def cases(self) -> tuple[Case, ...]:
        return tuple(Counted(n) for n in range(6))
