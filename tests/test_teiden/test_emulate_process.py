"""The service of an emulated node ends as a real one: told to stop with its system, killed with its power."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from sequencer.events import Stream
from sequencer.requests import Request, Wish
from sim.server import State
from teiden.emulator.lives import ProcessLife
from teiden.emulator.process import ServiceProcess
from teiden.emulator.rehearsal import Playing
from tests.living import small_story
from tests.two_nodes import TWO

SERVICE = """
import signal, sys, time
ended = []
signal.signal(signal.SIGTERM, lambda *_: ended.append(1))
print("ready", flush=True)
sys.stdin.readline()
print("begun", flush=True)
while not ended:
    time.sleep(0.005)
sys.exit(int(sys.argv[1]))
"""


def service(folder: Path, died: Callable[[str], None], code: int = 0) -> ServiceProcess:
    program = (sys.executable, "-I", "-S", "-c", SERVICE, str(code))
    return ServiceProcess("control1", [], log_file=folder / "log", environment={}, died=died, program=program)


async def until(happened: Callable[[], object]) -> None:
    async with asyncio.timeout(20.0):
        while not happened():
            await asyncio.sleep(0.005)


@pytest.mark.parametrize("code", [0, 3])
def test_told_to_stop_it_ends_by_itself_and_only_one_that_fails_is_told_of(tmp_path: Path, code: int) -> None:
    died: list[str] = []

    async def steps() -> None:
        its = service(tmp_path, died.append, code)
        its.begin()
        await until(lambda: its.begun)
        its.stop()
        its.stop()
        await until(lambda: not its.wanted)
        assert not its.begun
        await its.close()

    asyncio.run(steps())
    assert [word.split(";")[0] for word in died] == (
        [f"the service on control1 ended with {code}"] if code else []
    )


def test_stopped_before_it_is_ready_it_is_gone_and_nobody_is_told(tmp_path: Path) -> None:
    died: list[str] = []

    async def steps() -> None:
        its = service(tmp_path, died.append)
        its.prepare()
        its.stop()
        assert not its.wanted
        await its.close()

    asyncio.run(steps())
    assert not died


def test_after_one_that_did_not_start_another_one_is_started(tmp_path: Path) -> None:
    failing = tmp_path / "failing"
    failing.touch()
    died: list[str] = []
    service_or_not = f"import os, sys\nif os.path.exists({str(failing)!r}): sys.exit(1)\n{SERVICE}"
    program = (sys.executable, "-I", "-S", "-c", service_or_not, "0")

    async def steps() -> None:
        its = ServiceProcess(
            "control1", [], log_file=tmp_path / "log", environment={}, died=died.append, program=program
        )
        its.begin()
        await until(lambda: died)
        failing.unlink()
        its.begin()
        await until(lambda: its.begun)
        await its.close()

    asyncio.run(steps())
    assert len(died) == 1
    assert "did not start" in died[0]


class Process:
    """What a life does with it."""

    def __init__(self) -> None:
        self.did: list[str] = []
        self.wanted = self.begun = False

    def prepare(self) -> None:
        self.did.append("prepare")

    def begin(self) -> None:
        self.did.append("begin")
        self.wanted = self.begun = True

    def kill(self) -> None:
        self.did.append("kill")
        self.wanted = self.begun = False


class Machine:
    name = "control1"

    def __init__(self) -> None:
        self.state, self.works = State.UP, True
        self._listeners: list[Callable[[Machine], None]] = []

    def listen(self, listener: Callable[[Machine], None]) -> None:
        self._listeners.append(listener)

    def become(self, state: State) -> None:
        self.state, self.works = state, state in (State.UP, State.SHUTTING_DOWN)
        for listener in self._listeners:
            listener(self)


def now(its: ProcessLife) -> tuple[bool, bool]:
    """Whether it lives, and whether it is awaited."""
    return its.lives, its.is_awaited


@pytest.fixture
def life() -> tuple[ProcessLife, Machine, Process]:
    machine, process = Machine(), Process()
    asked: list[Request] = []
    its = ProcessLife(
        machine,  # type: ignore[arg-type]
        process,  # type: ignore[arg-type]
        asked=lambda node, request: asked.append(request),
        stop=lambda node: process.did.append("stop"),
    )
    return its, machine, process


def test_a_service_is_stopped_with_its_system_and_killed_when_that_has_halted(
    life: tuple[ProcessLife, Machine, Process],
) -> None:
    its, machine, process = life
    its.begin()
    machine.become(State.SHUTTING_DOWN)
    machine.become(State.SHUTTING_DOWN)
    assert process.did == ["begin", "stop"]
    assert now(its) == (True, False), "it may have something to see to"
    process.wanted = process.begun = False
    its.came_to_its_end()
    assert now(its) == (False, False), "no system starts a service on its way down"
    for state in (State.HALTED, State.BOOTING, State.UP):
        machine.become(state)
    assert process.did == ["begin", "stop", "kill", "prepare", "begin"]


def test_one_that_was_killed_is_awaited_until_it_has_begun_again(
    life: tuple[ProcessLife, Machine, Process],
) -> None:
    its, _, process = life
    assert now(its) == (False, False)
    its.begin()
    assert now(its) == (True, False)
    process.begun = False
    assert now(its) == (True, True)
    its.came_to_its_end()
    assert now(its) == (True, False)


def test_r2_08_the_managers_news_are_told_to_the_node_that_they_are_about(tmp_path: Path) -> None:
    """A story tells every node; no real manager does."""
    story = small_story(tmp_path, site=TWO)
    asyncio.run(_told(Playing(story, tmp_path / "room", rate=1.0, seed=0, until_s=1.0, stream=Stream())))


async def _told(playing: Playing) -> None:
    for each in playing._lives.values():
        each._lives = True
    heard: list[tuple[str, Wish]] = []

    async def asked(node: str, request: Request) -> None:
        heard.append((node, request.wish))

    playing._asked = asked  # type: ignore[method-assign]
    lives = playing.room.room.lives
    manager = "cluster manager"
    for life in lives.values():
        life.hear(Request("1", Wish.SERVER_SHUTDOWN, ("control2",), manager))
    for life in lives.values():
        life.hear(Request("2", Wish.CLUSTER_SHUTDOWN, (), manager))
    playing.room._told("control2", Wish.CLUSTER_REBOOT)
    for life in lives.values():
        life.hear(Request("3", Wish.POWER_OFF, (), "operator"))
    await asyncio.gather(*playing._asking)
    assert heard == [
        ("control2", Wish.SERVER_SHUTDOWN),
        ("control1", Wish.CLUSTER_SHUTDOWN),
        ("control2", Wish.CLUSTER_REBOOT),
        ("control1", Wish.POWER_OFF),
        ("control2", Wish.POWER_OFF),
    ]
