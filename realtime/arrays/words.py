"""What an array says of itself in two words, `ready not_asked`: in the line protocol and from programs."""

from __future__ import annotations

from typing import TypeVar

from sequencer.ports import ArrayStatus, Flush, Service

T = TypeVar("T")

SERVICES = {"starting": Service.STARTING, "ready": Service.READY, "fault": Service.FAULT}
FLUSHES = {"not_asked": Flush.NOT_ASKED, "under_way": Flush.UNDER_WAY, "done": Flush.DONE}


def status_from(words: str) -> ArrayStatus | None:
    """None unless it is exactly one word of each kind: whatever else is said is not known to be ready."""
    match words.split():
        case [service, flush] if service in SERVICES and flush in FLUSHES:
            return ArrayStatus(SERVICES[service], FLUSHES[flush])
    return None


def words_of(status: ArrayStatus) -> str:
    return f"{_word(SERVICES, status.service)} {_word(FLUSHES, status.flush)}"


def _word(words: dict[str, T], meant: T) -> str:
    return next(word for word, meaning in words.items() if meaning is meant)
