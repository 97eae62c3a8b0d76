"""What systemd hears of the service, over a real socket; and when it hears nothing more."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from realtime.notify import Notify


@pytest.fixture(params=["path", "abstract"])
def systemd(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, socket.socket]]:
    name = str(tmp_path / "notify") if request.param == "path" else f"@teiden-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as its:
        its.bind("\0" + name[1:] if name.startswith("@") else name)
        its.settimeout(2)
        yield name, its


def test_systemd_hears_ready_status_and_stopping(systemd: tuple[str, socket.socket]) -> None:
    name, its = systemd
    notify = Notify({"NOTIFY_SOCKET": name})
    notify.ready("watches reference 停電")
    notify.status("2 lines\nREADY=0")
    notify.ping()
    notify.stopping()
    heard = [its.recv(4096).decode("utf-8") for _ in range(4)]
    assert heard == [
        f"READY=1\nSTATUS=watches reference 停電\nMAINPID={os.getpid()}",
        "STATUS=2 lines READY=0",
        "WATCHDOG=1",
        "STOPPING=1",
    ]


def test_without_systemd_nothing_happens() -> None:
    notify = Notify({})
    notify.ready("fine")
    notify.stopping()
    assert notify.watchdog_s is None
    asyncio.run(notify.watch(lambda: 0.0))  # returns at once


def test_a_systemd_that_is_gone_is_a_line_in_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    Notify({"NOTIFY_SOCKET": str(tmp_path / "gone")}).ready("fine")
    assert "systemd was not told READY=1" in caplog.text


@pytest.mark.parametrize(
    ("environment", "watchdog_s"),
    [
        ({"WATCHDOG_USEC": "30000000"}, 30.0),
        ({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": str(os.getpid())}, 30.0),
        ({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "1"}, None),
        ({"WATCHDOG_USEC": "soon"}, None),
        ({"WATCHDOG_USEC": "0"}, None),
        ({}, None),
    ],
)
def test_the_watchdog_s_time_is_taken_if_it_is_meant_for_us(
    environment: dict[str, str], watchdog_s: float | None
) -> None:
    assert Notify(environment).watchdog_s == watchdog_s


def test_it_pings_while_time_passes_and_no_longer(systemd: tuple[str, socket.socket]) -> None:
    name, its = systemd
    notify = Notify({"NOTIFY_SOCKET": name, "WATCHDOG_USEC": "30000"})
    moments = [0.0, 1.0, 2.0, 2.0, 2.0, 2.0, 3.0]

    async def watch() -> None:
        done = asyncio.Event()

        def progress() -> float:
            if len(moments) == 1:
                done.set()
            return moments.pop(0) if len(moments) > 1 else moments[0]

        watching = asyncio.create_task(notify.watch(progress))
        async with asyncio.timeout(2):
            await done.wait()
        await asyncio.sleep(0)
        watching.cancel()

    asyncio.run(watch())
    its.setblocking(False)
    heard = 0
    while True:
        try:
            heard += its.recv(64) == b"WATCHDOG=1"
        except BlockingIOError:
            break
    assert heard == 4
