"""How many guesses anybody has: few for one name from one place, a few more from one place, then none.

Nobody is locked out because somebody else guesses his name from elsewhere: on a bad night the operator must
get in.
"""

from __future__ import annotations

import time
from collections import OrderedDict, deque
from collections.abc import Callable

WINDOW_S = 900.0
OF_A_NAME = 5
"""Failures for one name from one source in the window."""
OF_A_SOURCE = 10
"""Failures from one source, whatever the names (SEC-13: of 1,000 guesses no more than ten are looked at)."""
REMEMBERED = 10_000


class Throttle:
    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._failures: OrderedDict[tuple[str, str], deque[float]] = OrderedDict()

    def wait_s(self, name: str, source: str) -> float:
        """How long this one has to wait before his next guess is looked at; 0: it is looked at now."""
        return max(self._wait_s((source, name), OF_A_NAME), self._wait_s((source, ""), OF_A_SOURCE))

    def failed(self, name: str, source: str) -> None:
        for key in ((source, name), (source, "")):
            self._failures.setdefault(key, deque(maxlen=OF_A_SOURCE)).append(self._clock())
            self._failures.move_to_end(key)
        while len(self._failures) > REMEMBERED:
            self._failures.popitem(last=False)

    def succeeded(self, name: str, source: str) -> None:
        """What he mistyped is forgotten; what his machine guessed of others is not."""
        self._failures.pop((source, name), None)
        if guessed := self._failures.get((source, "")):
            guessed.pop()  # the one that was counted until this attempt had shown otherwise

    def _wait_s(self, key: tuple[str, str], most: int) -> float:
        recent = [at_s for at_s in self._failures.get(key, ()) if self._clock() - at_s < WINDOW_S]
        return recent[-most] + WINDOW_S - self._clock() if len(recent) >= most else 0.0
