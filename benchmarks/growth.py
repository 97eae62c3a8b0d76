"""How the cost grows from a machine room to a hall of 10,000 devices: `python benchmarks/growth.py`.

The halls are those of `scenarios/sites/hall.py` in its proportions, with two control nodes each, so that
nothing grows but the number of devices. The whole hall loses its mains for two hours and comes back.
Events are exact; costs are ratios to a bare timeout, and to the smallest hall, measured in this run.
"""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import cache, partial
from statistics import median
from time import perf_counter
from types import ModuleType

from anchor import cpu_s
from story import REFERENCE, devices, environment_events, judged, yardstick_s

from sim.story import MainsChange
from teiden.files.site_file import SiteFile, load_site, site_from_text
from teiden.files.story_file import load_stories
from teiden.play import play
from teiden.rules import report
from teiden.story import Story

ROOT = REFERENCE.parents[1]
SITES = REFERENCE.parent / "sites"
SIZES = (20, 60, 200, 680, 2200, 10_000)
"""Devices; 20 have six UPSes."""
QUICK = SIZES[:4]
SERVERS_PER_ARRAY, UPSES_PER_ARRAY = 12.5, 3
"""As in a hall of 500 servers, 40 arrays and 120 UPSes."""


@cache
def generator() -> ModuleType:
    """`scenarios/sites/hall.py`, which belongs to no package."""
    spec = importlib.util.spec_from_file_location("hall", SITES / "hall.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["hall"] = module  # where its dataclasses look themselves up
    spec.loader.exec_module(module)
    return module


def site_of(devices: int) -> SiteFile:
    """A hall of about so many devices."""
    arrays = max(2, round(devices / (1 + SERVERS_PER_ARRAY + UPSES_PER_ARRAY)))
    control_arrays = 1 if arrays < 10 else 2
    upses = max(2 + control_arrays + 2 * (arrays - control_arrays) + 1, UPSES_PER_ARRAY * arrays)
    hall = generator().Hall(
        servers=max(devices - arrays - upses - 4, upses),
        arrays=arrays,
        upses=upses,
        nodes=2,
        control_arrays=control_arrays,
        pool=0,
    )
    return site_from_text(generator().text(hall), f"hall of {devices}")


def outage(file: SiteFile) -> Story:
    """The reference outage, of every feed of this hall."""
    story = load_stories(REFERENCE)[0]
    changes = [h for h in story.happenings if isinstance(h, MainsChange)]
    happenings = [replace(change, of=feed) for change in changes for feed in file.site.feeds]
    # Its servers' UPSes are switched on one after the other, a gap apart.
    until_s = story.until_s + len(file.site.server_upses) * file.site.start.gap_s
    return replace(
        story,
        site=file.site,
        model=file.model,
        happenings=tuple(happenings),
        expectations=(),
        until_s=until_s,
    )


def main() -> None:
    grow()
    check()


def grow() -> None:
    sizes, rounds = (QUICK, 3) if "--quick" in sys.argv else (SIZES, 5)
    print("| devices | UPSes | events | per device | bare timeouts per event | growth | holds |")
    print("|---:|---:|---:|---:|---:|---:|---|")
    first: float | None = None
    for size in sizes:
        story = outage(site_of(size))
        room = play(story)
        events, n = environment_events(room), devices(story.site)
        holds = "yes" if judged(story, room) else "no"
        del room  # a million objects, which would slow down the next round
        times = 1 if n > 5000 else rounds
        costs = [cpu_s(partial(play, story)) / yardstick_s() / events for _ in range(times)]
        cost = median(costs)
        first = first or cost
        print(
            f"| {n:,} | {len(story.site.upses)} | {events:,} | {events / n:.1f} "
            f"| {cost:.1f} | {cost / first:.1f} | {holds} |",
            flush=True,
        )


def check() -> None:
    """What a person waits for; of these nothing is a ratio, so they are for curiosity only."""
    print("\n| the hall of 500 servers, 40 arrays, 120 UPSes | wall ms, median |\n|---|---:|")
    hall = SITES / "hall.yaml"
    file = load_site(hall)
    command = [sys.executable, "-m", "teiden", "check", str(hall)]
    for what, work in (
        ("`teiden check`, the whole command", lambda: subprocess.run(command, cwd=ROOT, capture_output=True)),
        ("... of which loading the site file", lambda: load_site(hall)),
        ("... of which its rules", lambda: report.check(file)),
    ):
        print(f"| {what} | {1000 * median(wall_s(work) for _ in range(7)):.0f} |")


def wall_s(work: Callable[[], object]) -> float:
    start = perf_counter()
    work()
    return perf_counter() - start


if __name__ == "__main__":
    main()
