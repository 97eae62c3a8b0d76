"""The reference site, and its two-hour outage told by hand: the timeline of `shared/examples.md` (c).

A telling is text, one event a line, seconds after the mains were lost, so that a test can take a line
out, move it or add one, and see which invariant notices.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from sequencer.events import ROOM, Event, Source
from sequencer.schedules import Schedule
from sequencer.site import Array, ArrayRole, Cluster, Server, ServerRole, Site, Start, Switch, Ups
from teiden.files.source import Place
from teiden.judge.expectations import Expectation
from teiden.judge.language import (
    parse_at,
    parse_before,
    parse_count,
    parse_finally,
    parse_never,
    parse_within,
)
from teiden.judge.names import Names
from teiden.judge.verdict import Verdict, judge
from tests.told_well import told_well

LOST_S = 600.0
"""The mains are lost this long after the start of the run."""

OUTAGE = Path(__file__).with_name("reference-outage.txt").read_text(encoding="utf-8")
NIGHT = Path(__file__).with_name("reference-night.txt").read_text(encoding="utf-8")

INITIAL = {
    "utility": "present",
    **dict.fromkeys(("ups1", "ups2", "ups3", "ups4", "ups5", "ups6"), "on line"),
    **dict.fromkeys(("controldisk", "linkeddisk"), "ready"),
    **dict.fromkeys(("control1", "control2", "blade1", "blade2", "rack1", "rack2"), "up"),
    **dict.fromkeys(("bladepool", "rackpool"), "halted"),
    "ssccluster": "running",
}

_DETAIL = re.compile(r'(\w+)=("[^"]*"|\S+)')
LINKED = ("blade1", "blade2", "rack1", "rack2")
HERE = Place("story.yaml", 14, 3)


@dataclass(frozen=True)
class Telling:
    """A run told by hand. Every change gives a new one; lines stay in the order of their times."""

    site: Site
    lines: tuple[str, ...]
    initial: Any = None
    lost_s: float = LOST_S
    skew_s: Any = None

    def without(self, *events: str) -> Telling:
        """Take out every line that holds one of these texts; each must be there."""
        for event in events:
            assert any(event in line for line in self.lines), f"no line tells {event}"
        return replace(self, lines=tuple(x for x in self.lines if not any(e in x for e in events)))

    def moved(self, event: str, to_s: float) -> Telling:
        """Move the one line that holds this text to another time, after what happens then already."""
        (line,) = (line for line in self.lines if event in line)
        return self.without(line).plus(f"{to_s:g} {line.split(None, 1)[1]}")

    def plus(self, *lines: str) -> Telling:
        """Tell these as well, each after what happens at its time already."""
        every = [*self.lines, *(line.strip() for text in lines for line in text.strip().splitlines())]
        return replace(self, lines=tuple(sorted(every, key=lambda line: float(line.split()[0]))))

    def changed(self, event: str, old: str, new: str) -> Telling:
        assert any(event in line and old in line for line in self.lines), f"no {old} in {event}"
        return replace(self, lines=tuple(x.replace(old, new) if event in x else x for x in self.lines))

    def until(self, s: float) -> Telling:
        """The run ends sooner."""
        kept = tuple(line for line in self.lines if float(line.split()[0]) <= s and "run.ended" not in line)
        return replace(self, lines=(*kept, f"{s:g} room run.ended reference"))

    def at_site(self, **changes: Any) -> Telling:
        return replace(self, site=replace(self.site, **changes))

    @property
    def events(self) -> list[Event]:
        return [self._event(line) for line in self.lines]

    def _event(self, line: str) -> Event:
        t, by, name, subject, *rest = line.split(None, 4)
        details: dict[str, Any] = {}
        for key, value in _DETAIL.findall(rest[0] if rest else ""):
            number = re.fullmatch(r"-?\d+(\.\d+)?", value)
            details[key] = float(value) if number else value.strip('"')
        if name == "run.started":
            details["initial"] = INITIAL if self.initial is None else self.initial
            details |= {"skew_s": self.skew_s} if self.skew_s else {}
        source = Source.FACT if by == ROOM else Source.SEEN
        return Event(float(t) + self.lost_s, name, subject, by, source, details)

    def judged(self, *expectations: Expectation, breaks: Sequence[str] = ()) -> Verdict:
        return told_well(judge(self.events, self.site, expectations, breaks), self.site)

    @property
    def broken(self) -> list[str]:
        """The ids of all broken invariants."""
        return [result.id for result in self.judged().invariants if result.breaches]

    def breach(self, invariant: str) -> str:
        """The text of the first breach of this one, which must be broken."""
        (result,) = (r for r in self.judged().invariants if r.id == invariant)
        assert result.breaches, f"{invariant} is not broken"
        return result.breaches[0].text

    def result(self, invariant: str) -> Any:
        return next(r for r in self.judged().invariants if r.id == invariant)

    # Expectations in the story's own words

    def at(self, text: str, s: float, tolerance_s: float = 10.0) -> Any:
        return self._one(parse_at(text, s, tolerance_s, HERE, Names(self.site)))

    def before(self, chain: str) -> list[Any]:
        return self._all(parse_before(chain, HERE, Names(self.site)))

    def within(self, text: str, limit: str) -> Any:
        return self._one(parse_within(text, limit, HERE, Names(self.site)))

    def never(self, text: str) -> Any:
        return self._one(parse_never(text, HERE, Names(self.site)))

    def count(self, text: str, n: int) -> Any:
        return self._one(parse_count(text, n, HERE, Names(self.site)))

    def finally_(self, text: str) -> Any:
        return self._one(parse_finally(text, HERE, Names(self.site)))

    def _one(self, expectations: Sequence[Expectation]) -> Any:
        (result,) = self._all(expectations)
        return result

    def _all(self, expectations: Sequence[Expectation]) -> list[Any]:
        return list(self.judged(*expectations).expectations)


def reference_site() -> Site:
    """The document's own example, with the names of DESIGN §4."""

    def ups(number: int, confirm_s: float, runtime_s: float, **more: Any) -> Ups:
        return Ups(
            f"ups{number}",
            number,
            "utility",
            confirm_s,
            return_delay_s=60.0,
            min_return_charge_pct=15.0,
            runtime_s=runtime_s,
            **more,
        )

    upses = (
        ups(1, 930, 3600),
        ups(2, 930, 3600),
        ups(3, 900, 2700, warm_up_time_s=720.0),
        ups(4, 30, 1500, warm_up_time_s=720.0),
        ups(5, 60, 1200),
        ups(6, 60, 1200),
    )
    linked = {"arrays": ("linkeddisk",), "shutdown_limit_s": 180.0}
    control = {"arrays": ("controldisk",), "shutdown_limit_s": 120.0, "shutdown_by": "cluster"}
    servers = (
        Server("control1", ServerRole.CONTROL, ("ups1",), **control),
        Server("control2", ServerRole.CONTROL, ("ups2",), **control),
        Server("blade1", ServerRole.LINKED, ("ups5",), **linked),
        Server("blade2", ServerRole.LINKED, ("ups5",), **linked),
        Server("rack1", ServerRole.LINKED, ("ups6",), **linked),
        Server("rack2", ServerRole.LINKED, ("ups6",), **linked),
        Server("bladepool", ServerRole.POOL, ("ups5",)),
        Server("rackpool", ServerRole.POOL, ("ups6",)),
    )
    return Site(
        name="reference",
        feeds=("utility",),
        upses={u.name: u for u in upses},
        arrays={
            "controldisk": Array("controldisk", ArrayRole.CONTROL, ("ups3",), ("ups3",)),
            "linkeddisk": Array("linkeddisk", ArrayRole.LINKED, ("ups4",), ("ups4",)),
        },
        servers={s.name: s for s in servers},
        cluster=Cluster("ssccluster", ("control1", "control2"), 300.0),
        switches={"lan1": Switch("lan1", ("ups1", "ups2"))},
        start=Start(),
    )


@pytest.fixture
def site() -> Site:
    return reference_site()


@pytest.fixture
def names(site: Site) -> Names:
    return Names(site)


@pytest.fixture
def place() -> Place:
    return HERE


@pytest.fixture
def tell(site: Site) -> Callable[..., Telling]:
    """A telling of one's own, in the same words; times count from the loss of mains at 600 s."""

    def telling(text: str, **more: Any) -> Telling:
        return Telling(site, (), **more).plus(text)

    return telling


def nightly(on: str = "22:48", servers: tuple[str, ...] = LINKED, **more: Any) -> Schedule:
    return Schedule("nightly", servers, off="22:00", on=on, **more)


@pytest.fixture
def night_site(site: Site) -> Site:
    """The reference site in Tokyo, with the document's own schedule."""
    return replace(site, time_zone="Asia/Tokyo", schedules={"nightly": nightly()})


@pytest.fixture
def night(night_site: Site) -> Telling:
    """From 22:00 to 22:48 (times count from 22:00); everything as it should be."""
    return Telling(night_site, ()).plus(NIGHT)


@pytest.fixture
def calm(tell: Callable[..., Telling]) -> Telling:
    """A day in which nothing happens."""
    return tell(
        """
        -600 room run.started reference
        -590 control1 lease.taken reference
        90000 room run.ended reference
        """
    )


@pytest.fixture
def outage(site: Site) -> Telling:
    """Two hours without mains, everything as it should be."""
    return Telling(site, ()).plus(OUTAGE)
