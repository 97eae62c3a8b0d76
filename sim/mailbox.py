"""Where one life of a pretend node hears what applications, operators and the cluster's manager ask for.

What comes while nobody listens waits; what comes while the node is down is never heard.
"""

from __future__ import annotations

from collections.abc import Callable

import simpy

from sequencer.letters import Letters
from sequencer.ports import Answer
from sequencer.requests import Request


class Mailbox:
    """`replied` is called with every request that was answered, and the refusal if it was one."""

    def __init__(self, env: simpy.Environment, replied: Callable[[Request, str], None]) -> None:
        self._replied = replied
        self._letters = Letters(env)
        self._open = True

    def deliver(self, request: Request) -> None:
        if self._open:
            self._letters.put(request)

    def next(self) -> Answer[Request]:
        return self._letters.next()

    def reply(self, request: Request, *, refusal: str = "") -> None:
        assert self._open, "a life that has ended answers nobody"
        self._replied(request, refusal)

    def close(self) -> None:
        """The life is over, and what it has not read yet is lost."""
        self._open = False
        self._letters.close()
