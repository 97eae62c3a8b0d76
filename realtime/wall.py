"""The wall clock of this machine, as the sequencer asks for it. It may be wrong, and it may step.

Nobody tells a process that the clock was set, so while somebody waits for an instant it is looked at
every second.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from realtime.clock import WallClock
from sequencer.ports import Answer

CHECK_S = 1.0
"""Seconds of wall time after which a step of the clock is noticed at the latest."""

AT_LEAST_S = 0.001
"""Who is nearly there does not ask more often than this."""


def system_clock() -> datetime:
    return datetime.now(UTC)


class WallPort:
    """`start`: what the clock showed when env.now was 0, for an accelerated rehearsal; None: the system's.

    `clock`: where to read it, if it is another one.
    """

    def __init__(
        self,
        env: WallClock,
        *,
        start: datetime | None = None,
        clock: Callable[[], datetime] = system_clock,
    ) -> None:
        self._env = env
        self._clock = clock if start is None else from_start(env, start)
        self._waiting: list[tuple[datetime, Answer[None]]] = []
        self._plan = 0

    def now(self) -> datetime:
        return self._clock()

    def until(self, instant: datetime) -> Answer[None]:
        answer: Answer[None] = Answer(self._env, withdraw=lambda: self._forget(answer))
        self._waiting.append((instant, answer))
        self._settle()
        return answer

    def close(self) -> None:
        """The life is over: nobody is answered any more."""
        self._waiting.clear()
        self._plan += 1

    def _forget(self, answer: Answer[None]) -> None:
        self._waiting = [w for w in self._waiting if w[1] is not answer]

    def _settle(self) -> None:
        """Answer those whose instant has come; look again when the next one may have."""
        self._plan += 1
        plan, now = self._plan, self.now()
        due = [w for w in self._waiting if w[0] <= now]
        self._waiting = [w for w in self._waiting if w[0] > now]
        for _, answer in due:
            answer.succeed(None)
        if self._waiting:
            left_s = (min(instant for instant, _ in self._waiting) - now).total_seconds()
            wait_s = max(AT_LEAST_S, min(left_s, CHECK_S * self._env.rate))
            self._env.after(wait_s, lambda: self._settle() if plan == self._plan else None)


def from_start(env: WallClock, start: datetime) -> Callable[[], datetime]:
    begun = start.astimezone(UTC)
    return lambda: begun + timedelta(seconds=float(env.now))
