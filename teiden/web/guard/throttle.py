"""How many guesses anybody has: few for one name from one place, a few more from one place, then none.

Nobody is locked out because somebody else guesses his name from elsewhere: on a bad night the operator must
get in.
"""

from __future__ import annotations

import time
from collections import OrderedDict, deque
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address

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
        source = _network(source)
        return max(self._wait_s((source, name), OF_A_NAME), self._wait_s((source, ""), OF_A_SOURCE))

    def failed(self, name: str, source: str) -> None:
        source = _network(source)
        for key in ((source, name), (source, "")):
            self._failures.setdefault(key, deque(maxlen=2 * OF_A_SOURCE)).append(self._clock())
            self._failures.move_to_end(key)
        while len(self._failures) > REMEMBERED:
            self._failures.popitem(last=False)

    def succeeded(self, name: str, source: str) -> None:
        """What he mistyped is forgotten; what his machine guessed of others is not.

        This attempt was counted as a failure until it was known to be none: that is taken back.
        """
        source = _network(source)
        self._failures.pop((source, name), None)
        if of_source := self._failures.get((source, "")):
            of_source.pop()

    def _wait_s(self, key: tuple[str, str], most: int) -> float:
        recent = [at_s for at_s in self._failures.get(key, ()) if self._clock() - at_s < WINDOW_S]
        return recent[-most] + WINDOW_S - self._clock() if len(recent) >= most else 0.0


def _network(source: str) -> str:
    """One machine has all addresses of an IPv6 network, and each would have its own guesses."""
    try:
        address = ip_address(source)
    except ValueError:
        return source
    if not isinstance(address, IPv6Address):
        return source
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return f"{IPv6Address(int(address) >> 64 << 64)}/64"
