"""Where a pretend node hears what applications, operators and the cluster's manager ask for."""

from __future__ import annotations

from collections.abc import Callable

import simpy

from sequencer.ports import Answer
from sequencer.requests import Request


class Mailbox:
    """Lives as long as a life of its node; what arrives while nobody listens waits."""

    def __init__(self, env: simpy.Environment, replied: Callable[[Request, str], None]) -> None:
        self._env = env
        self._replied = replied
        self._letters: list[Request] = []
        self._waiting: Answer[Request] | None = None

    def deliver(self, request: Request) -> None:
        self._letters.append(request)
        self._hand_over()

    def next(self) -> Answer[Request]:
        self._waiting = Answer(self._env, withdraw=self._forget)
        answer = self._waiting
        self._hand_over()
        return answer

    def reply(self, request: Request, *, refusal: str = "") -> None:
        self._replied(request, refusal)

    def _forget(self) -> None:
        self._waiting = None

    def _hand_over(self) -> None:
        if self._waiting is not None and self._letters:
            waiting, self._waiting = self._waiting, None
            waiting.succeed(self._letters.pop(0))
