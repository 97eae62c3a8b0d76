"""Which servers a page of the runbook brings down and keeps down, and word of whoever has lost his.

A word of its own, apart from the news of a life: nobody but one waits for it, and that for hours.
"""

from __future__ import annotations

import simpy


class Pages:
    def __init__(self, env: simpy.Environment) -> None:
        self._env = env
        self.attended: set[str] = set()
        self.gain, self.loss = env.event(), env.event()
        """Happen when somebody has got a page, and when somebody has lost his."""

    def got(self, server: str) -> None:
        self.attended.add(server)
        if self.gain.callbacks:  # nobody is woken where nobody waits
            gain, self.gain = self.gain, self._env.event()
            gain.succeed()

    def lost(self, server: str) -> None:
        self.attended.discard(server)
        if self.loss.callbacks:
            loss, self.loss = self.loss, self._env.event()
            loss.succeed()
