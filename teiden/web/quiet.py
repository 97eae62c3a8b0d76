"""Keeps strangers from filling the log: what they can cause is told a few times a minute, and then counted.

The console's standard error is the service's. A journal that drops lines because there are too many would
drop those of the sequence.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

MOST = 20
MINUTE_S = 60.0


class Quiet(logging.Filter):
    """So many records a minute; the first of the next minute says how many were left out."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock = clock
        self._since_s = clock()
        self._told = 0
        self._left_out = 0

    def filter(self, record: logging.LogRecord) -> bool:
        if self._clock() - self._since_s >= MINUTE_S:
            if self._left_out:
                record.msg = f"{record.getMessage()} ({self._left_out} more were not told)"
                record.args = ()
            self._since_s, self._told, self._left_out = self._clock(), 0, 0
        self._told += 1
        if self._told > MOST:
            self._left_out += 1
            return False
        return True
