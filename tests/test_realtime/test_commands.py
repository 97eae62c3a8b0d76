"""Programs run for real: what they end with, what they say, and what becomes of one that does not end."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from realtime.commands import MOST_BYTES, Ended, filled, run

NAMES = {"name": "blade1", "address": "192.0.2.1", "run": ("/opt/x", "a b")}


def ends(*arguments: str, limit_s: float = 10.0) -> Ended:
    return asyncio.run(run(arguments, limit_s, NAMES))


def shell(script: str, *arguments: str, limit_s: float = 10.0) -> Ended:
    return ends("/bin/sh", "-c", script, "sh", *arguments, limit_s=limit_s)


def test_its_code_and_both_outputs_come_back() -> None:
    assert shell("echo up; echo careful >&2; exit 3") == Ended(3, "up\n", "careful\n")


def test_a_placeholder_is_replaced_within_its_argument_and_no_shell_ever_sees_it() -> None:
    hostile = {"name": "$(touch /tmp/x); `id`"}
    assert filled(["--host={name}", "{name}"], hostile) == [f"--host={hostile['name']}", hostile["name"]]
    assert asyncio.run(run(["printf", "%s", "{name}"], 10.0, hostile)).output == hostile["name"]


def test_a_list_takes_the_place_of_an_argument_and_unknown_braces_stay() -> None:
    assert filled(["ssh", "{run}", "x{run}", "{print $1}", "{nobody}"], NAMES) == [
        "ssh", "/opt/x", "a b", "x{run}", "{print $1}", "{nobody}",
    ]  # fmt: skip


@pytest.mark.parametrize("arguments", [("/no/such/program",), ("/etc",), ("echo", "a\0b"), ()])
def test_what_cannot_be_started_is_told_and_raises_nothing(arguments: tuple[str, ...]) -> None:
    ended = ends(*arguments)
    assert (ended.code, ended.started) == (None, False)
    assert ended.reason.startswith("not started: ")


def test_at_its_limit_it_is_killed_with_everything_it_started(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    began_s = time.monotonic()
    ended = shell(f"sleep 60 & echo $! > {pids}; echo begun; wait", limit_s=1.0)
    assert time.monotonic() - began_s < 30
    assert (ended.code, ended.output, ended.reason) == (None, "begun\n", "timed out after 1 s")
    assert ended.started
    assert _gone(int(pids.read_text()))


def test_it_dies_with_whoever_asked(tmp_path: Path) -> None:
    pid = tmp_path / "pid"

    async def ask_and_go() -> None:
        asking = asyncio.create_task(
            run(["/bin/sh", "-c", f"echo $$ > {pid}.new; mv {pid}.new {pid}; sleep 60"], 60)
        )
        while not pid.exists():
            await asyncio.sleep(0.01)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking

    asyncio.run(ask_and_go())
    assert _gone(int(pid.read_text()))


def test_it_dies_with_whoever_asked_even_while_it_starts() -> None:
    mark = f"60.{os.getpid()}"

    async def ask_and_go() -> None:
        asking = asyncio.create_task(run(["/bin/sh", "-c", f"sleep {mark}; true"], 60.0))
        while not _running(mark):
            await asyncio.sleep(0)
        for _ in range(500):  # the loop stands still: it gets its child, and is not listened to yet
            if len(_running(mark)) > 1:
                break
            time.sleep(0.01)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking

    began_s = time.monotonic()
    asyncio.run(ask_and_go())
    assert time.monotonic() - began_s < 30
    assert [pid for pid in _running(mark) if not _gone(pid)] == []


def test_something_left_in_the_background_does_not_hold_it_up() -> None:
    began_s = time.monotonic()
    assert shell("sleep 9 & echo begun") == Ended(0, "begun\n")
    assert time.monotonic() - began_s < 7


def test_endless_output_is_read_and_dropped_past_a_bound() -> None:
    ended = ends(sys.executable, "-c", "import sys; sys.stdout.write('x' * 3_000_000); sys.exit(5)")
    assert (ended.code, len(ended.output)) == (5, MOST_BYTES)


def test_japanese_output_of_windows_is_read() -> None:
    said = "アクセスが拒否されました"
    assert shell(r"printf '" + "".join(f"\\{b:03o}" for b in said.encode("cp932")) + "'").output == said


def test_its_words_begin_with_how_it_ended() -> None:
    assert shell("echo; echo 'not now' >&2; exit 1").words == "exit code 1: not now"
    assert shell("kill -9 $$").words == "exit code -9"


def _gone(pid: int) -> bool:
    """Dead, or dead and not yet fetched by whoever became its parent."""
    for _ in range(100):
        try:
            os.kill(pid, 0)
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except (ProcessLookupError, FileNotFoundError):
            return True
        if state == "Z":
            return True
        time.sleep(0.02)
    return False


def _running(mark: str) -> list[int]:
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            if mark.encode() in path.read_bytes():
                found.append(int(path.parent.name))
    return found
