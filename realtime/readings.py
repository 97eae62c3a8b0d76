"""Readings of every UPS, a week of them in one place (R2-10).

Each control node polls all cards, whoever commands, so each keeps them all: a line for each UPS every few
minutes, a file for each day (UTC), beside the event streams. They are for people; nothing is decided by them.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta

from realtime.status import UpsView

log = logging.getLogger(__name__)

EVERY_S = 300.0
"""Of wall time. Two hundred UPSes are some 9 MB a day."""
KEPT = timedelta(days=7)
"""Whole days, beside the one that is under way."""
NAME = re.compile(r"readings-(\d{8})\.jsonl")
VALUES = ("mains", "output_on", "on_battery", "charge_pct", "runtime_s")


class Readings:
    """`look` tells every UPS as it was last seen, `now` what the clock shows, with its offset."""

    def __init__(
        self,
        folder: str,
        look: Callable[[], Sequence[UpsView]],
        now: Callable[[], datetime],
        *,
        every_s: float = EVERY_S,
        told: Callable[[str], None] = log.warning,
    ) -> None:
        self._folder = folder
        self._look = look
        self._now = now
        self._every_s = every_s
        self._told = told
        self._trouble = False

    async def keep(self) -> None:
        """For ever: cancel it."""
        while True:
            await asyncio.sleep(self._every_s)
            try:
                self.take()
            except Exception:  # they are for people: no fault of ours in here may end the service
                log.exception("no readings were taken")

    def take(self) -> None:
        """Write down what is seen now; a disk that takes nothing is told once."""
        now = self._now().astimezone(UTC)
        lines = "".join(_line(ups, now) for ups in self._look())
        try:
            _append(os.path.join(self._folder, f"readings-{now:%Y%m%d}.jsonl"), lines.encode("utf-8"))
            _prune(self._folder, now.date())
        except OSError as error:
            if not self._trouble:
                self._told(f"readings are not kept: {self._folder}: {error.strerror or error}")
            self._trouble = True
        else:
            self._trouble = False


def files(folder: str) -> list[tuple[date, str]]:
    """Those of a folder, the oldest first. Raises OSError."""
    with os.scandir(folder) as entries:
        found = [(NAME.fullmatch(entry.name), entry.path) for entry in entries]
    days = [(datetime.strptime(name[1], "%Y%m%d").date(), path) for name, path in found if name]
    return sorted(days)


def _line(ups: UpsView, now: datetime) -> str:
    """A reading that is too old to act on is none: its values are null (S11)."""
    values = {key: getattr(ups, key) if ups.fresh else None for key in VALUES}
    return json.dumps({"time": now.isoformat(timespec="seconds"), "ups": ups.name, **values}) + "\n"


def _append(path: str, text: bytes) -> None:
    """All of it or nothing: half a line would spoil the next one too."""
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o640)
    try:
        size = os.fstat(file).st_size
        try:
            if (written := os.write(file, text)) < len(text):
                raise OSError(f"{len(text) - written} bytes too few on the disk")
        except OSError:
            with suppress(OSError):
                os.ftruncate(file, size)
            raise
    finally:
        os.close(file)


def _prune(folder: str, today: date) -> None:
    """What is older than a week goes. A clock that was set back keeps more for a while, never less."""
    for day, path in files(folder):
        if day < today - KEPT:
            os.unlink(path)
