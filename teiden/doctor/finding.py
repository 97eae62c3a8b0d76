"""What a look at a device found: whether it is well, what was seen, and what to do about it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from enum import Enum


class Level(Enum):
    OK = "ok"
    WARN = "warn"
    """It may go well; nobody has seen that it does."""
    FAIL = "fail"
    """In an outage something would not be done, or done wrong."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a check yields."""

    level: Level
    words: str
    """What was found."""
    do: str = ""
    """What to do about it; '' where all is well."""


@dataclass(frozen=True, slots=True)
class Row:
    """A `Found` with the check that found it, and of what."""

    check: str
    title: str
    """The check's, as it is said."""
    kind: str
    """Of what it is about: `ups`, `server`, `array`, `cluster`, `node`, `site`."""
    subject: str
    level: Level
    words: str
    do: str


Rows = AsyncIterator[Found]


def ok(words: str) -> Found:
    return Found(Level.OK, words)


def warn(words: str, do: str) -> Found:
    return Found(Level.WARN, words, do)


def fail(words: str, do: str) -> Found:
    return Found(Level.FAIL, words, do)
