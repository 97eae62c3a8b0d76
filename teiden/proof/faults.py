"""Faults in the standard outage: every one on every reference site, and every two of them together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import combinations
from typing import ClassVar

from sim.chance import draw
from sim.faults import catalogue
from sim.faults.fault import Fault
from sim.faults.scene import Scene, prepared
from teiden.play import play
from teiden.proof.case import Case, Outcome
from teiden.proof.history import breaches
from teiden.proof.placements import Placement, drawn_placements, placements
from teiden.proof.stories import LARGE_SITES, SITES, standard
from teiden.story import Story

DRAWN = {"reference": 3}
"""Of the quick proof: so many ways of each fault on one device of each sort; on other sites one."""


@dataclass(frozen=True, slots=True)
class Faulty:
    """A site's standard outage with these faults."""

    site: str
    faults: tuple[Placement, ...]
    word: ClassVar[str] = "fault"

    def __str__(self) -> str:
        return f"{self.word} {self.site} {'+'.join(map(str, self.faults))}"

    @classmethod
    def parsed(cls, site: str, faults: str) -> Faulty:
        return cls(site, tuple(_placement(text) for text in faults.split("+")))

    def story(self) -> Story:
        story = standard(self.site)
        changes = [change for placed in self.faults for change in placed.changes()]
        happenings = sorted((*story.happenings, *changes), key=lambda h: h.at_s)
        scene = prepared(Scene(story.site, story.model, story.start), happenings)
        return replace(
            story, site=scene.site, model=scene.model, start=scene.start, happenings=tuple(happenings)
        )

    def played(self) -> Outcome:
        story = self.story()
        events = play(story).stream.events
        outcome = Outcome(histories=1, lived_s=story.until_s)
        excused, left = breaches(events, story)
        outcome.excused.update(one.breach.id for one in excused)
        for breach in left:
            outcome.blame(self, breach.id, breach.text)
        return outcome


def _placement(text: str) -> Placement:
    fault, _, rest = text.partition("@")
    subject, begins, ends = rest.rsplit(":", 2)
    return Placement(catalogue.BY_NAME[fault], subject, begins, ends)


@dataclass(frozen=True, slots=True)
class FaultSingles:
    """`everywhere`: on every device of every site, in every way; else on one of each sort, in drawn ways."""

    everywhere: bool
    name: ClassVar[str] = "faults"
    sentence: ClassVar[str] = "single faults on the reference sites"

    def cases(self) -> tuple[Case, ...]:
        return _singles(self.everywhere)


@lru_cache(maxsize=2)
def _singles(everywhere: bool) -> tuple[Case, ...]:
    return tuple(
        Faulty(site, (placed,))
        for site in (*SITES, *(LARGE_SITES if everywhere else ()))
        for fault in catalogue.ALL
        for placed in _placed(fault, site, everywhere)
    )


def _placed(fault: Fault, site: str, everywhere: bool) -> list[Placement]:
    on = standard(site).site
    return placements(fault, on) if everywhere else drawn_placements(fault, on, DRAWN.get(site, 1))


@dataclass(frozen=True, slots=True)
class FaultPair:
    """Two faults on one site, so often, each time placed by another draw."""

    site: str
    one: str
    other: str
    times: int
    word: ClassVar[str] = "fault-pair"

    def __str__(self) -> str:
        return f"{self.word} {self.site} {self.one} {self.other} {self.times}"

    @classmethod
    def parsed(cls, site: str, one: str, other: str, times: str) -> FaultPair:
        return cls(site, one, other, int(times))

    def cases(self) -> Iterator[Faulty]:
        site = standard(self.site).site
        of = [placements(catalogue.BY_NAME[name], site) for name in (self.one, self.other)]
        for n in range(self.times if all(of) else 0):
            draws = [draw(n, f"{self.one} {self.other}", which, 0) for which in ("one", "other")]
            yield Faulty(
                self.site, tuple(some[int(d * len(some))] for some, d in zip(of, draws, strict=True))
            )

    def played(self) -> Outcome:
        outcome = Outcome()
        for case in self.cases():
            outcome.add(case.played())
        return outcome


@dataclass(frozen=True, slots=True)
class FaultPairs:
    times: int
    site: str = "reference"
    name: ClassVar[str] = "fault-pairs"
    sentence: ClassVar[str] = "pairs of faults on the reference site"

    def cases(self) -> tuple[Case, ...]:
        return tuple(
            FaultPair(self.site, one.name, other.name, self.times)
            for one, other in combinations(catalogue.ALL, 2)
        )


def ids(faults: tuple[Fault, ...] = catalogue.ALL) -> list[str]:
    """Of the catalogue (reliability §2.2), that these stand for."""
    return sorted({id_ for fault in faults for id_ in fault.ids})
