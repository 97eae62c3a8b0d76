"""A case: one history of the proof, or a family of them, known by its words; and what became of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import ClassVar, Protocol

from sim.chance import draw
from teiden.garbage import few_collections
from teiden.sweep.work import Played

SAYS = 300
"""So much of the text of a violation is kept."""


@dataclass
class Outcome:
    """Summed up over the histories of a case."""

    wrong: list[str] = field(default_factory=list)
    """`case: S1 text`, of what nothing excuses: the first of each rule, in each history."""
    broken: Counter[str] = field(default_factory=Counter)
    excused: Counter[str] = field(default_factory=Counter)
    histories: int = 0
    lived_s: float = 0.0
    deaths: int = 0

    def add(self, other: Outcome) -> None:
        self.wrong += other.wrong
        self.broken += other.broken
        self.excused += other.excused
        self.histories += other.histories
        self.lived_s += other.lived_s
        self.deaths += other.deaths

    def blame(self, case: object, rule: str, text: str) -> None:
        self.broken[rule] += 1
        whose = f"{case}: {rule} "
        if not any(told.startswith(whose) for told in self.wrong):
            self.wrong.append(f"{whose}{text}"[: len(whose) + SAYS])


class Case(Protocol):
    """`str` of it is what `--play` takes."""

    word: ClassVar[str]

    def played(self) -> Outcome: ...


class Part(Protocol):
    """A list of cases. Picklable and small; the same list in every process."""

    name: ClassVar[str]
    sentence: ClassVar[str]
    """What it is in the report."""

    def cases(self) -> tuple[Case, ...]: ...


@dataclass(frozen=True, slots=True)
class PartWork:
    """A part as the work of a sweep: run n is its n-th case; of a sample, the n-th that is drawn."""

    part: Part
    sample: int = 0
    """So many of its cases alone; 0: every one."""

    @property
    def runs(self) -> int:
        cases = len(self.part.cases())
        return min(self.sample, cases) if self.sample else cases

    def place(self, run: int) -> int:
        """Its cases are cut into as many stretches as are to be drawn, and of each stretch one is drawn."""
        cases, runs = len(self.part.cases()), self.runs
        first, end = run * cases // runs, (run + 1) * cases // runs
        return first + int(draw(0, self.part.name, "sample", run) * (end - first))

    def play(self, run: int) -> Played:
        case = self.part.cases()[self.place(run)]
        with few_collections():
            outcome = case.played()
        return Played(
            {
                "run": run,
                "holds": not outcome.wrong,
                "case": str(case),
                "wrong": "\n".join(outcome.wrong),
                "broken": counted(outcome.broken),
                "excused": counted(outcome.excused),
                "histories": outcome.histories,
                "lived_s": round(outcome.lived_s, 3),
                "deaths": outcome.deaths,
            }
        )


def counted(rules: Counter[str]) -> str:
    """`L1:2 S18:1`"""
    return " ".join(f"{rule}:{n}" for rule, n in sorted(rules.items()))


def summed(texts: Iterable[str]) -> Counter[str]:
    """Of what `counted` wrote."""
    found: Counter[str] = Counter()
    for text in texts:
        for part in text.split():
            rule, n = part.split(":")
            found[rule] += int(n)
    return found
