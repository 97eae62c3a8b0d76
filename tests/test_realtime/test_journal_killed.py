"""The journal of a process that is killed: what was answered is there, whenever the kill came."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from realtime.journal.journal import Journal
from sequencer.journal import Row
from tests.test_realtime.injected import Injected, row

ROOT = str(Path(__file__).parents[2])


@pytest.fixture
def many_paths(tmp_path: Path) -> Iterator[str]:
    return (str(tmp_path / f"{number}.db") for number in range(1000))


def kept(env: Injected, path: str) -> tuple[Row, ...]:
    with Journal(env, path, allow_any_disk=True, ballast_bytes=0) as journal:
        return journal.all()


KILLED_AT = """
import os, signal, sys
sys.path.insert(0, sys.argv[1])
from tests.test_realtime.injected import Injected, row
from realtime.journal.journal import Journal
path, last, how = sys.argv[2], int(sys.argv[3]), sys.argv[4]
env, seen = Injected(), 0
def die(row):
    global seen
    seen += 1
    if seen > last:
        os.kill(os.getpid(), signal.SIGKILL)
its = Journal(env, path, allow_any_disk=True, ballast_bytes=0, before_commit=die)
for number in range(len(its.all()), 100):
    answer = its.commit(row(number))
    if how == "waiting":
        env.value(answer)
        print(number, flush=True)
its.close()
"""


def killed(path: str, at: int, how: str = "waiting") -> list[int]:
    """A process that commits rows and is killed before the n-th is written; which ones were answered."""
    done = subprocess.run(
        [sys.executable, "-c", KILLED_AT, ROOT, path, str(at), how], capture_output=True, text=True
    )
    assert done.returncode == -9, done.stderr
    return [int(line) for line in done.stdout.split()]


def test_every_answered_row_is_there_after_kill_9(env: Injected, many_paths: Iterator[str]) -> None:
    path = next(many_paths)
    assert killed(path, 7) == list(range(7))
    assert kept(env, path) == tuple(row(number) for number in range(7))


@pytest.mark.long
def test_killed_at_every_write_each_life_goes_on_where_the_last_one_ended(
    env: Injected, many_paths: Iterator[str]
) -> None:
    for how, steps in (("waiting", range(30)), ("at once", range(30))):
        for at in steps:
            path, answered = next(many_paths), set[int]()
            for _ in range(3):
                answered |= set(killed(path, at, how))
                found = [int(its.at_s) for its in kept(env, path)]
                assert found == list(range(len(found)))
                assert answered <= set(found)


@pytest.mark.long
def test_killed_at_any_moment_no_answered_row_is_missing(env: Injected, many_paths: Iterator[str]) -> None:
    """From outside, at a moment of its own choosing: in the middle of a commit, too."""
    for round_ in range(40):
        path = next(many_paths)
        argv = [sys.executable, "-c", KILLED_AT, ROOT, path, "1000000", "waiting"]
        with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            answered = [int(process.stdout.readline()) for _ in range(1 + round_ % 20)]
            process.kill()
            answered += [int(line) for line in process.stdout.read().split()]
        found = [int(its.at_s) for its in kept(env, path)]
        assert found == list(range(len(found)))
        assert set(answered) <= set(found)
