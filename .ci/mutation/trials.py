"""Tries mutants inside one pytest that has loaded and collected everything: each in a child of its own.

A child ends at the first test that fails. A test that takes many times its plain CPU time has run in circles
and counts as failed, too; so does one that the clock on the wall catches asleep.
"""

import os
import resource
import signal
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any, NoReturn

import pytest

from mutation.operators import Mutant
from mutation.planting import Garden

SLOWER = 10.0
"""A mutant may make a test so many times slower,"""
AT_LEAST_S = 2.0
"""and no test is given less CPU than this,"""
ASLEEP_S = 120.0
"""nor more time on the wall."""
MEMORY = 4 * 2**30


class Fate(Enum):
    """How a mutant ended."""

    KILLED = "killed"
    TIMED_OUT = "timed out"
    SURVIVED = "survived"
    UNTOUCHED = "untouched"
    """No test goes over its line."""
    UNPLANTED = "unplanted"
    """The running program has no such function to be exchanged: nothing is known of it."""


UNNOTICED = (Fate.SURVIVED, Fate.UNTOUCHED, Fate.UNPLANTED)


@dataclass(frozen=True)
class Trial:
    mutant: Mutant
    tree: Any
    tests: tuple[tuple[str, float], ...]
    """In the order in which they are tried, with their plain CPU seconds."""


@dataclass(frozen=True)
class Ended:
    trial: Trial
    fate: Fate
    by: str = ""
    """The test that noticed it."""
    tried: int = 0
    cpu_s: float = 0.0


class Failures:
    """A pytest plugin: whether a test of this process has failed."""

    def __init__(self) -> None:
        self.failed = False

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.failed = self.failed or report.failed


def tried(
    trials: Sequence[Trial],
    items: dict[str, pytest.Item],
    failures: Failures,
    garden: Garden,
    root: Path,
    workers: int,
) -> Iterator[Ended]:
    """All of them, as they end."""
    waiting = list(reversed(trials))
    running: dict[int, tuple[Trial, int]] = {}
    while waiting or running:
        while waiting and len(running) < workers:
            trial = waiting.pop()
            if not trial.tests:
                yield Ended(trial, Fate.UNTOUCHED)
                continue
            reads, writes = os.pipe()
            child = os.fork()
            if not child:
                os.close(reads)
                _live(trial, items, failures, garden, root, writes)
            os.close(writes)
            running[child] = trial, reads
        if not running:
            continue
        child, status, usage = os.wait4(-1, 0)
        trial, reads = running.pop(child)
        with os.fdopen(reads, encoding="utf-8") as pipe:
            last = pipe.read().splitlines()
        yield _ended(trial, status, last, usage.ru_utime + usage.ru_stime)


def _ended(trial: Trial, status: int, lines: list[str], cpu_s: float) -> Ended:
    by = lines[-1] if lines else ""
    code = os.waitstatus_to_exitcode(status)
    fates = {0: Fate.SURVIVED, OUT_OF_TIME: Fate.TIMED_OUT, NOT_FOUND: Fate.UNPLANTED}
    fate = fates.get(code, Fate.KILLED)
    return Ended(trial, fate, "" if fate is Fate.SURVIVED else by, len(lines), round(cpu_s, 2))


OUT_OF_TIME = 3
NOT_FOUND = 4


def _live(
    trial: Trial, items: dict[str, pytest.Item], failures: Failures, garden: Garden, root: Path, pipe: int
) -> NoReturn:
    """In the child."""
    code = 1
    try:
        nowhere = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(nowhere, stream)
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        for signum in (signal.SIGPROF, signal.SIGALRM):
            signal.signal(signum, lambda *_: os._exit(OUT_OF_TIME))
        if not garden.plant(root, trial.tree, trial.mutant):
            os._exit(NOT_FOUND)
        code = int(_fails(trial, items, failures, pipe))
    finally:
        os._exit(code)


def _fails(trial: Trial, items: dict[str, pytest.Item], failures: Failures, pipe: int) -> bool:
    names = [name for name, _ in trial.tests]
    for (name, plain_s), following in zip(trial.tests, [*names[1:], None], strict=True):
        os.write(pipe, f"{name}\n".encode())
        signal.setitimer(signal.ITIMER_PROF, max(AT_LEAST_S, SLOWER * plain_s))
        signal.setitimer(signal.ITIMER_REAL, ASLEEP_S)
        item = items[name]
        after = None if following is None else items[following]
        item.ihook.pytest_runtest_protocol(item=item, nextitem=after)
        if failures.failed:
            return True
    return False
