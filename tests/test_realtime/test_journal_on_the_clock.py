"""The journal with the clock of live mode: the loop never waits for the disk, and hears what became of it."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

from realtime.clock import WallClock
from realtime.journal.journal import Journal
from sequencer.journal import Row
from sequencer.ports import Steps
from tests.test_realtime.injected import row


def test_a_runbook_goes_on_when_its_row_is_on_the_disk(tmp_path: Path) -> None:
    async def live() -> tuple[Row, ...]:
        env = WallClock()
        journal = Journal(env, str(tmp_path / "journal.db"), allow_any_disk=True, ballast_bytes=0)

        def runbook() -> Steps[tuple[Row, ...]]:
            for number in range(10):
                yield from journal.commit(row(number))
            return (yield from journal.rows())

        try:
            done = env.process(runbook())
            await env.live(done)
        finally:
            journal.close()
        return done.value

    assert asyncio.run(live()) == tuple(row(number) for number in range(10))


def test_a_disk_that_hangs_keeps_only_those_waiting_who_need_it(tmp_path: Path) -> None:
    go_on = threading.Event()

    async def live() -> list[str]:
        env = WallClock()
        path = str(tmp_path / "journal.db")
        hanging = {"before_commit": lambda row: go_on.wait(5)}
        journal = Journal(env, path, allow_any_disk=True, ballast_bytes=0, **hanging)
        told: list[str] = []

        def writer() -> Steps[None]:
            yield from journal.commit(row(1))
            told.append("written")

        def looker() -> Steps[None]:
            for _ in range(3):
                yield env.timeout(0.005)
                told.append("looked")
            go_on.set()

        try:
            env.process(looker())
            await env.live(env.process(writer()))
        finally:
            journal.close()
        return told

    assert asyncio.run(live()) == ["looked", "looked", "looked", "written"]


def test_what_happens_before_and_after_the_clock_lives_is_told_all_the_same(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    path.write_bytes(b"broken")
    told: list[str] = []

    async def live() -> None:
        env = WallClock()
        journal = Journal(env, str(path), allow_any_disk=True, ballast_bytes=0, told=told.append)
        assert told == [journal.lost]
        await env.live(env.timeout(0.001))
        journal.commit(row(1))
        journal.close()

    asyncio.run(live())
    assert len(told) == 1
    env = WallClock()
    with Journal(env, str(path), allow_any_disk=True, ballast_bytes=0) as journal:
        assert journal.all() == (row(1),)
        journal.commit(row(2))  # written, and answered to nobody: no loop drives this clock
    with Journal(env, str(path), allow_any_disk=True, ballast_bytes=0) as journal:
        assert journal.all() == (row(1), row(2))
