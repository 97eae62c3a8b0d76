"""What a server's system does, as far as a controller, its SSH port and what we asked of it tell.

A controller tells the power for certain and the system only roughly; an SSH port that greets proves a
system; one that is silent proves nothing (S11). What was asked of it fills the gap for a while.
"""

from __future__ import annotations

from collections.abc import Callable

from realtime.servers.controller import OS_RUNNING, Controller
from sequencer.ports import Os


class Asked:
    """That it has been told to go down, until it is seen to have done so.

    It counts no longer than a shutdown may take: past that, nothing is known of it any more.
    """

    def __init__(self, clock: Callable[[], float], limit_s: float) -> None:
        self._clock = clock
        self._limit_s = limit_s
        self._until_s: float | None = None
        self._was_silent = False
        self._progress: str | None = None

    def note(self) -> None:
        self._until_s = self._clock() + self._limit_s
        self._was_silent = False

    def forget(self) -> None:
        self._until_s = None

    @property
    def goes_down(self) -> bool:
        return self._until_s is not None and self._clock() < self._until_s

    def saw_port(self, greets: bool) -> None:
        """A port that was silent and greets again is that of the next boot."""
        if greets and self._was_silent:
            self.forget()
        self._was_silent = not greets

    def saw_progress(self, progress: str) -> None:
        """One that has moved, and not to a running system, is of the next boot. Some stand still for ever."""
        if self._progress is not None and progress not in ("", OS_RUNNING, self._progress):
            self.forget()
        self._progress = progress


def by_power(told: Controller, asked: Asked) -> Os | None:
    """As far as the controller alone decides; None: on, and it may be in any state."""
    asked.saw_progress(told.progress)
    if told.power == "Off":
        asked.forget()
        return Os.HALTED
    if told.power == "PoweringOff":
        if not asked.goes_down:
            asked.note()  # somebody else has told it
        return Os.SHUTTING_DOWN
    return Os.UP if told.progress == OS_RUNNING and not asked.goes_down else None


def by_port(told: Controller | None, asked: Asked, *, greets: bool) -> Os | None:
    """With its SSH port looked at. None: nothing is known."""
    asked.saw_port(greets)
    if asked.goes_down:
        return Os.SHUTTING_DOWN if greets or told is not None else None
    if greets:
        return Os.UP
    return Os.BOOTING if told is not None else None


def without_port(told: Controller, asked: Asked) -> Os:
    """On, and there is no way to ask its system."""
    if asked.goes_down:
        return Os.SHUTTING_DOWN
    begins = told.power == "PoweringOn" or told.progress not in ("", OS_RUNNING)
    return Os.BOOTING if begins else Os.UP
