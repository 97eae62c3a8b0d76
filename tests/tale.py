"""Asks the event stream of a pretend run in the operator's words: `tale.before("a x", "b y")`.

A pattern is `event subject key=value ...`; the subject may be `*`. Device events mean the room's
facts; decisions, commands and alarms mean what a node said. Times are seconds after the zero.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import pairwise

from sequencer.events import NAMES, Event
from sim.room import Room
from sim.story import Happening

FACTS = {name for name, meaning in NAMES.items() if meaning.aspect} | {
    "ups.off_armed",
    "ups.charge",
    "cluster.failed_over",
    "cluster.runs_without",
    "service.died",
    "service.stalled",
}
"""What happens to a device, as the room itself knows it."""


@dataclass(frozen=True)
class Tale:
    room: Room
    zero_s: float
    steps: int = 0
    """How many events SimPy worked off."""
    happenings: tuple[Happening, ...] = ()
    """What was played, its times counted from the start of the run."""

    @property
    def events(self) -> list[Event]:
        return self.room.stream.events

    def all(self, pattern: str, *, whole: bool = False, by: str = "") -> list[Event]:
        """Every event of this pattern after the zero, or in the whole run."""
        name, subject, *wanted = pattern.split(" ")
        assert name in NAMES, f"{name} is no event"
        details = [pair.split("=", 1) for pair in wanted]
        return [
            e
            for e in self.events
            if e.name == name
            and subject in ("*", e.subject)
            and e.is_fact == (name in FACTS)
            and (whole or e.t >= self.zero_s)
            and (not by or e.by == by)
            and all(str(e.details.get(key)) == value for key, value in details)
        ]

    def times(self, pattern: str) -> list[float]:
        return [round(e.t - self.zero_s, 3) for e in self.all(pattern)]

    def at(self, pattern: str, nth: int = 0) -> float:
        """Seconds after the zero of the first (or nth) such event; an error if there is none."""
        times = self.times(pattern)
        assert len(times) > nth or (nth < 0 and times), f"no {pattern!r} (number {nth}) in\n{self}"
        return times[nth]

    def before(self, *patterns: str) -> None:
        """The first of each comes no later than the first of the next."""
        for one, other in pairwise(patterns):
            assert self.at(one) <= self.at(other), (
                f"{one!r} at {self.at(one)} s, but {other!r} at {self.at(other)} s in\n{self}"
            )

    def within(self, pattern: str, limit_s: float, *, after: str) -> None:
        gap_s = self.at(pattern) - self.at(after)
        assert 0 <= gap_s <= limit_s, (
            f"{pattern!r} {gap_s:g} s after {after!r}, not within {limit_s:g} s\n{self}"
        )

    def near(self, pattern: str, at_s: float, *, late_s: float = 10.0) -> None:
        """It happens at this time or up to `late_s` later (polling)."""
        assert at_s <= self.at(pattern) + 0.01, f"{pattern!r} too soon: {self.at(pattern)} s"
        assert self.at(pattern) <= at_s + late_s, f"{pattern!r} too late: {self.at(pattern)} s\n{self}"

    def never(self, *patterns: str) -> None:
        for pattern in patterns:
            found = self.all(pattern, whole=True)
            assert not found, (
                f"{pattern!r} at {found[0].t - self.zero_s:g} s: {dict(found[0].details)}\n{self}"
            )

    def once(self, *patterns: str) -> None:
        for pattern in patterns:
            assert len(self.times(pattern)) == 1, f"{pattern!r} at {self.times(pattern)}\n{self}"

    def alarms(self) -> list[tuple[str, str]]:
        """(rule, subject) of every alarm."""
        return [(str(e.details.get("rule", "")), e.subject) for e in self.all("alarm.raised *")]

    def text(self) -> str:
        """The whole stream as JSON lines, for comparing byte by byte."""
        return "\n".join(
            json.dumps(
                [e.t, e.name, e.subject, e.by, e.source.value, dict(e.details)], sort_keys=True, default=repr
            )
            for e in self.events
        )

    def __str__(self) -> str:
        """What was decided and done, for the message of a failing test."""
        dull = {"ups.charge", "journal.committed"}
        lines = [
            f"{e.t - self.zero_s:10.2f} {e.by:9} {e.name:22} {e.subject:12} {dict(e.details)}"
            for e in self.events
            if e.name not in dull and e.is_fact == (e.name in FACTS) and e.name != "run.started"
        ]
        return "\n".join(lines)
