"""Drives one generator of steps over SimPy events, and can be closed with all that it started.

SimPy's own Process cannot: an interrupt leaves AllOf's children running, a process cannot interrupt
itself, and any `except` swallows it. A task that is closed is detached from the event it waits for;
its generator is closed, its children with it. Nothing of it runs ever again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import simpy

from sequencer.ports import Answer, Steps


class Family:
    """All tasks of one life: which of them runs now, so that those it starts become its children."""

    def __init__(self) -> None:
        self.running: Task | None = None
        self.stopped: list[Callable[[simpy.Event], None]] | None = None
        """What is to go on when the life does, while that is stopped where it is (C7); None: it runs."""


class Task(simpy.Event):
    """Runs `steps` at once up to its first wait. As an event it carries what the steps return."""

    def __init__(self, env: simpy.Environment, steps: Steps[Any], family: Family) -> None:
        super().__init__(env)
        self._steps = steps
        self._family = family
        self._waits_for: simpy.Event | None = None
        self._closed = False
        self._running = False
        self.children: list[Task] = []
        self._kept = 0
        if family.running is not None:
            family.running.adopt(self)

    @property
    def over(self) -> bool:
        return self._closed or self.triggered

    def adopt(self, child: Task) -> None:
        """Close it with us. Those that are over are forgotten now and then, not at every child."""
        self.children.append(child)
        if len(self.children) > 2 * self._kept + 8:
            self.children = [c for c in self.children if not c.over]
            self._kept = len(self.children)

    def start(self) -> None:
        self._advance(None)

    def close(self) -> None:
        """End this task and all its children, now, from outside or from within."""
        if self._closed:
            return
        self._closed = True
        for child in self.children:
            child.close()
        self._detach()
        if not self._running:
            self._steps.close()

    def _detach(self) -> None:
        waits_for, self._waits_for = self._waits_for, None
        if waits_for is None:
            return
        forget(waits_for, self._resume)
        if isinstance(waits_for, (Answer, First)):
            waits_for.withdraw()

    def _resume(self, event: simpy.Event) -> None:
        if self._family.stopped is not None:
            self._family.stopped.append(lambda _: self._resume(event))
            return
        self._waits_for = None
        if not self._closed:
            self._advance(event.value)

    def _advance(self, value: Any) -> None:
        outer, self._family.running = self._family.running, self
        self._running = True
        try:
            while True:
                try:
                    event = self._steps.send(value)
                except StopIteration as stop:
                    if not self._closed:
                        self.succeed(stop.value)
                    return
                if self._closed:
                    self._steps.close()
                    return
                if not event.processed:
                    self._waits_for = event
                    event.callbacks.append(self._resume)
                    return
                value = event.value  # already over: go on at once
        finally:
            self._running = False
            self._family.running = outer


class First(simpy.Event):
    """Happens with the first of some events; carries that event. The others are let go."""

    def __init__(self, env: simpy.Environment, *events: simpy.Event) -> None:
        super().__init__(env)
        self._events = events = tuple(dict.fromkeys(events))  # each once, also if it was named twice
        for event in events:
            if event.processed:
                self._settle(event)
                return
        settle = self._settle
        for event in events:
            event.callbacks.append(settle)

    def _settle(self, event: simpy.Event) -> None:
        self.withdraw()
        self.succeed(event)

    def withdraw(self) -> None:
        settle = self._settle
        for event in self._events:
            if forget(event, settle) and isinstance(event, Answer):
                event.withdraw()


def forget(event: simpy.Event, callback: Callable[[simpy.Event], None]) -> bool:
    """Nobody is called any more when it happens. Whether it was yet to call him."""
    callbacks = event.callbacks  # None once it has happened
    if not callbacks or callback not in callbacks:
        return False
    callbacks.remove(callback)
    return True
