"""Nights of the small site over sockets in which the service is killed, and what went wrong in them."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count, pairwise
from pathlib import Path
from unittest.mock import patch

from sequencer.events import Event, Stream
from sequencer.ports import Off
from sim.chance import Stream as Draws
from teiden.emulator.rehearsal import Playing
from teiden.emulator.snmp.card import SnmpCard
from teiden.judge.verdict import Verdict, judge
from tests.dies_at import COUNT
from tests.living import small_story, states

SCRIPT = Path(__file__).parent / "dies_at.py"
RATE = 12.0
LOST_S, BACK_S = 60.0, 660.0
"""The mains go and come back."""
AT_ONCE = 2
ORDER = [
    ("server.halted", "blade1"),
    ("ups.output_off", "ups5"),
    ("array.flushed", "linkeddisk"),
    ("ups.output_off", "ups4"),
    ("server.halted", "control1"),
    ("ups.output_off", "ups3"),
    ("mains.restored", "utility"),
    ("ups.output_on", "ups1"),
    ("array.ready", "controldisk"),
    ("cluster.running", "cluster"),
    ("array.ready", "linkeddisk"),
    ("server.up", "blade1"),
]
"""Of an outage of the small site, whoever is killed meanwhile."""

Meanwhile = Callable[[Playing, float], None]


def nothing(playing: Playing, t: float) -> None:
    pass


@dataclass
class Night:
    """How it went."""

    states: list[str]
    writes: list[str]
    restarts: int
    facts: list[Event]
    verdict: str
    """What the judge found; '' if it holds."""
    offs: list[tuple[str, bool]] = field(default_factory=list)
    """Every OFF that reached a card, and whether one counted down there already."""
    closed_s: float = float("inf")
    """When the incident was."""

    def first(self, name: str, subject: str, after_s: float = -1.0) -> float:
        return next(
            (e.t for e in self.facts if (e.name, e.subject) == (name, subject) and e.t > after_s),
            float("inf"),
        )


Told = list[tuple[SnmpCard, bool]]


@contextmanager
def overheard() -> Iterator[Told]:
    """Every OFF that any card is told, and whether one counted down there already."""
    told: Told = []
    switch_off = SnmpCard.off

    def off(card: SnmpCard, how: Off, *, sleep_s: float = 0.0, delay_s: float | None = None) -> None:
        told.append((card, card.ups.falls_at_s is not None))
        switch_off(card, how, sleep_s=sleep_s, delay_s=delay_s)

    with patch.object(SnmpCard, "off", off):
        yield told


async def night(folder: Path, told: Told, *, program: Sequence[str], meanwhile: Meanwhile = nothing) -> Night:
    """The outage, with this as the service. Once the incident is closed the rest is passed over."""
    story = small_story(folder)
    room = folder / "room"
    playing = Playing(story, room, rate=RATE, seed=0, until_s=story.until_s, stream=Stream(), program=program)

    def progress(t: float) -> None:
        meanwhile(playing, t)
        if t > BACK_S and is_over(room):
            playing.room.clock.skip_quiet()

    events = await playing.play(progress)
    verdict = judge(events, story.site, story.expectations, story.breaks)
    return Night(
        states(playing.room),
        writes(room),
        len(playing.troubles.words),
        [event for event in events if event.is_fact],
        "" if verdict.holds else broken(verdict),
        [(card.ups.name, twice) for card, twice in told if card in playing.room.cards.values()],
        next((event.t for event in events if event.name == "incident.closed"), float("inf")),
    )


def broken(verdict: Verdict) -> str:
    """All that does not hold, each in its own words."""
    return "; ".join(f"{getattr(r, 'id', 'story')} {getattr(r, 'text', r)}" for r in verdict.failures())


def is_over(room: Path) -> bool:
    """A service has said so after the mains were back; killed early, one closes what it finds, too."""
    told = (
        line
        for path in room.glob("*/events/events-*.jsonl")
        for line in path.read_text("utf-8").splitlines(True)
    )
    closed = (json.loads(line) for line in told if '"incident.closed"' in line and line.endswith("\n"))
    return any(event["t"] > BACK_S for event in closed)


def writes(room: Path) -> list[str]:
    return [line for path in room.glob(f"*/{COUNT}") for line in path.read_text("utf-8").splitlines()]


def dying(at: int, when: str) -> tuple[str, ...]:
    """A service that is killed `before` or `after` this write of its journal; 0: never."""
    return sys.executable, str(SCRIPT), str(at), when


def wrong(found: Night, undisturbed: Night) -> list[str]:
    """What is not as it should be, in words."""
    words = []
    if found.states != undisturbed.states:
        words.append(f"the end is {found.states}")
    if found.verdict:
        words.append(found.verdict)
    if crashed := [e.subject for e in found.facts if e.name == "server.crashed"]:
        words.append(f"{crashed} lost power while running")
    if twice := [ups for ups, counting in found.offs if counting]:
        words.append(f"a second OFF reached {twice} while one counted down")
    times = [found.first(*what, after_s=BACK_S if n > 6 else -1.0) for n, what in enumerate(ORDER)]
    words += [
        f"{first} at {a:.1f} s, {second} at {b:.1f} s"
        for (first, a), (second, b) in pairwise(zip(ORDER, times, strict=True))
        if not a < b < float("inf")
    ]
    return words


class Sweep:
    """Nights with a kill each, two at a time, and what was wrong with them."""

    def __init__(self, folder: Path, told: Told, say: Callable[[str], None]) -> None:
        self._folder = folder
        self._told = told
        self._say = say
        self.undisturbed = asyncio.run(night(folder / "calm", told, program=dying(0, "before")))
        self.found: dict[str, list[str]] = {}
        self.deaths = 0

    async def _one(self, name: str, program: Sequence[str], meanwhile: Meanwhile = nothing) -> Night:
        began = time.monotonic()
        its = await night(
            self._folder / name.replace(" ", "-"), self._told, program=program, meanwhile=meanwhile
        )
        self.deaths += its.restarts
        words = wrong(its, self.undisturbed)
        if words:
            self.found[f"killed {name} of {its.writes}"] = words
        self._say(f"killed {name}: {'; '.join(words) or 'the same end'} ({time.monotonic() - began:.0f} s)")
        return its

    async def _at_write(self, at: int, when: str) -> bool:
        """Whether there was such a write."""
        its = await self._one(f"{when} write {at}", dying(at, when))
        reached = len(its.writes) >= at
        if its.restarts != reached:
            self.found[f"{when} {at}"] = [f"died {its.restarts} times in {len(its.writes)} writes"]
        return reached

    async def before_each(self) -> int:
        """Just before each write; gives how many there were."""
        for at in count(1, AT_ONCE):
            reached = await asyncio.gather(*(self._at_write(at + n, "before") for n in range(AT_ONCE)))
            if not all(reached):
                return at - 1 + sum(reached)
        raise AssertionError

    async def after(self, places: Sequence[int]) -> None:
        await in_turns([lambda at=at: self._at_write(at, "after") for at in places])  # type: ignore[misc]

    async def at(self, instants_s: Sequence[float]) -> None:
        """At these times of the story, whatever it is doing."""
        await in_turns([lambda t=t: self._at_time(t) for t in instants_s])  # type: ignore[misc]

    async def _at_time(self, at_s: float) -> None:
        killed: list[float] = []

        def kill(playing: Playing, t: float) -> None:
            service = playing.processes["control1"]
            if t >= at_s and not killed and service.begun and service.pid is not None:
                killed.append(t)
                os.kill(service.pid, signal.SIGKILL)

        its = await self._one(f"at {at_s:.1f} s", dying(0, "before"), kill)
        if its.restarts != 1:
            self.found[f"at {at_s:.1f} s"] = [f"died {its.restarts} times"]

    def judge(self) -> None:
        assert not self.found, "\n".join(f"{when}: {words}" for when, words in self.found.items())


async def in_turns(nights: Sequence[Callable[[], Awaitable[object]]]) -> None:
    for n in range(0, len(nights), AT_ONCE):
        await asyncio.gather(*(one() for one in nights[n : n + AT_ONCE]))


SOONER_S = 15.0
"""So much earlier than in the undisturbed night another one may be over, by its polls."""


def instants_s(undisturbed: Night, n: int, seed: int) -> list[float]:
    """So many of the outage at which a service runs, each by a draw of its own."""
    ended_s = max(undisturbed.first("ups.off_armed", ups) for ups in ("ups1", "ups3"))
    up_s = undisturbed.first("server.up", "control1", after_s=BACK_S)
    before_s, after_s = ended_s - LOST_S, undisturbed.closed_s - SOONER_S - up_s
    draws = Draws(seed, "control1", "killed")
    found = [draws.between(k, 0.0, before_s + after_s) for k in range(n)]
    return sorted(LOST_S + t if t < before_s else up_s + t - before_s for t in found)
