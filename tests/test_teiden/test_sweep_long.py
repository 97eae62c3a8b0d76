"""Sweeps that are interrupted, killed and watched for as long as they take: real processes, real signals."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from teiden.story import Story
from teiden.sweep.carry_out import finish, play
from teiden.sweep.chunk import play_chunk, seal
from teiden.sweep.engine import pool
from teiden.sweep.folder import About
from teiden.sweep.journal import Journal
from teiden.sweep.subject import Varied
from teiden.sweep.template import Template
from teiden.sweep.where import Where
from teiden.sweep.work import Work
from tests.sweep_works import OUTAGE, ROOT, WEAK, Numbers, about

pytestmark = pytest.mark.long

LIMIT_S = 120.0
RUNS = 300
"""So many that none is through while a busy machine looks elsewhere for some seconds."""


@pytest.fixture(scope="module")
def weak(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("stories") / "weak.yaml"
    path.write_text(WEAK, encoding="utf-8")
    return path


def started(*args: object) -> subprocess.Popen[str]:
    """The command in a session of its own, as from a terminal of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "teiden", "sweep", *map(str, args)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        start_new_session=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def until(true: Callable[[], bool]) -> None:
    """Real processes take real time."""
    end_s = time.monotonic() + LIMIT_S
    while not true():
        assert time.monotonic() < end_s
        time.sleep(0.02)


def runs_in(out: Path) -> list[int]:
    """Numbers of the whole lines of the journal."""
    file = out / "runs.jsonl"
    text = file.read_text(encoding="utf-8") if file.exists() else ""
    return [json.loads(line)["run"] for line in text.splitlines(keepends=True) if line.endswith("\n")]


def of_session(session: int) -> list[int]:
    """Processes that are left of it; those that have ended and were not asked for yet are none."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
        except (OSError, NotADirectoryError):
            continue
        if int(fields[3]) == session and fields[0] != "Z":
            found.append(int(entry.name))
    return found


# Ended early


@pytest.mark.parametrize("workers", [1, 2])
def test_ctrl_c_keeps_what_is_done_and_resume_goes_on(workers: int, weak: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    options = weak, "-o", out, "--runs", RUNS, "--workers", workers
    sweep = started(*options)
    until(lambda: len(runs_in(out)) > 8)
    os.killpg(sweep.pid, signal.SIGINT)
    stdout, stderr = sweep.communicate(timeout=LIMIT_S)
    assert sweep.returncode == 130
    kept = runs_in(out)
    assert kept == list(range(len(kept)))
    assert 8 < len(kept) < RUNS
    assert f"{len(kept)} of {RUNS} runs kept in {out}; go on with --resume" in stderr
    assert "Traceback" not in stdout + stderr
    until(lambda: of_session(sweep.pid) == [])  # Python's own tracker of resources goes a moment later
    again = started(*options, "--resume", "--json")
    resumed = json.loads(again.communicate(timeout=LIMIT_S)[0])
    whole = started(weak, "-o", tmp_path / "whole", "--runs", RUNS, "--workers", 1, "--json")
    assert resumed == json.loads(whole.communicate(timeout=LIMIT_S)[0])


def test_a_sweep_that_is_killed_leaves_a_clean_beginning_and_no_workers(weak: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    sweep = started(weak, "-o", out, "--runs", 500, "--workers", 2)
    until(lambda: len(runs_in(out)) > 8)
    sweep.kill()
    sweep.communicate(timeout=LIMIT_S)
    until(lambda: of_session(sweep.pid) == [])
    assert runs_in(out) == list(range(len(runs_in(out))))


def test_a_worker_that_the_system_kills_ends_the_sweep_in_words(weak: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    sweep = started(weak, "-o", out, "--runs", 500, "--workers", 2)
    until(lambda: len(runs_in(out)) > 8)
    workers = [
        pid for pid in of_session(sweep.pid) if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()
    ]
    assert len(workers) == 2
    os.kill(workers[0], signal.SIGKILL)
    stdout, stderr = sweep.communicate(timeout=LIMIT_S)
    assert sweep.returncode == 3
    assert "a worker died: killed, or out of memory" in stderr
    assert f"{len(runs_in(out))} of 500 runs kept" in stderr
    assert "Traceback" not in stdout + stderr
    until(lambda: of_session(sweep.pid) == [])  # Python's own tracker of resources goes a moment later


# Memory


@dataclass(frozen=True)
class Nothing:
    """A sweep of numbers, as the files need it."""

    about: About
    work: Work
    sentence: str = "Numbers."
    file: str = "numbers.yaml"
    parameters: tuple[str, ...] = ("u",)
    by_chance: bool = True

    def story(self, run: int) -> Story:
        raise AssertionError

    def document(self, run: int, folder: str) -> str:
        return f"# run {run}\n"


def peak_bytes(runs: int, folder: Path) -> int:
    folder.mkdir()
    subject = Nothing(about(runs), Numbers())
    tracemalloc.start()
    try:
        with Journal(folder, charges=False) as journal:
            play(subject, journal, Where(workers=1), lambda chunk: None)
        finish(subject, folder)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_ten_times_the_runs_take_no_more_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("teiden.sweep.examples.Examples._labels", {})
    monkeypatch.setattr("teiden.sweep.pace.MOST_RUNS", 50)
    peak_bytes(500, tmp_path / "warm")
    few, many = peak_bytes(4_000, tmp_path / "few"), peak_bytes(40_000, tmp_path / "many")
    assert many < 1.1 * few


def test_a_worker_that_plays_for_long_does_not_grow() -> None:
    work = Varied(Template.load(OUTAGE), str(OUTAGE), seed=0, runs=1000).work
    with pool(2) as engine:
        sizes = []
        for first in range(0, 240, 20):
            tasks = [engine.executor.submit(play_chunk, seal(work), first + n, 10) for n in (0, 10)]
            assert all(task.result().errors == 0 for task in tasks)
            sizes.append(max(engine.executor.submit(_resident_kib).result() for _ in range(4)))
    assert sizes[-1] < 1.1 * sizes[3]


def _resident_kib() -> int:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS"))
