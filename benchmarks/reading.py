"""What reading a long event file costs: `python benchmarks/reading.py [--quick]`.

A million events as two rooms tell them: a hall of 700 devices in 80 outages, the reference site in 3,200.
Each is a real run, told again and again, with what differs from one outage to the next made different:
times, charges, when an armed output falls. Told as ratios to a bare `json.loads` of every line of the same
file, which is the least that reading it as JSON can cost. Each in a process of its own, for its memory.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from statistics import median
from time import process_time

from sequencer.events import Event
from teiden import events_file
from teiden.files.story_file import load_stories
from teiden.rehearsal import rehearse

ROOT = Path(__file__).resolve().parents[1]
STORIES = {"hall of 700 devices": "hall-outage", "reference site": "site-outage"}
EVENTS = 1_000_000
WORKS = ("bare json.loads", "events_file.read", "tables.events", "tables.states")
DRAWN = "hall of 700 devices"
"""Nobody draws 3,200 outages on one sheet."""


def main() -> None:
    quick = "--quick" in sys.argv
    print(f"| {EVENTS // (10 if quick else 1):,} events | work | json.loads | CPU s | peak MB |")
    print("|---|---|---:|---:|---:|")
    with tempfile.TemporaryDirectory() as folder:
        for room, story in STORIES.items():
            path = Path(folder) / f"{story}.jsonl"
            write(story, path, EVENTS // (10 if quick else 1))
            measure(room, path, rounds=1 if quick else 3)


def write(name: str, path: Path, n: int) -> None:
    """One run after the other, each beginning where the last one ended."""
    story = load_stories(ROOT / "scenarios" / f"{name}.yaml")[0]
    run = rehearse(story).told
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(events_file.dumps_line(run[0], story.start) + "\n")
        written, number = 1, 0
        while written < n:
            again = "".join(
                events_file.dumps_line(e, story.start) + "\n" for e in later(run, number, story.until_s)
            )
            file.write(again)
            written, number = written + again.count("\n"), number + 1


def later(run: tuple[Event, ...], number: int, until_s: float) -> Iterator[Event]:
    """The same a few hours later, with batteries that have grown a little older."""
    after_s, left = number * until_s, 1.0 - number / 10_000
    for event in run:
        if not event.name.startswith("run."):
            details = dict(event.details)
            for key in ("charge_pct", "runtime_s"):
                if details.get(key) is not None:
                    details[key] *= left
            if "falls_at" in details:
                details["falls_at"] += after_s
            yield replace(event, t=event.t + after_s, details=details)


def measure(room: str, path: Path, rounds: int) -> None:
    works = (*WORKS, "teiden plot") if room == DRAWN else WORKS
    taken: dict[str, list[tuple[float, float]]] = {work: [] for work in works}
    for _ in range(rounds):
        for work in works:
            command = [sys.executable, __file__, work, str(path)]
            took = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True)
            cpu_s, peak_mb = took.stdout.split()[-2:]
            taken[work].append((float(cpu_s), float(peak_mb)))
    for work in works:
        cpu_s, peak_mb = (median(column) for column in zip(*taken[work], strict=True))
        ratio = median(a / b for (a, _), (b, _) in zip(taken[work], taken[WORKS[0]], strict=True))
        print(f"| {room} | {work} | {ratio:.1f} | {cpu_s:.1f} | {peak_mb:.0f} |", flush=True)


def do(work: str, path: str) -> None:
    """One of `WORKS` in this process; imports are not counted, they do not grow with the file."""
    import pandas as pd

    from teiden import tables
    from teiden.commands.outputs import draw

    import_module("matplotlib")
    pd.Series(["loaded"], dtype="str")
    begun = process_time()
    match work:
        case "bare json.loads":
            with open(path, "rb") as file:
                for line in file:
                    json.loads(line)
        case "events_file.read":
            events_file.read(path)
        case "tables.events":
            tables.events(path)
        case "tables.states":
            tables.states(path)
        case "teiden plot":
            draw(events_file.read(path).events, f"{path}.png")
    print(process_time() - begun, peak_mb())


def peak_mb() -> float:
    """0 where the system does not tell."""
    try:
        import resource
    except ImportError:
        return 0.0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    if len(sys.argv) > 2:
        do(*sys.argv[1:3])
    else:
        main()
