"""What a sweep costs beside its runs: `python benchmarks/sweep.py [--quick]`.

A thousand runs of a short blink of the mains, by one process and by two, one after the other in pairs, so
that a machine that slows down slows both. Wall time: the processes are what is measured. Printed as a
Markdown table; the checksums must be equal.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

from story import REFERENCE, row

from teiden.sweep.chunk import Chunk, play_chunk, seal
from teiden.sweep.dispatch import played
from teiden.sweep.engine import Engine, in_process, pool
from teiden.sweep.pace import Pace
from teiden.sweep.subject import Varied
from teiden.sweep.template import Template
from teiden.sweep.work import Played, Work

WORKERS = 2
RUNS, PAIRS = 1_000, 5
QUICK = 200, 3
NULL_RUNS, NULL_CHUNK = 10_000, 25

BLINK = f"""schema: teiden/story/1
story: The mains blink for {{length}}.
site: {(REFERENCE.parent / "sites" / "reference.yaml").as_posix()}
until: 1h
vary: {{length: {{uniform: [1s, 20s]}}}}
events: [{{at: 1m, mains: utility, lost_for: "{{length}}"}}]
"""


@dataclass(frozen=True)
class Nothing:
    """Runs that take no time: what is left is the sweep's own."""

    def play(self, run: int) -> Played:
        return Played({"run": run, "seed": 0, "holds": True, "broken": "", "unmet": ""})


def main() -> None:
    runs, pairs = QUICK if "--quick" in sys.argv else (RUNS, PAIRS)
    print("| what | measured | goal |\n|---|---|---|", flush=True)
    work = blink()
    # A process that begins as a command does: what this file loads would count as start.
    subprocess.run(
        [sys.executable, "-c", "import sweep; sweep.start_up()"], cwd=Path(__file__).parent, check=True
    )
    with in_process() as here, pool(WORKERS) as there:
        warm(there, work)
        efficiency(here, there, work, runs, pairs)
        dispatch(here, there)
    row("load of the machine, 1 min, when this ended", f"{os.getloadavg()[0]:.1f}", "")


def blink() -> Work:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "blink.yaml"
        path.write_text(BLINK, encoding="utf-8")
        return Varied(Template.load(path), str(path), seed=0, runs=RUNS).work


def warm(engine: Engine, work: Work) -> None:
    """Every process has loaded what playing needs."""
    tasks = [engine.executor.submit(play_chunk, seal(work), 0, 5) for _ in range(4 * WORKERS)]
    for task in tasks:
        task.result()


def efficiency(here: Engine, there: Engine, work: Work, runs: int, pairs: int) -> None:
    ratios, shares, singles, checksums = [], [], [], set()
    for pair in range(pairs):
        timed, worked = {}, {}
        for engine in (here, there) if pair % 2 == 0 else (there, here):
            before_s = cpu_s(engine)
            timed[engine], checksum = wall_s(engine, work, runs)
            worked[engine] = cpu_s(engine) - before_s
            checksums.add(checksum)
        singles.append(timed[here])
        ratios.append(timed[here] / WORKERS / timed[there])
        shares.append(worked[here] / worked[there])
    assert len(checksums) == 1, "one process and two do not agree"
    row(f"one run, in ms (median of {pairs} times {runs:,})", f"{1000 * median(singles) / runs:.1f}", ">= 1")
    told = f"{median(ratios):.2f} (smallest {min(ratios):.2f}, largest {max(ratios):.2f})"
    row(f"efficiency of {WORKERS} processes, {pairs} pairs", told, ">= 0.90")
    told = f"{median(shares):.2f} (smallest {min(shares):.2f}, largest {max(shares):.2f})"
    row("the same by processor time, which others on the machine hardly touch", told, "")
    row("checksums", f"equal, {checksums.pop()[:12]}", "equal")


def wall_s(engine: Engine, work: Work, runs: int, pace: Pace | None = None) -> tuple[float, str]:
    """And the checksum of the lines."""
    began = perf_counter()
    checksum = digest(played(engine, seal(work), range(runs), pace or Pace()))
    return perf_counter() - began, checksum


def cpu_s(engine: Engine) -> float:
    """Processor time of this process and of the workers so far."""
    found: dict[int, float] = {os.getpid(): process_time()}
    while engine.workers() > 1 and len(found) <= WORKERS:
        tasks = [engine.executor.submit(_own_cpu_s) for _ in range(4 * WORKERS)]
        found.update(task.result() for task in tasks)
    return sum(found.values())


def _own_cpu_s() -> tuple[int, float]:
    return os.getpid(), process_time()


def digest(chunks: Iterable[Chunk]) -> str:
    found = sha256()
    for chunk in chunks:
        found.update(chunk.lines)
    return found.hexdigest()


class Fixed(Pace):
    """Chunks of one size."""

    def runs(self, left: int, workers: int) -> int:
        return min(left, NULL_CHUNK)


def dispatch(here: Engine, there: Engine) -> None:
    """Runs that do nothing, in small chunks: what a run costs beyond being played."""
    for name, engine in (("one process", here), (f"{WORKERS} processes", there)):
        times = [wall_s(engine, Nothing(), NULL_RUNS, Fixed())[0] / NULL_RUNS * 1e6 for _ in range(PAIRS)]
        told = f"{median(times):.1f} (best {min(times):.1f})"
        row(f"a run that does nothing, {name}, chunks of {NULL_CHUNK}, in us", told, "<= 20")


def start_up() -> None:
    """From nothing to the first answer of a pool, and to the first run that is played."""
    first, playing = [], []
    for _ in range(PAIRS):
        began = perf_counter()
        with pool(WORKERS) as engine:
            engine.executor.submit(os.getpid).result()
            first.append(perf_counter() - began)
            engine.executor.submit(play_chunk, seal(blink()), 0, 1).result()
            playing.append(perf_counter() - began)
    row("start of the pool, first answer, in s", f"{median(first):.2f} (best {min(first):.2f})", "<= 0.3")
    row("start of the pool, first run played, in s", f"{median(playing):.2f} (best {min(playing):.2f})", "")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
