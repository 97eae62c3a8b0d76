"""The journal of a node: rows kept in the order of their commits, as long as its disk keeps them."""

from __future__ import annotations

from collections.abc import Iterable

import simpy

from sequencer.journal import Row
from sequencer.ports import Answer
from sim.disk import Disk
from sim.later import after

COMMIT_S = 0.005
"""A durable write on the node's own disk (reliability §0 item 6)."""


class Journal:
    """A node's memory that survives its lives, as one of them writes it; rows are kept in that order.

    As in live mode: once a write has failed nothing is kept any more until the service begins anew, and
    whoever waits for a row is answered all the same (C5). What was being written when the service died is
    not kept; that a row was, and nobody heard of it, each kill of the proof plays *after* a write (C1).
    """

    def __init__(self, env: simpy.Environment, disk: Disk) -> None:
        self._env = env
        self._disk = disk
        self.healthy = True
        self._closed = False

    def close(self) -> None:
        """The life whose journal this is has ended."""
        self._closed = True

    def rows(self) -> Answer[tuple[Row, ...]]:
        answer: Answer[tuple[Row, ...]] = Answer(self._env)
        answer.succeed(tuple(self._disk.rows))
        return answer

    def commit(self, row: Row) -> Answer[None]:
        answer: Answer[None] = Answer(self._env)
        after(self._env, COMMIT_S, lambda: self._committed(row, answer))
        return answer

    def take(self, rows: Iterable[Row]) -> None:
        """Copies of a peer's rows, for which nobody waits."""
        if self.healthy:
            self.healthy = self._disk.write(rows)
        else:
            self._disk.forget(rows)

    def _committed(self, row: Row, answer: Answer[None]) -> None:
        if self._closed:
            return
        self.take((row,))
        answer.succeed(None)
