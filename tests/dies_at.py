"""`teiden live` with a plug that is pulled at the n-th write of its journal; run by the tests in its stead.

    dies_at.py N before|after live ...

Writes are counted over all lives of the node, in a file beside its journal. It dies once; N = 0: never.
"""

from __future__ import annotations

import os
import signal
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from realtime.journal.keeper import Keeper
from realtime.service import Orders
from sequencer.journal import Row
from teiden import serve
from teiden.cli import main

COUNT = "writes"


class Plug:
    """Counts writes; pulled `before` the n-th is on the disk, or right `after`, when nobody knows it yet."""

    def __init__(self, folder: Path, at: int, when: str) -> None:
        self._count = folder / COUNT
        self._at = at
        self._when = when
        self._due = False
        keep = Keeper.keep

        def kept(keeper: Keeper, rows: Any) -> None:
            keep(keeper, rows)
            if self._due:
                self._pull()

        Keeper.keep = kept  # type: ignore[assignment, method-assign]

    def __call__(self, row: Row) -> None:
        with self._count.open("a", encoding="utf-8") as count:
            count.write(f"{row.kind.value} {row.subject}\n")
        if len(self._count.read_text(encoding="utf-8").splitlines()) == self._at:
            self._due = True
            if self._when == "before":
                self._pull()

    @staticmethod
    def _pull() -> None:
        os.kill(os.getpid(), signal.SIGKILL)


def plugged_in(at: int, when: str) -> None:
    """Every service of this process is given a plug."""
    as_it_is = serve.serve

    async def with_plug(orders: Orders, **more: Any) -> None:
        plug = Plug(Path(orders.contacts.live.journal).parent, at, when)
        await as_it_is(replace(orders, before_commit=plug), **more)

    serve.serve = with_plug


if __name__ == "__main__":
    plugged_in(int(sys.argv[1]), sys.argv[2])
    sys.argv[1:3] = []
    main()
