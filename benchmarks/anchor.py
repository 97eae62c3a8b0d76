"""The yardstick: what one bare SimPy timeout costs on this machine, now.

Every benchmark is told in timeouts, measured in the same run, so that numbers of different machines
and days can be compared. Processor time, not wall time.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Generator
from dataclasses import dataclass
from statistics import median
from time import process_time

import simpy

ROUNDS = 7
TIMEOUTS = 100_000


@dataclass(frozen=True)
class Ratio:
    """How many times the yardstick something costs: the middle of the rounds, and the best."""

    median: float
    best: float

    def __str__(self) -> str:
        return f"{self.median:,.2f} timeouts (best {self.best:,.2f})"


def in_timeouts(work: Callable[[], object], times: int = 1, rounds: int = ROUNDS) -> Ratio:
    """Measure `work`, which does its thing `times` times, against the yardstick next to it.

    Each round measures both one after the other, so a machine that slows down slows both.
    """
    ratios = []
    work()
    for _ in range(rounds):
        yardstick_s = cpu_s(bare_timeouts) / TIMEOUTS
        ratios.append(cpu_s(work) / times / yardstick_s)
    return Ratio(median(ratios), min(ratios))


def timeout_us(rounds: int = ROUNDS) -> float:
    """Return the yardstick itself in microseconds, for curiosity."""
    return median(cpu_s(bare_timeouts) / TIMEOUTS * 1e6 for _ in range(rounds))


def bare_timeouts(pending: int = 1) -> None:
    """Processes that wait, again and again. With one it is the least SimPy can do for an event."""
    env = simpy.Environment()

    def waits() -> Generator[simpy.Event, None, None]:
        for _ in range(TIMEOUTS // pending):
            yield env.timeout(1.0)

    for _ in range(pending):
        env.process(waits())
    env.run()


def cpu_s(work: Callable[[], object]) -> float:
    gc.collect()
    gc.disable()
    try:
        start = process_time()
        work()
        return process_time() - start
    finally:
        gc.enable()
