"""Same seed, same bytes: in one process, in another, with another hash seed, with losses too."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
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
from tests.test_determinism import lossy, file_of
sys.stdout.buffer.write(file_of(lossy(float(sys.argv[1])), seed=int(sys.argv[2])))
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


def file_of_child(loss: float, seed: int, hash_seed: str) -> bytes:
    """The same from a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", CHILD, str(loss), str(seed)],
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


@pytest.mark.parametrize("loss", LOSSES)
def test_the_same_seed_writes_the_same_bytes(loss: float) -> None:
    once, again = (file_of(lossy(loss), seed=7) for _ in range(2))
    assert len(once) > 10_000
    assert once == again


@pytest.mark.parametrize("loss", LOSSES)
def test_a_run_between_them_changes_nothing(loss: float) -> None:
    """What one run leaves in caches must not reach the next."""
    before = file_of(lossy(loss), seed=7)
    file_of(lossy(0.2), seed=8)
    assert file_of(lossy(loss), seed=7) == before


@pytest.mark.parametrize("loss", LOSSES)
def test_other_processes_with_other_hash_seeds_write_the_same_bytes(loss: float) -> None:
    here = file_of(lossy(loss), seed=7)
    assert file_of_child(loss, 7, "1") == here
    assert file_of_child(loss, 7, "4242") == here


@pytest.mark.parametrize("loss", LOSSES)
def test_another_seed_writes_another_story(loss: float) -> None:
    one, other = (without_header(file_of(lossy(loss), seed=seed)) for seed in (7, 8))
    assert one != other


def test_losses_change_the_story_of_the_same_seed() -> None:
    assert without_header(file_of(lossy(0.0), seed=7)) != without_header(file_of(lossy(0.05), seed=7))
