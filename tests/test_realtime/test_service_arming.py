"""A service that only watches, one that acts, and one whose emergency stop is pulled."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest

from sim.story import MainsChange
from tests.living import Living, living, overheard, small_story

LOST = MainsChange(0.0, "utility", lost=True)
STOP_S = 1.0
"""Wall time after which a pulled emergency stop has stopped everything."""


def test_x12_a_service_that_is_not_armed_sends_nothing_and_says_what_it_would_do(tmp_path: Path) -> None:
    async def steps(its: Living) -> None:
        await its.until(lambda: its.events("lease.taken"))
        its.happen(LOST)
        await its.until(lambda: its.events("command.refused", "blade1"))
        status = its.status()
        assert not status.armed
        assert status.commands
        assert (status.incident.open, status.incident.goal) == (True, "down")
        assert status.incident.cause in ("ups4", "ups5", "ups4, ups5"), "which is confirmed first is chance"
        waits = {(wait.subject, wait.step): wait for wait in status.waits}
        assert waits["blade1", "would be told: shutdown"].rule == "X-12"
        assert waits["blade1", "halted"].limit_s == 30.0
        await its.until(lambda: its.events("command.refused", "ups5"))
        assert ("ups5", "would be told: off") in {(wait.subject, wait.step) for wait in its.status().waits}
        assert not its.events("command.sent")

    with overheard() as heard:
        run(tmp_path, steps, armed=False)
    assert heard == []
    assert not (tmp_path / "room" / "control1" / "journal.db").exists()
    assert (tmp_path / "room" / "control1" / "journal.db.watching").exists()


@pytest.mark.long
def test_an_armed_service_acts_until_the_emergency_stop_is_pulled_and_again_when_it_is_released(
    tmp_path: Path,
) -> None:
    """SEC-30: pulled as soon as the shutdown of the server arrives, the OFF of its UPS never leaves."""
    stop = tmp_path / "room" / "control1" / "stop"

    async def steps(its: Living) -> None:
        await its.until(lambda: its.events("lease.taken"))
        its.happen(LOST)
        await its.until(lambda: heard, pause_s=0.0)
        stop.touch()
        pulled_s = time.monotonic()
        await its.until(lambda: any(alarm.rule == "SEC-30" for alarm in its.status().alarms))
        assert time.monotonic() - pulled_s < 5 * STOP_S, "a second, where the machine has nothing else to do"
        assert its.status().stopped
        await its.until(lambda: its.events("command.refused", "ups5"))
        (refused,) = its.events("command.refused", "ups5")
        assert refused.details["rule"] == "SEC-30"
        assert heard == ["blade1 shut_down"]
        stop.unlink()
        await its.until(lambda: not its.status().stopped)
        await its.until(lambda: "card write" in heard)

    with overheard() as heard:
        run(tmp_path, steps)


@pytest.mark.long
def test_sec_30_the_emergency_stop_stops_everything_within_a_second_at_whatever_step(tmp_path: Path) -> None:
    """Pulled right after the n-th command of an outage, for every n until there is no n-th."""
    for n in range(1, 20):
        folder = tmp_path / str(n)
        with overheard() as heard:

            async def steps(its: Living, n: int = n, heard: list[str] = heard, folder: Path = folder) -> None:
                await its.until(lambda: its.events("lease.taken"))
                its.happen(LOST)
                await its.until(lambda: len(heard) >= n or gone(its), pause_s=0.0)
                (folder / "room" / "control1" / "stop").touch()
                await asyncio.sleep(STOP_S)
                heard.append("a second later")
                await asyncio.sleep(2 * STOP_S)

            run(folder, steps)
        assert heard[-1] == "a second later", f"pulled at {heard[n - 1]}: {heard}"
        if len(heard) <= n:
            break
    assert n > 5


def gone(its: Living) -> bool:
    """Nothing is left that could be told to go off."""
    return its.room.room.upses["ups1"].falls_at_s is not None


def run(folder: Path, steps: object, *, armed: bool = True) -> None:
    story = small_story(folder)

    async def lived() -> None:
        async with living(story, folder / "room", armed=armed) as its:
            await steps(its)  # type: ignore[operator]

    asyncio.run(lived())
