"""Two services, and the only LAN switch dies in an outage: over sockets as in virtual time."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from sequencer.events import Event, Stream
from teiden.emulator.comparison import Bound, Comparison, compare
from teiden.emulator.rehearsal import Playing
from teiden.files.story_file import load_stories
from teiden.judge.verdict import judge
from teiden.rehearsal import rehearse
from teiden.story import Story
from tests.two_nodes import TWO, at_once

pytestmark = pytest.mark.proof

RATE = 6.0
"""Silence is the story: calls to nobody take their time on the wall."""
BOUND_S = 20.0
"""Two polls and a time-out, and four requests that nobody answers, each a little longer than its limit."""
LATER = TWO.replace("confirm: 95s", "confirm: 140s").replace("b1, limit: 30s", "b1, limit: 45s")
"""The nodes' own UPSes well after the control disk's, and a server's limit well after the second time that it
is told: in one order, however the polls and the calls that nobody answers fall."""
STORY = """\
schema: teiden/story/1
story: The only switch dies in an outage.
site: site.yaml
until: {until}
events:
  - {{at: 60s, mains: utility, lost_for: {lost_for}}}
  - {{at: {dies}, fault: switch_dies, subject: lan1{back}}}
"""


def story(folder: Path, **told: str) -> Story:
    (folder / "site.yaml").write_text(LATER, encoding="utf-8")
    (folder / "story.yaml").write_text(STORY.format(**told), encoding="utf-8")
    (loaded,) = load_stories(folder / "story.yaml")
    return loaded


def both(told: Story, folder: Path, until_s: float) -> tuple[list[Event], Comparison]:
    """Over sockets, and held against virtual time until then."""
    pretend = rehearse(told)
    assert pretend.verdict.holds, pretend.verdict.summary()
    playing = Playing(told, folder, rate=RATE, seed=0, until_s=told.until_s, stream=Stream())
    events = asyncio.run(playing.play(lambda t: None))
    assert not playing.troubles.words
    first, second = ([e for e in stream if e.t <= until_s] for stream in (pretend.events, events))
    return events, compare(told.name, first, second, bound=Bound(BOUND_S), until_s=until_s)


def safe(told: Story, events: list[Event]) -> None:
    verdict = judge(events, told.site, told.expectations, told.breaks)
    assert verdict.holds, verdict.summary()
    assert at_once(events) == []
    assert not [e for e in events if e.name in ("server.crashed", "array.lost_data", "ups.exhausted")]


def same(found: Comparison) -> None:
    assert found.same
    assert (found.missing, found.more, found.swapped, found.late) == ((), (), (), ())


def test_s11_silence_from_the_very_first_moment_is_no_outage_until_somebody_says_so(tmp_path: Path) -> None:
    """Nobody has seen a battery when all fall silent; when the switch is back at 240 s, everything stops."""
    told = story(tmp_path, until="760s", lost_for="400s", dies="60s", back=", until: 240s")
    events, found = both(told, tmp_path / "room", until_s=430.0)
    safe(told, events)
    sent = [event.t for event in events if event.name == "command.sent"]
    assert sent
    assert min(sent) > 240.0
    up = [
        event.subject for event in events if event.is_fact and event.name == "server.up" and event.t > 460.0
    ]
    assert {"control1", "control2", "blade1"} <= {*up}
    same(found)


def test_n1_who_was_seen_on_battery_and_then_no_more_is_waited_for_and_nobody_is_left_for_ever(
    tmp_path: Path,
) -> None:
    """The switch stays dead: nothing arrives, each gives up at its limit, and the nodes stay up (L3)."""
    told = story(tmp_path, until="600s", lost_for="1h", dies="69s", back="")
    events, found = both(told, tmp_path / "room", until_s=260.0)
    safe(told, events)
    facts = [event.name for event in events if event.is_fact]
    assert "server.shutting_down" not in facts
    assert "ups.off_armed" not in facts
    assert [e.subject for e in events if e.name == "alarm.raised" and e.details.get("rule") == "L3"]
    assert not [e for e in events if e.name == "command.sent" and e.subject in ("control1", "control2")]
    same(found)
