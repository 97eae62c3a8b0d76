"""kill -9 of the service at every write of its journal, and at any time: the night ends as without it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sim.server import State
from teiden.emulator.rehearsal import Playing
from tests.killed import Sweep, dying, instants_s, night, overheard, wrong

pytestmark = pytest.mark.proof

AHEAD = ("declared", "off_armed", "flush_asked", "cluster_stop_asked", "cluster_restart_asked")
"""Rows that stand before a command."""
RANDOM_KILLS, SEED = 20, 20261126


@pytest.fixture(scope="module")
def say(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """A line on the terminal: what takes an hour says how far it is."""
    capture = request.config.pluginmanager.getplugin("capturemanager")

    def told(line: str) -> None:
        with capture.global_and_fixture_disabled():
            print(f"\n{line}", end="", flush=True)

    return told


@pytest.fixture(scope="module")
def sweep(tmp_path_factory: pytest.TempPathFactory, say: Callable[[str], None]) -> Iterator[Sweep]:
    with overheard() as told:
        yield Sweep(tmp_path_factory.mktemp("killed"), told, say)


@pytest.fixture(autouse=True)
def afresh(sweep: Sweep) -> None:
    sweep.found.clear()
    sweep.deaths = 0


def test_undisturbed_the_night_is_as_it_should_be(sweep: Sweep) -> None:
    assert wrong(sweep.undisturbed, sweep.undisturbed) == []
    assert sweep.undisturbed.restarts == 0


def test_l3_stopped_with_its_own_system_a_service_first_tells_its_upses_to_go_off(tmp_path: Path) -> None:
    """It ends by SIGTERM while its system is still on its way down, and has armed what it comes back by."""
    ended: list[float] = []

    def watch(playing: Playing, t: float) -> None:
        going = playing.room.room.servers["control1"].state is State.SHUTTING_DOWN
        if going and not playing.processes["control1"].wanted:
            ended.append(t)

    with overheard() as told:
        its = asyncio.run(night(tmp_path, told, program=dying(0, "before"), meanwhile=watch))
    assert ended
    assert its.first("ups.off_armed", "ups1") <= ended[0]
    assert its.restarts == 0, "it was not started again on a system that goes down"
    assert wrong(its, its) == []


def test_killed_before_every_write_the_incident_ends_as_if_nobody_had_been(
    sweep: Sweep, say: Callable[[str], None]
) -> None:
    writes = asyncio.run(sweep.before_each())
    say(f"killed at each of {writes} writes, {sweep.deaths} times")
    sweep.judge()
    assert writes >= len(sweep.undisturbed.writes)


def test_killed_between_what_is_written_and_what_is_sent_nothing_is_sent_twice(sweep: Sweep) -> None:
    """Right after the rows that stand before a command: nobody knows whether it was sent."""
    ahead = [n for n, row in enumerate(sweep.undisturbed.writes, 1) if row.split()[0] in AHEAD]
    asyncio.run(sweep.after(ahead))
    sweep.judge()
    assert sweep.deaths == len(ahead)


def test_killed_at_any_time_of_the_outage_the_end_is_the_same(sweep: Sweep) -> None:
    """Twenty instants at which a service runs, not chosen by anybody."""
    asyncio.run(sweep.at(instants_s(sweep.undisturbed, RANDOM_KILLS, SEED)))
    sweep.judge()
    assert sweep.deaths == RANDOM_KILLS
