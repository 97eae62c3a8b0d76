"""Same seed, same bytes: in one process, in another, with another hash seed, with losses too."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from teiden.events_file import dumps_line
from teiden.files.story_file import load_stories
from teiden.play import play
from teiden.story import Story

ROOT = Path(__file__).resolve().parents[1]
STORY = ROOT / "scenarios" / "site-outage.yaml"
LOSSES = (0.0, 0.05)

CHILD = """
import sys
from pathlib import Path
from tests.test_determinism import LOSSES, file_of, lossy
sys.stdout.buffer.write(b"".join(file_of(lossy(loss), seed=int(sys.argv[1])) for loss in LOSSES))
"""


def lossy(loss: float) -> Story:
    """The reference outage in a network that loses this part of the requests."""
    story = load_stories(STORY)[0]
    network = replace(story.model.network, loss=loss)
    return replace(story, model=replace(story.model, network=network))


def file_of(story: Story, seed: int) -> bytes:
    """The event file of one run, as it would be written."""
    events = play(story, seed=seed).stream.events
    return "".join(dumps_line(event, story.start) + "\n" for event in events).encode()


@cache
def first(loss: float) -> bytes:
    """Whatever was played before it."""
    return file_of(lossy(loss), seed=7)


def files_of_child(seed: int, hash_seed: str) -> bytes:
    """The same with every loss in turn, from a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", CHILD, str(seed)],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=True,
        timeout=60,
    )
    return done.stdout


def without_header(file: bytes) -> bytes:
    """The header names the seed, which would make any two seeds differ."""
    return file.split(b"\n", 1)[1]


def test_the_same_seed_writes_the_same_bytes_and_another_seed_played_between_another_story() -> None:
    """What one run leaves in caches must not reach the next."""
    once = [first(loss) for loss in LOSSES]
    other = [file_of(lossy(loss), seed=8) for loss in LOSSES]
    again = [file_of(lossy(loss), seed=7) for loss in LOSSES]
    assert all(len(file) > 10_000 for file in once)
    assert once == again
    assert not {without_header(file) for file in once} & {without_header(file) for file in other}


@pytest.mark.parametrize("hash_seed", ["1", pytest.param("4242", marks=pytest.mark.long)])
def test_another_process_with_another_hash_seed_writes_the_same_bytes(hash_seed: str) -> None:
    assert files_of_child(7, hash_seed) == b"".join(map(first, LOSSES))


def test_losses_change_the_story_of_the_same_seed() -> None:
    assert without_header(first(0.0)) != without_header(first(0.05))
