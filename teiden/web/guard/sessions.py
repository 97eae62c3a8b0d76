"""Who is logged in: a random id in a cookie, everything else with us, so that it can be ended at any time."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import secrets
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

log = logging.getLogger(__name__)

FILE = "sessions.json"
LONGEST_S = 12 * 3600.0
"""A shift; then one logs in again, whatever one does meanwhile."""
MOST = 200
"""The oldest goes for a new one."""
MOST_OF_A_NAME = 10
"""So that nobody who logs in again and again puts others out."""


@dataclass(frozen=True, slots=True)
class Session:
    name: str
    token: str
    """What every POST brings along."""
    since_s: float
    """Wall time of the login."""
    source: str = ""
    proof: str = ""
    """Of the password that it began with: with another password it is over."""


class Sessions:
    """Kept by the hash of their ids: who reads the file cannot use it. `now`: wall time in seconds.

    The file is there so that a console that was started anew still knows everybody; if it cannot be written,
    they are known to this process alone.
    """

    def __init__(self, folder: Path, now: Callable[[], float] = time.time) -> None:
        self._path = folder / FILE
        self._now = now
        self._open: dict[str, Session] = self._read()

    def begin(self, name: str, source: str, proof: str = "") -> tuple[str, Session]:
        """The id for the cookie, and the session."""
        id = secrets.token_urlsafe(32)
        session = Session(name, secrets.token_urlsafe(32), self._now(), source, proof)
        self._make_room([key for key, one in self._open.items() if one.name == name], MOST_OF_A_NAME)
        self._make_room(list(self._open), MOST)
        self._open[_key(id)] = session
        self._write()
        return id, session

    def find(self, id: str) -> Session | None:
        session = self._open.get(_key(id))
        if session is not None and not 0 <= self._now() - session.since_s < LONGEST_S:
            self.end(id)  # over, or begun in the future: the clock was set
            return None
        return session

    def end(self, id: str) -> None:
        if self._open.pop(_key(id), None) is not None:
            self._write()

    def _make_room(self, keys: list[str], most: int) -> None:
        for key in sorted(keys, key=lambda key: self._open[key].since_s)[: max(0, len(keys) - most + 1)]:
            del self._open[key]

    def _read(self) -> dict[str, Session]:
        try:
            told = json.loads(self._path.read_text(encoding="utf-8"))
            found = {str(key): Session(**values) for key, values in told.items()}
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, TypeError, AttributeError) as error:
            log.warning("%s: %s; everybody logs in again", self._path, error)
            return {}
        return {key: s for key, s in found.items() if 0 <= self._now() - s.since_s < LONGEST_S}

    def _write(self) -> None:
        new = self._path.with_suffix(".new")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            file = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
            with os.fdopen(file, "w", encoding="utf-8") as out:
                json.dump({key: asdict(session) for key, session in self._open.items()}, out)
            new.replace(self._path)
        except OSError as error:
            log.warning("%s: %s; who is logged in is known to this process alone", self._path, error)


def _key(id: str) -> str:
    return hashlib.sha256(id.encode("utf-8", "surrogatepass")).hexdigest()
