"""Which servers and arrays a page of the runbook brings down, and word of whoever has lost his; which steps
have begun.

A word of its own, apart from the news of a life: nobody but one waits for it, and that for hours.
"""

from __future__ import annotations

import simpy


class Pages:
    def __init__(self, env: simpy.Environment) -> None:
        self._env = env
        self.attended: set[str] = set()
        self.gain, self.loss = env.event(), env.event()
        """Happen when somebody has got a page, and when somebody has lost his, or may need one."""
        self._begun: set[tuple[str, str]] = set()
        """Devices, and what a step has begun to wait for; its page may have been closed since."""
        self.goes_since_s: dict[str, float] = {}
        """Systems that took their shutdown, or were seen at it, and when; whichever page that was of."""
        self.stopped: set[str] = set()
        """Linked servers that took it from us for the open incident; its end is to bring them back."""

    def got(self, device: str) -> None:
        self.attended.add(device)
        if self.gain.callbacks:  # nobody is woken where nobody waits
            gain, self.gain = self.gain, self._env.event()
            gain.succeed()

    def lost(self, device: str) -> None:
        self.attended.discard(device)
        self.needed()

    def needed(self) -> None:
        """Somebody may have none and need one: a card tells of an OFF that no page has sent."""
        if self.loss.callbacks:
            loss, self.loss = self.loss, self._env.event()
            loss.succeed()

    def begin(self, device: str, goal: str) -> None:
        """A step waits for this."""
        self._begun.add((device, goal))

    def ends(self, device: str, goal: str) -> bool:
        """Whether one has; it does no longer, whichever page it was begun by."""
        begun = (device, goal) in self._begun
        self._begun.discard((device, goal))
        return begun
