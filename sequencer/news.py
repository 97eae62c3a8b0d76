"""Announcements within one life: whoever waits for something that the life knows looks again at news.

In a hall thousands wait, and each of them makes news. So a waiter says what its news is about; and where
anything may be its news, what it waits for: then it is asked where it sleeps, and woken only if that is so.
"""

from __future__ import annotations

from collections.abc import Callable

import simpy

from sequencer.ports import Answer


class News:
    def __init__(self, env: simpy.Environment) -> None:
        self._env = env
        self._any: simpy.Event = env.event()
        self._about: dict[str, simpy.Event] = {}
        """Of one device or topic, where somebody waits for just that."""
        self._asked: dict[Answer[None], Callable[[], bool]] = {}
        """Who sleeps, and what he waits for."""

    def announce(self, *about: str) -> None:
        """There is news (`about` these only: those who wait for news of something else sleep on)."""
        if self._any.callbacks or self._asked:
            news, self._any = self._any, self._env.event()
            news.callbacks.append(self._ask)
            news.succeed()
        for topic in about or tuple(self._about):
            news_of = self._about.pop(topic, None)
            if news_of is not None:
                news_of.succeed()

    def next(self, about: str = "") -> simpy.Event:
        """The next announcement (that can concern `about`)."""
        if not about:
            return self._any
        if about not in self._about:
            self._about[about] = self._env.event()
        return self._about[about]

    def when(self, true: Callable[[], bool]) -> Answer[None]:
        """The next announcement of anything by which this is true."""
        answer: Answer[None] = Answer(self._env, withdraw=lambda: self._forget(answer))
        self._asked[answer] = true
        return answer

    def _forget(self, answer: Answer[None]) -> None:
        self._asked.pop(answer, None)

    def _ask(self, _: simpy.Event) -> None:
        for answer in [answer for answer, true in self._asked.items() if true()]:
            del self._asked[answer]
            answer.succeed()
