"""kill -9 of the service at every write of its journal: the next life goes on, and the end is the same."""

from __future__ import annotations

import asyncio
import random
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from sequencer.events import Event, Stream
from sequencer.ports import Off
from teiden.emulator.process import PROGRAM
from teiden.emulator.rehearsal import Playing
from teiden.emulator.snmp.card import SnmpCard
from teiden.judge.verdict import judge
from tests.dies_at import COUNT
from tests.living import small_story, states

pytestmark = pytest.mark.long

SCRIPT = Path(__file__).parents[1] / "dies_at.py"
RATE = 25.0
BACK_S = 620.0
"""The mains are."""
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
            (e.t for e in self.facts if (e.name, e.subject) == (name, subject) and e.t > after_s), float("inf")
        )


OFFS: dict[str, list[tuple[str, bool]]] = {}
"""By the folder of the room; cards of several rooms are told at once."""


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
    playing = Playing(
        story, room, rate=RATE, seed=0, until_s=story.until_s, stream=Stream(), program=program
    )

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
        f"{ORDER[n]} at {times[n]:.1f} s, {ORDER[n + 1]} at {times[n + 1]:.1f} s"
        for n in range(len(ORDER) - 1)
        if not times[n] < times[n + 1] < float("inf")
    ]
    return words


def test_killed_at_every_write_the_incident_ends_as_if_nobody_had(
    tmp_path: Path, counted: list[tuple[SnmpCard, bool]], capsys: pytest.CaptureFixture[str]
) -> None:
    """Just before the n-th row is on the disk, and right after, when nothing has followed from it yet."""
    undisturbed = asyncio.run(night(tmp_path / "calm", counted, program=killed_at(0, "before")))
    assert not undisturbed.restarts
    assert wrong(undisturbed, undisturbed) == []
    found: dict[str, list[str]] = {}
    reached = {"before": True, "after": True}
    deaths = 0

    async def one(at: int, when: str) -> None:
        nonlocal deaths
        its = await night(tmp_path / f"{when}{at}", counted, program=killed_at(at, when))
        reached[when] = len(its.writes) >= at
        deaths += its.restarts
        assert its.restarts == reached[when], "it died where it was to, once"
        if words := wrong(its, undisturbed):
            found[f"killed {when} write {at} ({its.writes[at - 1]})"] = words

    async def sweep() -> int:
        at = 0
        while all(reached.values()):
            at += 1
            await asyncio.gather(*(one(at, when) for when in reached))
        return at

    last = asyncio.run(sweep())
    with capsys.disabled():
        print(f"\n{len(undisturbed.writes)} writes undisturbed; killed at each of {last - 1}, {deaths} times")
    assert not found, "\n".join(f"{when}: {words}" for when, words in found.items())
    assert last > len(undisturbed.writes) - 2
