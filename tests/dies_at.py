"""`teiden live` with a plug that is pulled at the n-th write of its journal; run by the tests in its stead.

    dies_at.py N before|after live - --arm --node NODE --book FILE --rate R --start ISO

Writes are counted over all lives of the node, in a file beside its journal. It dies once.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import sys
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from realtime.journal.keeper import Keeper
from sequencer.journal import Row
from teiden import compose
from teiden.emulator import book as books
from teiden.serve import serve

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

        Keeper.keep = kept  # type: ignore[method-assign]

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


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("at", type=int)
    asked.add_argument("when", choices=["before", "after"])
    asked.add_argument("words", nargs=2)
    asked.add_argument("--arm", action="store_true")
    for name in ("--node", "--book", "--rate", "--start"):
        asked.add_argument(name, required=True)
    given = asked.parse_args()
    book = books.read(Path(given.book))
    start = datetime.fromisoformat(given.start)
    orders = compose.orders(compose.site_of(book), given.node, armed=given.arm, book=book, start=start)
    compose.folders(orders)
    plug = Plug(Path(orders.contacts.live.journal).parent, given.at, given.when)
    asyncio.run(serve(replace(orders, before_commit=plug), led_at_rate=float(given.rate)))


if __name__ == "__main__":
    main()
