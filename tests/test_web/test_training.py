"""`teiden emulate --web`: a room to train in, driven over HTTP as its pages do it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx2 as httpx
import pytest

from teiden.emulator.rehearsal import free_port
from teiden.web.guard.accounts import Accounts
from teiden.web.guard.roles import Role
from tests.test_web.browsing import PASSWORD, SITE, until

LIMIT_S = 180.0


@contextmanager
def room(folder: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    words = ["emulate", str(SITE), "--folder", str(folder), "--rate", "4", "--web", f"127.0.0.1:{port}"]
    with (folder / "out").open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "teiden", *words],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            process.send_signal(signal.SIGTERM)
        try:
            process.wait(60)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


def answers(client: httpx.Client, path: str, words: str) -> bool:
    try:
        return words in client.get(path, follow_redirects=True).text
    except httpx.TransportError:
        return False


@pytest.mark.long
def test_an_operator_takes_the_mains_away_and_watches_what_the_armed_services_do(tmp_path: Path) -> None:
    Accounts(tmp_path / "control1" / "web").add("mori", Role.OPERATOR, PASSWORD)
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    with (
        room(tmp_path, port) as process,
        httpx.Client(base_url=base, headers={"origin": base}, timeout=60.0) as client,
    ):
        until(lambda: answers(client, "/login", "password"), LIMIT_S)
        client.post("/login", data={"name": "mori", "password": PASSWORD})
        until(lambda: answers(client, "/overview/now", "commands"), LIMIT_S)
        until(lambda: answers(client, "/room/now", "on line"), LIMIT_S)
        token = client.get("/room").text.partition('name="token" value="')[2].partition('"')[0]
        lost = client.post("/room", data={"token": token, "verb": "lose", "of": "ups4"})
        assert "lose ups4" in lost.text
        until(lambda: answers(client, "/overview/now", "Incident 1"), LIMIT_S)
        until(lambda: answers(client, "/sequence/now", "halted"), LIMIT_S)
        assert "blade1" in client.get("/sequence/compared").text
        assert process.poll() is None
    assert process.returncode == 0
