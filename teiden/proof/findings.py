"""What a proof found, summed up from the rows that its parts left in their folders."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from teiden.proof.case import summed
from teiden.proof.explored import NAME as EXPLORED
from teiden.proof.explored import replay, states
from teiden.proof.programme import QUICK_SEEDS, Section
from teiden.sweep.folder import RUNS
from teiden.sweep.journal import rows

YEAR_S = 365.25 * 86400.0


@dataclass(frozen=True, slots=True)
class Violation:
    """A history that nothing excuses."""

    replay: str
    breaks: tuple[str, ...]
    """Of each rule that it breaks the first time, in words."""

    @property
    def size(self) -> tuple[int, int]:
        """How many faults or deaths it takes beyond the first, and how many rules it breaks."""
        return self.replay.count("+"), len(self.breaks)


@dataclass
class Findings:
    """Of one part."""

    name: str
    sentence: str
    cases: int
    """How many there are, or are drawn."""
    drawn_of: int = 0
    """They are a sample of so many; 0: they are all."""
    played: int = 0
    histories: int = 0
    lived_s: float = 0.0
    deaths: int = 0
    broken: Counter[str] = field(default_factory=Counter)
    """Rules that nothing excused, and how often."""
    excused: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    reached: Counter[str] = field(default_factory=Counter)
    """Rare states, and how many histories reached them."""
    violated: int = 0
    """Cases with a violation."""
    errors: int = 0
    violations: list[Violation] = field(default_factory=list)
    """Each history once, the smallest first."""
    skipped: str = ""
    """Why it was not played."""

    @property
    def years(self) -> float:
        return self.lived_s / YEAR_S

    @property
    def whole(self) -> bool:
        return self.played == self.cases and not self.sampled

    @property
    def sampled(self) -> bool:
        return self.drawn_of > self.cases

    @property
    def holds(self) -> bool:
        return not self.violated and not self.errors and not self.untried

    @property
    def untried(self) -> list[str]:
        """Rare states that so many histories should have come to, and did not: they prove nothing of them."""
        return [name for name, n in self.reached.items() if not n] if self.played >= QUICK_SEEDS else []

    def as_dict(self) -> dict[str, Any]:
        told = {field.name: getattr(self, field.name) for field in fields(self)}
        told["violations"] = [asdict(violation) for violation in self.violations]
        more = {"whole": self.whole, "holds": self.holds, "untried": self.untried, "sampled": self.sampled}
        return {**told, "years": round(self.years, 3), **more}


def findings(section: Section, folder: Path) -> Findings:
    found = Findings(section.name, section.sentence, section.runs, section.drawn_of)
    if section.work is None:
        found.skipped = "this checkout has no teiden.explore"
        return found
    if section.name == EXPLORED:
        found.reached.update(dict.fromkeys(states(), 0))
    if (folder / section.name / RUNS).exists():
        for row in rows(folder / section.name):
            _take(found, row)
    found.violations.sort(key=lambda violation: violation.size)
    return found


def _take(found: Findings, row: dict[str, Any]) -> None:
    found.played += 1
    if "error" in row:
        found.errors += 1
        why = f"could not be played: {row['error']}"
        found.violations.append(Violation(f"part {found.name}, run {row['run']}", (why,)))
        return
    explored = found.name == EXPLORED
    found.histories += row.get("histories", 1)
    found.lived_s += row.get("lived_s", row.get("until_s", 0.0))
    found.deaths += row.get("deaths", 0)
    if explored:
        found.broken.update(kind.partition(":")[0] for kind in row["broken"].split())
        found.excused.update(word.partition(":")[0] for word in row["excused"].split())
    else:
        found.broken += summed([row["broken"]])
        found.excused += summed([row["excused"]])
    found.reached.update(filter(None, row.get("reached", "").split("; ")))
    found.faults.update(row["faults"].split() if explored else faults_of(row["case"]))
    if not row["holds"]:
        found.violated += 1
        found.violations += _violations(row, explored)


def _violations(row: dict[str, Any], explored: bool) -> Iterator[Violation]:
    if explored:
        yield Violation(replay(row["seed"]), (f"seed {row['seed']}: {row['broken']} {row['text']}",))
        return
    cases: dict[str, list[str]] = {}
    for line in row["wrong"].splitlines():
        case, _, text = line.partition(": ")
        cases.setdefault(case, []).append(text)
    for case, texts in cases.items():
        yield Violation(f"./run proof --play '{case}'", tuple(texts))


def faults_of(case: str) -> list[str]:
    """The names of the faults in the words of a case."""
    word, *rest = case.split()
    if word == "fault":
        return [placed.partition("@")[0] for placed in rest[1].split("+")]
    return rest[1:3] if word == "fault-pair" else []
