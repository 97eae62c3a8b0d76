"""Where a sweep is played, as asked for: so many processes here, or a cluster."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass

from teiden.sweep.chunk import Chunk, Sealed, seal
from teiden.sweep.cluster import Tls, cluster
from teiden.sweep.dispatch import played
from teiden.sweep.engine import Engine, in_process, pool
from teiden.sweep.pace import Pace
from teiden.sweep.work import Work

FIRST = 2
"""Runs played here, to learn how long one takes: the first also loads what playing needs."""
POOL_WORTH_S = 1.0
"""With less than this left to play, processes are not worth starting."""


@dataclass(frozen=True, slots=True)
class Where:
    workers: int | None = None
    """None: as many as this machine has cores, if there is enough to do for them."""
    scheduler: str = ""
    tls: Tls | None = None

    def plays(self, work: Work, runs: range) -> Generator[Chunk, None, None]:
        """Chunks in the order of their runs."""
        sealed = seal(work)
        pace = Pace()
        first, rest = runs[:FIRST], runs[FIRST:]
        with ExitStack() as opened:
            # A cluster that is not there is told before anything is played.
            engine = opened.enter_context(cluster(self.scheduler, self.tls)) if self.scheduler else None
            for n in range(len(first)):
                yield from self._here(sealed, first[n : n + 1], pace)
                if n == 0:
                    pace.forget()
            if rest:
                engine = engine or opened.enter_context(self._own(pace.left_s(len(rest))))
                pace.chunk_s = engine.chunk_s
                yield from played(engine, sealed, rest, pace)

    @staticmethod
    def _here(sealed: Sealed, runs: range, pace: Pace) -> Iterator[Chunk]:
        with in_process() as here:
            yield from played(here, sealed, runs, pace)

    def _own(self, left_s: float) -> AbstractContextManager[Engine]:
        workers = self.workers or (cores() if left_s > POOL_WORTH_S else 1)
        return pool(workers) if workers > 1 else in_process()


def cores() -> int:
    """Those that this process may use."""
    mine = getattr(os, "sched_getaffinity", None)  # not on every system
    return len(mine(0)) if mine is not None else os.cpu_count() or 1
