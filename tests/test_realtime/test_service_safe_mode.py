"""The disk of the journal fails in the middle of an outage: only what needs no memory goes on (S30, C5)."""

from __future__ import annotations

import asyncio
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from sim.story import MainsChange
from tests.living import Living, living, overheard, small_story


@contextmanager
def no_file_grows() -> Iterator[None]:
    """As on a full disk, for every file of this process."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.long
def test_s30_without_a_journal_what_stops_goes_on_nothing_goes_off_unseen_and_nothing_starts(
    tmp_path: Path,
) -> None:
    async def steps(its: Living) -> None:
        inside = its.room.room
        await its.until(lambda: its.events("lease.taken"))
        its.happen(*(MainsChange(0.0, ups, lost=True) for ups in ("ups4", "ups5")))
        await its.until(lambda: its.events("outage.suspected", "ups4"))
        with no_file_grows():
            await its.until(lambda: "card write" in heard, limit_s=120.0)
            assert its.events("server.halted", "blade1"), "seen down before its UPS was told"
            status = its.status()
            assert not status.journal.healthy
            assert status.journal.words
            assert any(alarm.rule == "S30" for alarm in status.alarms)
            await its.until(lambda: its.events("array.flushed", "linkeddisk"), limit_s=120.0)
            await its.until(lambda: not inside.upses["ups4"].output, limit_s=120.0)
            its.happen(*(MainsChange(0.0, ups, lost=False) for ups in ("ups4", "ups5")))
            told = len(heard)
            await its.passes(120)
            assert heard[told:] == [], "nothing is started"
            assert not inside.upses["ups4"].output

    story = small_story(tmp_path)

    async def lived() -> None:
        async with living(story, tmp_path / "room") as its:
            await steps(its)

    with overheard() as heard:
        asyncio.run(lived())
