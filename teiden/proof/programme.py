"""What a proof consists of: the quick one, and the full one of a night."""

from __future__ import annotations

from dataclasses import dataclass

from teiden.proof.case import Part, PartWork
from teiden.proof.crashes import Crash, CrashPair, CrashPairs, CrashSingles
from teiden.proof.deeds import DeedPair, DeedPairs
from teiden.proof.explored import NAME, SENTENCE, exploring
from teiden.proof.faults import FaultPair, FaultPairs, FaultSingles, Faulty
from teiden.proof.journals import JournalFails, Journals
from teiden.sweep.work import Work

QUICK_SEEDS, FULL_SEEDS = 2_000, 200_000
CASES = (Crash, CrashPair, JournalFails, Faulty, FaultPair, DeedPair)


@dataclass(frozen=True, slots=True)
class Section:
    """A part, as it is carried out and reported."""

    name: str
    sentence: str
    work: Work | None
    """None: this checkout cannot play it."""
    runs: int
    drawn_of: int = 0
    """Its runs are a sample of so many cases; 0: they are all."""


def programme(
    *, quick: bool, seeds: int | None, first_seed: int, seconds: int, times: int, sample: int = 0
) -> list[Section]:
    """`seconds`: second kills after each first one, 0 for all. `times`: histories of each pair of faults,
    and of a deed and a fault.

    `sample`: so many cases of each part, drawn evenly, 0 for all; of random histories `seeds` says it.
    """
    parts: list[Part] = [CrashSingles(not quick), Journals(), FaultSingles(not quick)]
    parts.append(DeedPairs(1 if quick else times, every=not quick))
    if not quick:
        parts += [FaultPairs(times), CrashPairs(seconds)]
    works = [PartWork(part, sample) for part in parts]
    sections = [
        Section(w.part.name, w.part.sentence, w, w.runs, len(w.part.cases()) if sample else 0) for w in works
    ]
    runs = seeds if seeds is not None else QUICK_SEEDS if quick else FULL_SEEDS
    return [*sections, Section(NAME, SENTENCE, exploring(first_seed), runs)]


def case(words: str) -> Crash | CrashPair | JournalFails | Faulty | FaultPair | DeedPair:
    """The case of these words, as a report tells them; ValueError if there is none."""
    word, *rest = words.split()
    for kind in CASES:
        if kind.word == word:
            try:
                return kind.parsed(*rest)
            except (TypeError, KeyError) as error:
                raise ValueError(f"no {word} is called {' '.join(rest)!r}: {error}") from None
    raise ValueError(f"{word!r} is none of {', '.join(kind.word for kind in CASES)}")
