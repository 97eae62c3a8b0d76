"""A real NUT server with its pretend driver: our driver reads it and commands it as far as it can."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from realtime.contacts import NutContact
from realtime.nut import NutUps
from realtime.secret import Secret
from sequencer.ports import Accepted, Off, Receipt, Unreachable, UpsStatus
from sequencer.site import Ups

UPSD, DUMMY = Path("/lib/nut/upsd"), Path("/lib/nut/dummy-ups")
PASSWORD = 'one long "pass" phrase'
LIMIT_S = 5.0

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(not (UPSD.exists() and DUMMY.exists()), reason="no upsd (Debian: nut-server)"),
    pytest.mark.skipif(shutil.which("upsrw") is None, reason="no upsrw (Debian: nut-client)"),
    pytest.mark.skipif(os.geteuid() != 0, reason="upsd and its driver are started as root here"),
]

DEVICE = """\
ups.status: OL
battery.charge: 100
battery.runtime: 1800
ups.delay.shutdown: 420
input.voltage: 230
"""


@pytest.fixture
def running(tmp_path: Path) -> Iterator[tuple[NutContact, subprocess.Popen[bytes]]]:
    """How to reach it, and its driver."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    escaped = PASSWORD.replace('"', '\\"')
    files = {
        "pretend.dev": DEVICE,
        "nut.conf": "MODE=standalone\n",
        "ups.conf": f"[pretend]\ndriver = dummy-ups\nport = {tmp_path}/pretend.dev\nmode = dummy-once\n",
        "upsd.conf": f"LISTEN 127.0.0.1 {port}\nSTATEPATH {tmp_path}\nMAXAGE 5\n",
        "upsd.users": f'[teiden]\npassword = "{escaped}"\ninstcmds = ALL\n'
        "[other]\npassword = plain\nactions = SET\n",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(0o600)
    places = ("NUT_CONFPATH", "NUT_STATEPATH", "NUT_ALTPIDPATH")
    environment = {**os.environ, **dict.fromkeys(places, str(tmp_path))}
    # -D keeps each in the foreground, so that we end exactly what we began
    commands = ([str(DUMMY), "-a", "pretend", "-u", "root", "-D"], [str(UPSD), "-u", "root", "-D"])
    started: list[subprocess.Popen[bytes]] = []
    try:
        for command in commands:
            with (tmp_path / f"{Path(command[0]).name}.log").open("w") as log:
                started.append(subprocess.Popen(command, env=environment, stdout=log, stderr=log))
            time.sleep(1.0)
        yield NutContact("127.0.0.1", "pretend", port, "teiden", "env:UPSD"), started[0]
    finally:
        for process in started:
            process.send_signal(signal.SIGTERM)
            process.wait(10)


@pytest.fixture
def contact(running: tuple[NutContact, subprocess.Popen[bytes]]) -> NutContact:
    return running[0]


def ups(contact: NutContact, password: str = PASSWORD) -> NutUps:
    return NutUps(
        contact, Ups("ups1", 1, "utility", 60.0), limit_s=LIMIT_S, secret_at=lambda _: Secret(password)
    )


def seen(contact: NutContact, met: Callable[[Any], bool]) -> Any:
    for _ in range(100):
        status = asyncio.run(ups(contact).read())
        if met(status):
            return status
        time.sleep(0.2)
    raise AssertionError(status)


def put(contact: NutContact, status: str) -> None:
    """With NUT's own client."""
    command = ["upsrw", "-s", f"ups.status={status}", "-u", "other", "-p", "plain"]
    subprocess.run([*command, f"pretend@127.0.0.1:{contact.port}"], check=True, capture_output=True)


def test_what_it_tells_follows_the_ups(contact: NutContact) -> None:
    first = seen(contact, lambda status: isinstance(status, UpsStatus))
    assert (first.mains, first.output_on, first.charge_pct, first.runtime_s) == (True, True, 100.0, 1800.0)
    assert first.graceful_off_s == 420.0
    put(contact, "OB LB")
    last = seen(contact, lambda status: isinstance(status, UpsStatus) and not status.mains)
    assert (last.on_battery, last.low_battery) == (True, True)


def test_an_off_that_its_driver_cannot_do_is_refused_by_the_tracking(contact: NutContact) -> None:
    seen(contact, lambda status: isinstance(status, UpsStatus))
    receipt = asyncio.run(ups(contact).switch_off(Off.NOW))
    assert receipt == Receipt(Accepted.NO, "upsd: UNKNOWN: its driver does not know how")
    assert "offers none of shutdown.stayoff" in asyncio.run(ups(contact).switch_off(Off.GRACEFUL)).reason


def test_a_wrong_pass_phrase_still_reads_and_never_commands(contact: NutContact) -> None:
    seen(contact, lambda status: isinstance(status, UpsStatus))
    receipt = asyncio.run(ups(contact, "wrong").switch_off(Off.NOW))
    assert receipt.accepted is Accepted.NO
    assert "ACCESS-DENIED" in receipt.reason


def test_a_ups_that_its_driver_has_lost_is_unreachable(
    running: tuple[NutContact, subprocess.Popen[bytes]],
) -> None:
    contact, driver = running
    seen(contact, lambda status: isinstance(status, UpsStatus))
    driver.kill()
    stale = ("upsd: DATA-STALE", "upsd: DRIVER-NOT-CONNECTED")  # after "WAIT", for a moment
    seen(contact, lambda status: isinstance(status, Unreachable) and status.reason.startswith(stale))
