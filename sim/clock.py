"""A pretend wall clock: it may be wrong, and it may step (R12-02, R12-03).

Shared by every life of its machine. Waiting for an instant costs one event, planned anew at a step.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import simpy

from sequencer.ports import Answer
from sim.later import after


class WallClock:
    """`start`: the true time when the run begins, aware."""

    def __init__(self, env: simpy.Environment, start: datetime, *, skew_s: float = 0.0) -> None:
        self._env = env
        self._start = start.astimezone(UTC)
        self._start_s = self._start.timestamp()
        self.skew_s = skew_s
        """How far ahead of the true time it is."""
        self.forgets = False
        """Fault T4: it will have lost the time at the next boot of its machine."""
        self._before: list[tuple[float, float]] = []
        """(until when, the skew until then), oldest first."""
        self._waiting: list[tuple[datetime, Answer[None]]] = []
        self._plan = 0

    def now(self) -> datetime:
        return self._start + timedelta(seconds=float(self._env.now) + self.skew_s)

    def shown_s(self, at_s: float) -> float:
        """What it showed at that time of the run, seconds since 1970 UTC."""
        if not self._before:
            return self._start_s + at_s + self.skew_s
        skew_s = next((skew_s for until_s, skew_s in self._before if at_s < until_s), self.skew_s)
        return self._start_s + at_s + skew_s

    def step(self, by_s: float) -> None:
        """Set it forward or back."""
        self._before.append((float(self._env.now), self.skew_s))
        self.skew_s += by_s
        self._settle()

    def until(self, instant: datetime) -> Answer[None]:
        answer: Answer[None] = Answer(self._env, withdraw=lambda: self._forget(answer))
        self._waiting.append((instant, answer))
        self._settle()
        return answer

    def _forget(self, answer: Answer[None]) -> None:
        self._waiting = [w for w in self._waiting if w[1] is not answer]

    def _settle(self) -> None:
        """Answer those whose instant has come; plan for the next."""
        self._plan += 1
        now = self.now()
        due = [w for w in self._waiting if w[0] <= now]
        self._waiting = [w for w in self._waiting if w[0] > now]
        for _, answer in due:
            answer.succeed(None)
        if self._waiting:
            next_s = (min(instant for instant, _ in self._waiting) - now).total_seconds()
            plan = self._plan
            after(self._env, next_s, lambda: self._settle() if plan == self._plan else None)


class WallPort:
    """The clock of its own machine, for one life of a node: what that life waits for ends with it."""

    def __init__(self, clock: WallClock) -> None:
        self._clock = clock
        self._waiting: list[Answer[None]] = []

    def now(self) -> datetime:
        return self._clock.now()

    def until(self, instant: datetime) -> Answer[None]:
        self._waiting = [answer for answer in self._waiting if not answer.triggered]
        self._waiting.append(self._clock.until(instant))
        return self._waiting[-1]

    def close(self) -> None:
        for answer in self._waiting:
            answer.withdraw()
        self._waiting.clear()
