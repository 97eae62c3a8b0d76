"""Takes a sample of every UPS now and then, on the service's loop, and hands it to a thread that writes.

Each control node polls all cards, whoever commands, so each keeps them all. They are for people; nothing is
decided by them, and nothing waits for them: a disk that hangs costs samples, told once, and no second.
"""

from __future__ import annotations

import asyncio
import logging
import queue
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime

from realtime.samples.sample import Sample, sample_of
from realtime.samples.schema import EVERY_S
from realtime.samples.store import Store
from realtime.status import UpsView

log = logging.getLogger(__name__)

MOST_WAITING = 30
"""Five minutes: a disk that hangs for longer loses what comes after."""
CLOSING_S = 2.0


class Sampler:
    """`look` tells every UPS as it was last seen, `now` what the clock shows, with its offset.

    `told` hears the first trouble, in words, on either thread.
    """

    def __init__(
        self,
        folder: str,
        look: Callable[[], Sequence[UpsView]],
        now: Callable[[], datetime],
        *,
        every_s: float = EVERY_S,
        told: Callable[[str], None] = log.warning,
        most_waiting: int = MOST_WAITING,
    ) -> None:
        self._look = look
        self._now = now
        self._every_s = every_s
        self._told = told
        self._store = Store(folder, told)
        self._full = False
        self._waiting: queue.Queue[Sample | None] = queue.Queue(most_waiting)
        self._thread = threading.Thread(target=self._work, name="samples", daemon=True)
        self._thread.start()

    async def keep(self) -> None:
        """For ever: cancel it."""
        while True:
            await asyncio.sleep(self._every_s)
            try:
                self.take()
            except Exception:  # they are for people: no fault of ours in here may end the service
                log.exception("no sample was taken")

    def take(self) -> None:
        """Returns at once."""
        sample = sample_of(int(self._now().timestamp()), self._look())
        if not sample.upses:
            return
        try:
            self._waiting.put_nowait(sample)
            self._full = False
        except queue.Full:
            if not self._full:
                self._told("readings are not kept: the disk does not take them")
            self._full = True

    def close(self, limit_s: float = CLOSING_S) -> None:
        """What was taken until now is still written, unless it hangs."""
        with suppress(queue.Full):
            self._waiting.put_nowait(None)
            self._thread.join(limit_s)

    def _work(self) -> None:
        while (sample := self._waiting.get()) is not None:
            try:
                self._store.write(sample)
            except Exception:  # as above
                log.exception("a sample was not written")
        self._store.close()
