"""Journals that fail: at the first write, the second, and so on until a run ends clean.

From there on nothing is started (safe mode, S30), so the room may stay down; but it goes down safely.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

from teiden.proof.case import Case, Outcome
from teiden.proof.crashes import undisturbed
from teiden.proof.disk import Failure, Spoiled
from teiden.proof.gate import Cut, When
from teiden.proof.history import History, breaches, lived
from teiden.proof.stories import OUTAGES, outage

BACK_AGAIN = ("L1", "L3", "L6", "L8")
"""Without a journal nothing is started, so nobody is owed his start (reliability §5.2-7)."""
AGAIN_S = 2.0
"""After a torn write: as soon as the system begins it anew."""


@dataclass(frozen=True, slots=True)
class JournalFails:
    story: str
    spoiled: Spoiled
    word: ClassVar[str] = "journal"

    def __str__(self) -> str:
        return f"{self.word} {self.story} {self.spoiled}"

    @classmethod
    def parsed(cls, story: str, spoiled: str) -> JournalFails:
        return cls(story, Spoiled.parsed(spoiled))

    def history(self) -> History:
        """A torn write is found by the next life; so this one dies before it does anything else."""
        its = self.spoiled
        torn = its.failure is Failure.TORN
        dies = (Cut(its.node, its.n + 1, When.BEFORE, AGAIN_S),) if torn else ()
        return lived(outage(self.story, None), dies, its)

    def played(self) -> Outcome:
        history, story = self.history(), outage(self.story, None)
        outcome = Outcome(histories=1, lived_s=history.lived_s, deaths=history.deaths)
        if not history.failed:
            outcome.blame(self, "gate", "the journal did not fail")
        excused, left = breaches(history.events, story)
        outcome.excused.update(one.breach.id for one in excused)
        torn = self.spoiled.failure is Failure.TORN
        alarms = (e.t for e in history.events if e.name == "alarm.raised" and e.details.get("rule") == "S30")
        safe_s = min(alarms, default=float("inf"))  # what is owed before it is said stays owed
        for breach in left:
            if breach.id in BACK_AGAIN and breach.t >= safe_s and not torn:
                outcome.excused[breach.id] += 1
            else:
                outcome.blame(self, breach.id, breach.text)
        end = undisturbed(self.story, None).end
        if torn and history.end != end:
            other = ", ".join(f"{n} {s}" for n, s in history.end.items() if s != end[n])
            outcome.blame(self, "end", other)
        return outcome


@dataclass(frozen=True, slots=True)
class Journals:
    name: ClassVar[str] = "journals"
    sentence: ClassVar[str] = "journals that fail at each of their writes"

    def cases(self) -> tuple[Case, ...]:
        return _cases()


@lru_cache(maxsize=1)
def _cases() -> tuple[Case, ...]:
    return tuple(
        JournalFails(name, Spoiled(point.node, point.n, failure))
        for name in OUTAGES
        for point in undisturbed(name, None).points
        if point.what.startswith("commit ")
        for failure in Failure
    )
