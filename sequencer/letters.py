"""Requests that nobody has read yet, and whoever waits for the next one. The same in both rooms."""

from __future__ import annotations

from collections import deque

import simpy

from sequencer.ports import Answer
from sequencer.requests import Request


class Letters:
    """Each is read once, in their order; only who asked last waits."""

    def __init__(self, env: simpy.Environment) -> None:
        self._env = env
        self._unread: deque[Request] = deque()
        self._waiting: Answer[Request] | None = None

    def put(self, request: Request) -> None:
        self._unread.append(request)
        self._hand_over()

    def next(self) -> Answer[Request]:
        answer: Answer[Request] = Answer(self._env, withdraw=lambda: self._forget(answer))
        self._waiting = answer
        self._hand_over()
        return answer

    def close(self) -> tuple[Request, ...]:
        """Nobody reads any more; what was left unread."""
        left = tuple(self._unread)
        self._unread.clear()
        self._waiting = None
        return left

    def _forget(self, answer: Answer[Request]) -> None:
        if self._waiting is answer:
            self._waiting = None

    def _hand_over(self) -> None:
        if self._waiting is not None and self._unread:
            waiting, self._waiting = self._waiting, None
            waiting.succeed(self._unread.popleft())
