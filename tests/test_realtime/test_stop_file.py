"""The emergency stop: a file that exists stops everything, at once and on every doubt (SEC-30)."""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path

import pytest

from realtime.stop_file import POLL_S, StopFile, unusable


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "stop"


def ignore(stopped: bool) -> None:
    """Nobody listens."""


def test_it_is_looked_up_at_the_very_moment(path: Path) -> None:
    its = StopFile(str(path), ignore)
    assert not its.stopped
    path.touch()
    assert its.stopped
    path.unlink()
    assert not its.stopped


@pytest.mark.parametrize("make", [Path.mkdir, lambda path: path.symlink_to("nowhere"), os.mkfifo])
def test_whatever_stands_there_counts(path: Path, make: object) -> None:
    make(path)  # type: ignore[operator]
    assert StopFile(str(path), ignore).stopped


def test_what_cannot_be_looked_at_counts_as_pulled(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Permissions do not stop root; a loop of links, a path too long and one with a null byte do."""
    (tmp_path / "loop").symlink_to("loop")
    for bad in (tmp_path / "loop" / "stop", tmp_path / ("x" * 300), "a\0b"):
        its = StopFile(str(bad), ignore)
        assert its.stopped
        assert its.stopped
        assert "cannot be looked at" in its.reason
    assert caplog.text.count("counts as pulled") == 3


@pytest.mark.skipif(os.geteuid() == 0, reason="root may look everywhere")
def test_a_folder_that_may_not_be_read_counts_as_pulled(tmp_path: Path) -> None:
    folder = tmp_path / "closed"
    folder.mkdir(mode=0)
    try:
        assert StopFile(str(folder / "stop"), ignore).stopped
    finally:
        folder.chmod(0o700)


def test_where_nobody_can_put_a_file_is_said_at_the_start(tmp_path: Path) -> None:
    path = str(tmp_path / "nowhere" / "stop")
    assert unusable(path) == f"there is no folder {tmp_path}/nowhere in which somebody could make stop"
    assert not StopFile(path, ignore).stopped
    assert unusable(str(tmp_path / "stop")) == ""


def watched(path: Path, deeds: list[bool], poll_s: float) -> list[bool]:
    """Pull and release it as `deeds` says; what was told meanwhile."""
    told: list[bool] = []

    async def play() -> None:
        heard = asyncio.Event()

        def on_change(stopped: bool) -> None:
            told.append(stopped)
            heard.set()

        watching = asyncio.create_task(StopFile(str(path), on_change, poll_s=poll_s).watch())
        for pulled in deeds:
            await asyncio.sleep(0)
            path.touch() if pulled else path.unlink(missing_ok=True)
            async with asyncio.timeout(30):
                await heard.wait()
            heard.clear()
        watching.cancel()

    asyncio.run(play())
    return told


def test_every_change_is_told_once(path: Path) -> None:
    assert watched(path, [True, False, True], 0.01) == [True, False, True]


def test_one_that_is_pulled_already_at_the_start_is_told(path: Path) -> None:
    path.touch()
    assert watched(path, [True], 0.01) == [True]


def test_it_is_noticed_within_a_second(path: Path) -> None:
    begun_s = time.monotonic()
    assert watched(path, [True], POLL_S) == [True]
    assert time.monotonic() - begun_s < 1.0
