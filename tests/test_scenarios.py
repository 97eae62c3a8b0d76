"""Every shipped story, played in the pretend room and judged: each item as its file declares it."""

from __future__ import annotations

from pathlib import Path

import pytest

from teiden.files.story_file import load_stories
from teiden.judge.verdict import judge
from teiden.play import play
from teiden.story import Story

SCENARIOS = sorted((Path(__file__).parents[1] / "scenarios").glob("*.yaml"))
STORIES = [story for path in SCENARIOS for story in load_stories(path)]


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
def test_story_ends_as_its_file_declares(story: Story) -> None:
    room = play(story)
    verdict = judge(room.stream.events, story.site, story.expectations, story.breaks)
    assert not [f"{failure.sentence}: {failure.happened}" for failure in verdict.failures()]


def test_all_stories_of_the_first_release_are_there() -> None:
    assert {path.stem for path in SCENARIOS} >= {
        "site-outage",
        "short-blip",
        "mains-back-mid-shutdown",
        "weak-battery",
        "ver1-flush-timeout",
        "second-outage",
    }
