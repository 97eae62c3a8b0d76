"""How often each node asks each device: counts, which are exact and the same on every machine (S33).

A page that looks again at whatever is announced runs in circles as soon as two of them make news for each
other: live that is a flood of questions amid a power cut.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import simpy

from sequencer import guards
from sequencer.run import Run
from sim.ports import Looking
from teiden.explore.drawing import drawn
from teiden.explore.ground import Ground, ground
from teiden.files.site_file import load_site
from teiden.files.story_file import load_stories
from teiden.play import play

SCENARIOS = Path(__file__).resolve().parents[1] / "scenarios"
SITE = SCENARIOS / "sites" / "reference.yaml"

MOST = {0.0: 5, 1.0: 7, 10.0: 10, 60.0: 40}
"""Looks of one node at one device within so many seconds: at one instant, where a few pages begin at once;
then as often as every other second for a while, or each time that a command of 5 s is tried again."""

SEEDS = (18, 25, 46, 51, 59, 60, 71, 75, 106, 117, 142, 144, 164)
"""Of 300 those that ask most, and cost little; three of them ran in circles once."""

STORIES = ("control-node-fails-mid-sequence", "card-silent-while-counting-down", "hung-node-pressed")

STORMY = (51, 88, 142)
"""In which something asked again at each announcement: who is to be forced, and a flush that is refused."""

STORM_S = 6000.0

Looks = Mapping[tuple[str, str], list[float]]
"""When each node has looked at each device."""


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> Looks:
    at_s: dict[tuple[str, str], list[float]] = defaultdict(list)
    look = Looking.look

    def counted(self: Looking[Any]) -> Any:
        at_s[self._link.node, self._name].append(float(self._link.env.now))
        return look(self)

    monkeypatch.setattr(Looking, "look", counted)
    return at_s


@pytest.fixture(scope="module")
def reference() -> Ground:
    return ground(load_site(SITE))


def most_within(at_s: list[float], span_s: float) -> int:
    """The most of these in any span of so many seconds."""
    most = first = 0
    for last, now_s in enumerate(at_s):
        while at_s[first] < now_s - span_s:
            first += 1
        most = max(most, last - first + 1)
    return most


def floods(looks: Looks, most: Mapping[float, int] = MOST) -> Iterator[str]:
    for (node, device), at_s in looks.items():
        for span_s, allowed in most.items():
            if (count := most_within(at_s, span_s)) > allowed:
                yield f"{node} asked {device} {count} times in {span_s:g} s"


@pytest.mark.parametrize("seed", SEEDS)
def test_s33_no_node_floods_a_device_with_questions(reference: Ground, looks: Looks, seed: int) -> None:
    play(drawn(seed, reference).story(reference))
    assert looks
    assert list(floods(looks)) == []


@pytest.mark.parametrize("name", STORIES)
def test_s33_nor_does_it_in_a_story(looks: Looks, name: str) -> None:
    play(load_stories(SCENARIOS / f"{name}.yaml")[0])
    assert looks
    assert list(floods(looks)) == []


@pytest.mark.parametrize("seed", STORMY)
def test_s33_a_storm_of_news_is_no_storm_of_questions(
    reference: Ground, looks: Looks, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """Whoever looks again at whatever is announced shows here, also where nobody else does so yet."""
    announced = stormy(monkeypatch)
    play(replace(drawn(seed, reference).story(reference), until_s=STORM_S))
    assert len(announced) > 1000
    assert list(floods(looks)) == []


def stormy(patch: pytest.MonkeyPatch) -> list[float]:
    """Each life of the sequencer hears news of nothing fifteen times within 1.4 s, once a minute."""
    announced: list[float] = []
    begin = Run.__init__

    def begins(run: Run, env: simpy.Environment, *others: Any) -> None:
        begin(run, env, *others)

        def announce(_: simpy.Event) -> None:
            if run.over:
                return
            run.announce()
            announced.append(env.now)
            env.timeout(0.1 if len(announced) % 15 else 60.0).callbacks.append(announce)

        env.timeout(60.0).callbacks.append(announce)

    patch.setattr(Run, "__init__", begins)
    return announced


def test_s33_s5_a_last_node_that_is_let_through_too_soon_does_not_ask_at_every_moment(
    looks: Looks, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The guard says go, and the page behind it that somebody is left: 37 looks a second, for an hour."""
    monkeypatch.setattr(guards, "stop_cluster", lambda *_, **__: None)
    calm = ground(load_site(SITE), ())
    play(replace(drawn(0, calm).story(calm), until_s=STORM_S))
    assert list(floods(looks)) == []
