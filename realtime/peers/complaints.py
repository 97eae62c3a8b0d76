"""What is wrong with somebody else goes into the log once, not at every poll: again when it changes."""

from __future__ import annotations

import logging
import time
from collections import OrderedDict

AGAIN_S = 3600.0
"""The same is said again after an hour, for those who read only today's log."""
MOST = 100
"""Subjects that are remembered."""


class Complaints:
    def __init__(self, log: logging.Logger) -> None:
        self._log = log
        self._said: OrderedDict[str, tuple[str, float]] = OrderedDict()

    def say(self, about: str, words: str) -> None:
        """Empty words: nothing is wrong any more."""
        now_s = time.monotonic()
        known, said_s = self._said.get(about, ("", 0.0))
        if words == known and (not words or now_s - said_s < AGAIN_S):
            return
        if words:
            self._log.warning("%s: %s", about, words)
        self._said[about] = words, now_s
        self._said.move_to_end(about)
        while len(self._said) > MOST:
            self._said.popitem(last=False)
