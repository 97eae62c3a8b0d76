"""Rare states, read from a stream of events: what counts as one, and that a hall's are told at one look."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import pytest

from sequencer.events import ROOM, Event, Source
from sequencer.site import Site
from teiden.explore.sometimes import ONE_FEED, SOMETIMES, Stream
from teiden.files.site_file import load_site
from teiden.files.story_file import load_stories
from teiden.play import play
from tests.sweep_works import SITE

SCENARIOS = SITE.parents[1]
DOWN_S = 3600.0
"""Of the hall's outage; every UPS of it is off by then."""


@cache
def hall() -> Site:
    return load_site(SITE.parent / "hall.yaml").site


def fact(t: float, name: str, subject: str) -> Event:
    return Event(t, name, subject, ROOM, Source.FACT, {})


UPS = "ups011"
OFF = fact(100.0, "ups.output_off", UPS)


@pytest.fixture(scope="module")
def pair() -> str:
    """A server that draws from that UPS and from another one, and can do with either."""
    found = [s.name for s in hall().servers.values() if UPS in s.upses and len(s.upses) == 2]
    return found[0]


def one_feed_is_gone(*events: Event) -> bool:
    return SOMETIMES[ONE_FEED](Stream(events, hall()))


def others_down(pair: str) -> list[Event]:
    return [fact(10.0, "server.halted", name) for name in hall().servers if name != pair]


def test_one_feed_of_a_pair_is_gone_when_its_server_lives_on(pair: str) -> None:
    assert one_feed_is_gone(*others_down(pair), OFF)
    assert one_feed_is_gone(*others_down(pair), OFF, fact(102.0, "server.shutting_down", pair))


@pytest.mark.parametrize("name", ["server.shutting_down", "server.halted", "server.crashed"])
@pytest.mark.parametrize("at_s", [50.0, 101.0])
def test_it_is_not_when_the_server_went_before_or_with_it(pair: str, name: str, at_s: float) -> None:
    down = fact(at_s, name, pair)
    assert not one_feed_is_gone(*others_down(pair), *sorted((OFF, down), key=lambda e: e.t))
    late = fact(200.0, "server.halted", pair)
    assert not one_feed_is_gone(*others_down(pair), *sorted((OFF, down), key=lambda e: e.t), late)


def test_a_ups_that_no_pair_draws_from_takes_no_feed_of_one(pair: str) -> None:
    alone = fact(100.0, "ups.output_off", "ups001")
    assert not one_feed_is_gone(alone)


def test_no_rare_state_of_a_hall_looks_at_its_events_over_and_over(monkeypatch: pytest.MonkeyPatch) -> None:
    """120 UPSes, each asked of all servers with two: 20 million looks, and 16 of the 17 s of a history.

    The hall's way down is enough of one.
    """
    story = replace(load_stories(SCENARIOS / "hall-outage.yaml")[0], until_s=DOWN_S)
    events = play(story).stream.events
    stream, looked, of = Stream(events, story.site), list[Event](), Stream.of

    def counted(self: Stream, name: str, **details: object) -> Iterator[Event]:
        for event in of(self, name, **details):
            looked.append(event)
            yield event

    monkeypatch.setattr(Stream, "of", counted)
    looks = {}
    for state, is_reached in SOMETIMES.items():
        looked.clear()
        is_reached(stream)
        looks[state] = len(looked)
    assert 0 < max(looks.values()) <= len(events)
    assert {e.subject for e in events if e.name == "ups.output_off" and e.is_fact} == set(story.site.upses)
