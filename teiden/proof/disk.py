"""The disk of a node's journal, which fails at the n-th write: it is full, gives errors, or forgets.

What it does not keep the present life still knows, as the live journal does, and the next one does not.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from sequencer.journal import Row
from sequencer.ports import Answer, JournalPort
from sim.node import Node


class Failure(Enum):
    ENOSPC = "ENOSPC"
    """No space: nothing is kept until the service begins again, which finds some."""
    EIO = "EIO"
    """An error of the disk: nothing is kept from there on, in whatever life."""
    TORN = "torn"
    """Torn after it was acknowledged: the service dies before it does anything else, and the row has gone."""


@dataclass(frozen=True, slots=True)
class Spoiled:
    """The journal of a node fails at its n-th point, which is a write."""

    node: str
    n: int
    failure: Failure

    def __str__(self) -> str:
        return f"{self.node}:{self.n}:{self.failure.value}"

    @classmethod
    def parsed(cls, text: str) -> Spoiled:
        """As `str` writes it; ValueError else."""
        node, n, failure = text.split(":")
        return cls(node, int(n), Failure(failure))


class Disk:
    """Of one node, through all its lives."""

    def __init__(self, node: Node, spoiled: Spoiled | None = None) -> None:
        self._node = node
        self._spoiled = spoiled
        self._journal: JournalPort | None = None
        self._kept: int | None = None
        """How many of the node's rows are kept; None: all."""
        self._torn: list[Row] = []
        self.healthy = True
        self.failed = False
        """It has come to the write at which it fails."""

    def begin(self, journal: JournalPort) -> None:
        """A new life finds what was kept."""
        self._journal = journal
        lost = [*self._torn, *(self._node.rows[self._kept :] if self._kept is not None else ())]
        if lost:
            self._node.lose(lost)
        self._torn.clear()
        if self._kept is not None and self._spoiled is not None and self._spoiled.failure is Failure.ENOSPC:
            self._kept, self.healthy = None, True

    def commit(self, n: int, row: Row) -> Answer[None]:
        assert self._journal is not None
        if self._spoiled is not None and n == self._spoiled.n:
            self.failed = True
            if self._spoiled.failure is Failure.TORN:
                self._torn.append(row)
            else:
                self._kept, self.healthy = len(self._node.rows), False
        return self._journal.commit(row)
