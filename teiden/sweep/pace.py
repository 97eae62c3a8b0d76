"""How many runs make a chunk: enough to be worth sending, few enough to see it move and to stop soon."""

from __future__ import annotations

from teiden.sweep.chunk import Chunk

CHUNK_S = 0.1
"""Sending a chunk to a process costs some 50 us, so this is well paid."""
FAR_CHUNK_S = 0.2
"""To a cluster it costs some milliseconds."""
MOST_RUNS = 5_000
SHARES = 2
"""At the end what is left is divided by this and the workers, so that all of them end together."""
NEW = 0.3
"""How much of the next estimate the newest chunk makes up."""


class Pace:
    """Learns from every chunk how long a run takes. It moves the borders of chunks, never a result."""

    def __init__(self, chunk_s: float = CHUNK_S) -> None:
        assert chunk_s > 0
        self.chunk_s = chunk_s
        self._run_s: float | None = None

    def learn(self, chunk: Chunk) -> None:
        run_s = chunk.took_s / chunk.runs
        self._run_s = run_s if self._run_s is None else NEW * run_s + (1 - NEW) * self._run_s

    def forget(self) -> None:
        """What was learnt is no measure: the first run of a process loads what playing needs."""
        self._run_s = None

    def left_s(self, runs: int) -> float:
        """What so many runs would take one process; 0 before anything is known."""
        return runs * (self._run_s or 0.0)

    def runs(self, left: int, workers: int) -> int:
        """How many of those that are left the next chunk takes; 1 until the first chunk is back."""
        if not self._run_s:
            return 1
        wanted = min(round(self.chunk_s / self._run_s), MOST_RUNS, left // (SHARES * workers))
        return max(1, min(wanted, left))
