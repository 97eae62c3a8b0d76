"""Where one life of a pretend node hears what applications, operators and the cluster's manager ask for.

What comes while nobody listens waits; what comes while the node is down is never heard.
"""

from __future__ import annotations

from collections.abc import Callable

import simpy

from sequencer.ports import Answer
from sequencer.requests import Request


class Mailbox:
    """`replied` is called with every request that was answered, and the refusal if it was one."""

    def __init__(self, env: simpy.Environment, replied: Callable[[Request, str], None]) -> None:
        self._env = env
        self._replied = replied
        self._letters: list[Request] = []
        self._waiting: Answer[Request] | None = None
        self._open = True

    def deliver(self, request: Request) -> None:
        if self._open:
            self._letters.append(request)
            self._hand_over()

    def next(self) -> Answer[Request]:
        answer: Answer[Request] = Answer(self._env, withdraw=lambda: self._forget(answer))
        self._waiting = answer
        self._hand_over()
        return answer

    def reply(self, request: Request, *, refusal: str = "") -> None:
        assert self._open, "a life that has ended answers nobody"
        self._replied(request, refusal)

    def close(self) -> None:
        """The life is over, and what it has not read yet is lost."""
        self._open = False
        self._letters.clear()
        self._waiting = None

    def _forget(self, answer: Answer[Request]) -> None:
        if self._waiting is answer:
            self._waiting = None

    def _hand_over(self) -> None:
        if self._waiting is not None and self._letters:
            waiting, self._waiting = self._waiting, None
            waiting.succeed(self._letters.pop(0))
