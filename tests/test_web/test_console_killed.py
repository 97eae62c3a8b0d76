"""A console that is killed again and again, or whose disk is full, delays no sequence: measured."""

from __future__ import annotations

import os
import shutil
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.consoled import Client, Consoled, consoled, until
from tests.test_realtime.small_disks import disk_of, fill

pytestmark = pytest.mark.long

RATE = 8.0
LATE_S = 1.0
"""Seconds of the wall."""
AGREE_S = 12.0
"""Two nights of the same room differ by this, seconds of the room: a poll, a traps' luck, a login by SSH."""
ORDER = (
    ("blade1", "server.halted"),
    ("ups5", "ups.output_off"),
    ("ups4", "ups.output_off"),
    ("control1", "server.halted"),
    ("ups1", "ups.output_off"),
)


def outage(room: Consoled) -> list[float]:
    """The mains fail; when each thing then happens, seconds of the room after that."""
    room.tell("lose utility")
    for device, event in ORDER:
        until(lambda device=device, event=event: room.happened(device, event), why=lambda: room.said("room"))
    lost_s = room.at("ups4", "ups.on_battery")
    took = [room.at(*event) - lost_s for event in ORDER]
    assert took == sorted(took)
    took[2] -= dark_s(room)
    return took


def dark_s(room: Consoled) -> float:
    """How long the cut of ups4 has waited for the card of ups5, which went dark with its output: twice its
    time-out, unless its last reading was fresh still. That is the room's luck, and no console's doing."""

    def seen_s(event: str, device: str) -> float:
        return next((e["t"] for e in room.events(event) if e["subject"] == device), float("inf"))

    flushed_s, silent_s = seen_s("array.flushed", "linkeddisk"), seen_s("card.silent", "ups5")
    return silent_s - flushed_s if flushed_s < silent_s < seen_s("ups.output_off", "ups4") else 0.0


def undisturbed(room: Consoled, took: list[float], calm: list[float]) -> None:
    late = room.status().lateness
    print(f"\nlate by {late.max_s:.3f} s at most, {late.gaps} gaps; {took} against {calm}")
    assert late.gaps == 0
    assert room.events("clock.gap") == []
    assert late.max_s < LATE_S
    for one, other in zip(took, calm, strict=True):
        assert abs(one - other) <= AGREE_S


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> list[float]:
    """The same outage without any console."""
    with consoled(tmp_path_factory.mktemp("calm"), rate=RATE, web=False) as room:
        return outage(room)


def test_a_console_that_is_killed_again_and_again_delays_nothing(tmp_path: Path, calm: list[float]) -> None:
    with consoled(tmp_path, rate=RATE) as room:
        with killing(room) as killed:
            took = outage(room)
        undisturbed(room, took, calm)
        print(f"killed {len(killed)} times")
        assert len(killed) >= 3
        until(room.alive)
        assert Client(room.port).log_in() == 303, "and there it is again"


@contextmanager
def killing(room: Consoled) -> Iterator[list[int]]:
    """Whatever console there is, is killed as soon as it is seen: their ids."""
    killed: list[int] = []
    over = threading.Event()

    def kill() -> None:
        while not over.wait(0.3):
            if pid := room.web_pid():
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
                    killed.append(pid)

    killer = threading.Thread(target=kill)
    killer.start()
    try:
        yield killed
    finally:
        over.set()
        killer.join()


def test_a_console_whose_disk_is_full_delays_nothing_and_still_shows(
    tmp_path: Path, calm: list[float]
) -> None:
    """A disk of its own for the console's folder, of which nothing is left."""
    with disk_of(1024 * 1024, tmp_path / "disk") as disk, consoled(tmp_path, rate=RATE) as room:
        shutil.copytree(room.web, disk, dirs_exist_ok=True)
        shutil.rmtree(room.web)
        room.web.symlink_to(disk)
        viewer = Client(room.port)
        assert viewer.log_in("sato") == 303
        fill(disk)
        took = outage(room)
        undisturbed(room, took, calm)
        assert viewer.ask("GET", "/").status == 200
        assert Client(room.port).log_in("sato") == 303, "who only looks is let in"
        # who may ask for something is not, once the last page of the log is full: nothing can be noted then
        until(lambda: Client(room.port).log_in("mori") == 503)
