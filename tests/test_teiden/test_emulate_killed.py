"""kill -9 of the service at every write of its journal: the next life goes on, and the end is the same."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import pytest

from sequencer.events import Event, Stream
from sequencer.ports import Off
from sim.server import State
from teiden.emulator.process import PROGRAM
from teiden.emulator.rehearsal import Playing
from teiden.emulator.snmp.card import SnmpCard
from teiden.judge.verdict import judge
from tests.dies_at import COUNT
from tests.living import small_story, states

pytestmark = pytest.mark.proof

SCRIPT = Path(__file__).parents[1] / "dies_at.py"
RATE = 12.0
BACK_S = 660.0
"""The mains are."""
AT_ONCE = 2
AHEAD = ("declared", "off_armed", "flush_asked", "cluster_stop_asked", "cluster_restart_asked")
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

    def first(self, name: str, subject: str, after_s: float = -1.0) -> float:
        return next(
            (e.t for e in self.facts if (e.name, e.subject) == (name, subject) and e.t > after_s),
            float("inf"),
        )


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[tuple[SnmpCard, bool]]:
    """Every OFF that any card is told."""
    told: list[tuple[SnmpCard, bool]] = []
    switch_off = SnmpCard.off

    def off(card: SnmpCard, how: Off, *, sleep_s: float = 0.0, delay_s: float | None = None) -> None:
        told.append((card, card.ups.falls_at_s is not None))
        switch_off(card, how, sleep_s=sleep_s, delay_s=delay_s)

    monkeypatch.setattr(SnmpCard, "off", off)
    return told


class Slowed(Playing):
    """While a killed service is started again time passes as it does on the wall, not faster."""

    def _died(self, node: str, why: str) -> None:
        self.room.clock.set_rate(1.0)
        super()._died(node, why)


async def night(
    folder: Path,
    told: list[tuple[SnmpCard, bool]],
    *,
    program: tuple[str, ...] = PROGRAM,
    meanwhile: Callable[[Playing, float], None] = lambda playing, t: None,
) -> Night:
    """The outage, with this as the service. Once the incident is closed the rest is passed over."""
    story = small_story(folder)
    room = folder / "room"
    playing = Slowed(story, room, rate=RATE, seed=0, until_s=story.until_s, stream=Stream(), program=program)

    def progress(t: float) -> None:
        meanwhile(playing, t)
        if t > BACK_S and "closed small" in writes(room):
            playing.room.clock.skip_quiet()

    events = await playing.play(progress)
    verdict = judge(events, story.site, story.expectations, story.breaks)
    return Night(
        states(playing.room),
        writes(room),
        len(playing.troubles.words),
        [event for event in events if event.is_fact],
        "" if verdict.holds else verdict.summary(),
        [(card.ups.name, twice) for card, twice in told if card in playing.room.cards.values()],
    )


def writes(room: Path) -> list[str]:
    return [line for path in room.glob(f"*/{COUNT}") for line in path.read_text("utf-8").splitlines()]


def killed_at(at: int, when: str) -> tuple[str, ...]:
    return sys.executable, str(SCRIPT), str(at), when


def stranded(found: Night) -> bool:
    """Killed while its own system was going down already, before the OFF that it comes back by was armed.

    No service is started again on a system that goes down. It halts, safe and with its power on, and waits
    for a finger on its button: the one gap that no order of these two commands closes (N1).
    """
    halted_s = found.first("server.halted", "control1")
    return "ups1" not in [e.subject for e in found.facts if e.name == "ups.off_armed" and e.t < halted_s + 60]


def wrong(found: Night, undisturbed: Night) -> list[str]:
    """What is not as it should be, in words."""
    words = []
    if stranded(found) and found.restarts:
        calm = [state for state in found.states if state.startswith(("control1", "ups1", "ups3"))]
        ended = {"off_armed ups3", "off_armed ups1", "confirmed ups1"} & {*found.writes[-2:]}
        return [] if ended and calm[0] == "control1 halted" else [f"stranded after {found.writes}: {calm}"]
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
        f"{ORDER[n]} at {times[n]:.1f} s, {ORDER[n + 1]} at {times[n + 1]:.1f} s"
        for n in range(len(ORDER) - 1)
        if not times[n] < times[n + 1] < float("inf")
    ]
    return words


class Sweep:
    """Nights with a kill each, two at a time, and what was wrong with them."""

    def __init__(self, folder: Path, counted: list[tuple[SnmpCard, bool]]) -> None:
        self._folder = folder
        self._counted = counted
        self.undisturbed = asyncio.run(self._night("calm", killed_at(0, "before")))
        self.found: dict[str, list[str]] = {}
        self.deaths = 0
        self.stranded: list[str] = []

    async def _night(self, name: str, program: tuple[str, ...]) -> Night:
        return await night(self._folder / name, self._counted, program=program)

    async def one(self, at: int, when: str) -> bool:
        """Whether there was such a write."""
        its = await self._night(f"{when}{at}", killed_at(at, when))
        reached = len(its.writes) >= at
        self.deaths += its.restarts
        if stranded(its) and reached:
            self.stranded.append(f"{when} write {at}")
        if its.restarts != reached:
            self.found[f"{when} {at}"] = [f"died {its.restarts} times in {len(its.writes)} writes"]
        elif words := wrong(its, self.undisturbed):
            self.found[f"killed {when} write {at} of {its.writes}"] = words
        return reached

    async def all_before(self) -> int:
        """Just before each write; gives how many there were."""
        for at in count(1, AT_ONCE):
            reached = await asyncio.gather(*(self.one(at + n, "before") for n in range(AT_ONCE)))
            if not all(reached):
                return at - 1 + sum(reached)
        raise AssertionError

    async def after(self, places: list[int]) -> None:
        for n in range(0, len(places), AT_ONCE):
            await asyncio.gather(*(self.one(at, "after") for at in places[n : n + AT_ONCE]))

    def judge(self) -> None:
        assert not self.found, "\n".join(f"{when}: {words}" for when, words in self.found.items())


def test_l3_stopped_with_its_own_system_a_service_first_tells_its_upses_to_go_off(
    tmp_path: Path, counted: list[tuple[SnmpCard, bool]]
) -> None:
    """As systemd does: SIGTERM as soon as the system goes down."""
    told: list[float] = []

    def as_systemd(playing: Playing, t: float) -> None:
        going = playing.room.room.servers["control1"].state is State.SHUTTING_DOWN
        pid = playing.processes["control1"].pid
        if going and not told and pid is not None:
            told.append(t)
            os.kill(pid, signal.SIGTERM)

    its = asyncio.run(night(tmp_path, counted, program=killed_at(0, "before"), meanwhile=as_systemd))
    assert told
    assert not stranded(its)
    assert wrong(its, its) == []


def test_killed_before_every_write_the_incident_ends_as_if_nobody_had_been(
    tmp_path: Path, counted: list[tuple[SnmpCard, bool]], capsys: pytest.CaptureFixture[str]
) -> None:
    sweep = Sweep(tmp_path, counted)
    assert wrong(sweep.undisturbed, sweep.undisturbed) == []
    writes = asyncio.run(sweep.all_before())
    with capsys.disabled():
        print(f"\nkilled at each of {writes} writes, {sweep.deaths} times; stranded: {sweep.stranded}")
    sweep.judge()
    assert writes >= len(sweep.undisturbed.writes)


def test_killed_between_what_is_written_and_what_is_sent_nothing_is_sent_twice(
    tmp_path: Path, counted: list[tuple[SnmpCard, bool]]
) -> None:
    """Right after the rows that stand before a command: nobody knows whether it was sent."""
    sweep = Sweep(tmp_path, counted)
    ahead = [n for n, row in enumerate(sweep.undisturbed.writes, 1) if row.split()[0] in AHEAD]
    asyncio.run(sweep.after(ahead))
    sweep.judge()
    assert sweep.deaths == len(ahead)
