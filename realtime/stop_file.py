"""The emergency stop: while a file exists, this node sends no command to anything (SEC-30).

Whoever can reach neither a console nor the service can still make a file, here or on the other node.
It is asked again right before each command, so that even the poll's quarter of a second is not waited for.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable

log = logging.getLogger(__name__)

POLL_S = 0.25
"""Wall time. A stop is to be noticed, and told, within a second."""


class StopFile:
    """`on_change(stopped)` is called on the loop, with the state at the beginning if that is stopped.

    What cannot be looked at counts as there: somebody who pulls the emergency stop on a machine whose disk
    or permissions are failing must not find that it did not count. A folder that does not exist is not such
    a case: nobody has put anything there, and where nobody could `unusable` says so at the start.
    """

    def __init__(self, path: str, on_change: Callable[[bool], None], *, poll_s: float = POLL_S) -> None:
        self.path = path
        self._on_change = on_change
        self._poll_s = poll_s
        self._told = False
        self._trouble = ""

    @property
    def stopped(self) -> bool:
        """Looked up at this very moment."""
        try:
            os.lstat(self.path)  # a link that leads nowhere is there too
        except (FileNotFoundError, NotADirectoryError):
            self._trouble = ""
            return False
        except (OSError, ValueError) as error:
            if str(error) != self._trouble:
                self._trouble = str(error)
                log.error(
                    "the emergency stop %s cannot be looked at, and counts as pulled: %s", self.path, error
                )
            return True
        self._trouble = ""
        return True

    @property
    def reason(self) -> str:
        """Why commands are refused, in words."""
        return (
            f"the emergency stop {self.path} cannot be looked at"
            if self._trouble
            else (f"the emergency stop {self.path} is pulled")
        )

    async def watch(self) -> None:
        """Never returns; cancel it."""
        while True:
            self._tell(self.stopped)
            await asyncio.sleep(self._poll_s)

    def _tell(self, stopped: bool) -> None:
        if stopped == self._told:
            return
        self._told = stopped
        log.warning("%s", self.reason if stopped else f"the emergency stop {self.path} is released")
        self._on_change(stopped)


def unusable(path: str) -> str:
    """Why nobody could pull this stop, in words; or ''."""
    folder = os.path.dirname(os.path.abspath(path))
    if not os.path.isdir(folder):
        return f"there is no folder {folder} in which somebody could make {os.path.basename(path)}"
    return ""
