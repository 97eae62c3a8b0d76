"""Sends chunks out, a bounded number of them, and hands them back in the order of their runs."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait

from teiden.sweep.chunk import Chunk, Sealed, play_chunk
from teiden.sweep.engine import Engine
from teiden.sweep.pace import Pace

AHEAD = 2
"""Chunks under way for each worker: the one it plays and the one it takes up next."""
HELD = 16
"""Chunks for each worker between the oldest that is not back and the newest that is sent."""


def played(engine: Engine, sealed: Sealed, runs: range, pace: Pace) -> Iterator[Chunk]:
    """All runs, in order. Who is early is held back, so what is kept never has a hole.

    When a chunk fails, those before it are handed out first; then its exception is raised.
    """
    under_way: dict[Future[Chunk], int] = {}
    early: dict[int, Chunk] = {}
    next_run, sent, given = runs.start, 0, 0
    while given < sent or next_run < runs.stop:
        workers = engine.workers()
        while next_run < runs.stop and len(under_way) < AHEAD * workers and sent - given < HELD * workers:
            n = pace.runs(runs.stop - next_run, workers)
            under_way[engine.executor.submit(play_chunk, sealed, next_run, n)] = sent
            next_run, sent = next_run + n, sent + 1
        failure = _take(under_way, early, pace, engine.look_s)
        while given in early:
            yield early.pop(given)
            given += 1
        if failure is not None:
            raise failure
        engine.look()


def _take(
    under_way: dict[Future[Chunk], int], early: dict[int, Chunk], pace: Pace, look_s: float | None
) -> BaseException | None:
    """Wait for any chunk and put all that are back with the early ones; answers what went wrong."""
    failure: BaseException | None = None
    done, _ = wait(under_way, timeout=look_s, return_when=FIRST_COMPLETED)
    for future in done:
        place = under_way.pop(future)
        if future.cancelled():
            failure = failure or ConnectionError("cancelled")
        elif (error := future.exception()) is not None:
            failure = failure or error
        else:
            early[place] = future.result()
            pace.learn(early[place])
    return failure
