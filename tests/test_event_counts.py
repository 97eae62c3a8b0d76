"""Gates on the cost of a story in events, which are exact and the same on every machine."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from teiden.files.story_file import load_stories
from teiden.play import play
from teiden.story import Story

ROOT = Path(__file__).resolve().parents[1]

RECORDED = 987
"""Environment events of the reference story, 2026-11-22. A smaller number may be recorded any time;
a larger one only with the reason in the commit message."""

MARGIN = 1.05
MOST_PER_DEVICE = 60.0
GROWTH = 1.10
RACKS_OF_100 = 18
"""Each of a UPS and four servers: with the control side and the arrays about 100 devices."""

HALL_DEVICES = 680
"""As many as in `scenarios/sites/hall.yaml`."""


@pytest.fixture(scope="module")
def bench() -> Iterator[ModuleType]:
    """`benchmarks/story.py`, so that a gate and a benchmark never count differently."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT / "benchmarks"))
        yield importlib.import_module("story")


@pytest.fixture(scope="module")
def growth(bench: ModuleType) -> ModuleType:
    """`benchmarks/growth.py`, which finds `story.py` because `bench` has loaded it."""
    return importlib.import_module("growth")


@pytest.fixture(scope="module")
def story() -> Story:
    """The reference story: the mains of the whole site away for two hours."""
    return load_stories(ROOT / "scenarios" / "site-outage.yaml")[0]


def counted(bench: ModuleType, story: Story) -> int:
    events: int = bench.environment_events(play(story))
    return events


def per_device(bench: ModuleType, story: Story) -> float:
    return counted(bench, story) / bench.devices(story.site)


def test_the_reference_outage_costs_no_more_events_than_recorded(bench: ModuleType, story: Story) -> None:
    assert counted(bench, story) <= RECORDED * MARGIN


def test_a_two_hour_outage_costs_at_most_60_events_per_device(bench: ModuleType, story: Story) -> None:
    assert per_device(bench, story) <= MOST_PER_DEVICE


def test_a_quiet_week_has_as_many_events_as_a_quiet_hour(bench: ModuleType, story: Story) -> None:
    hour, week = (counted(bench, bench.unharmed(story, until_s)) for until_s in (3600.0, bench.WEEK_S))
    assert week == hour


def test_a_hall_of_100_devices_costs_no_more_events_per_device(bench: ModuleType, story: Story) -> None:
    hall = bench.hall(story, RACKS_OF_100)
    assert 90 <= bench.devices(hall.site) <= 110
    assert per_device(bench, hall) <= GROWTH * per_device(bench, story)


@pytest.mark.long
def test_a_hall_of_hundreds_of_devices_costs_no_more_events_per_device(
    bench: ModuleType, growth: ModuleType, story: Story
) -> None:
    hall = growth.outage(growth.site_of(HALL_DEVICES))
    assert 0.9 * HALL_DEVICES <= bench.devices(hall.site) <= 1.1 * HALL_DEVICES
    assert per_device(bench, hall) <= GROWTH * per_device(bench, story)


def test_the_same_story_costs_the_same_each_time(bench: ModuleType, story: Story) -> None:
    assert counted(bench, story) == counted(bench, story)
