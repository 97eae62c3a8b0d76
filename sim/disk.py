"""The disk under a node's journal: its rows survive the lives of the node; a fault takes some (C5, C6).

As in live mode a row that cannot be written is known to the life that wrote it, and to nobody after it.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import inf

from sequencer.journal import Row


class Disk:
    def __init__(self) -> None:
        self.rows: list[Row] = []
        """What the present life knows, in the order in which it came; a new one begins with what was kept."""
        self.good_writes = inf
        """Fault C5 below infinity: so many more writes succeed, and none after them."""
        self.unreadable = False
        """Fault C5, EIO: what stands there cannot be read at a boot."""
        self._forgotten: list[Row] = []
        """Known to the present life alone."""
        self._torn = 0

    def tear(self, rows: int) -> None:
        """Fault C6: at the next boot so many of the last rows are not there."""
        self._torn = rows

    def write(self, rows: Iterable[Row]) -> bool:
        """In one commit; whether it was kept. One that fails keeps nothing of it."""
        if self.good_writes < 1:
            self.forget(rows)
            return False
        self.good_writes -= 1
        self.rows.extend(rows)
        return True

    def forget(self, rows: Iterable[Row]) -> None:
        """Known until this life ends."""
        rows = tuple(rows)
        self.rows.extend(rows)
        self._forgotten.extend(rows)

    def boot(self) -> None:
        """A new life reads what was kept. What cannot be read stands aside, and a new journal begins."""
        for row in self._forgotten:
            self.rows.remove(row)
        self._forgotten.clear()
        if self.unreadable:
            self.rows.clear()
        torn, self._torn = self._torn, 0
        del self.rows[len(self.rows) - min(torn, len(self.rows)) :]
