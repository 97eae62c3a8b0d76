"""A file that does nothing but take up room, to be thrown overboard when the disk is full."""

from __future__ import annotations

import os
from contextlib import suppress

BYTES = 16 * 1024 * 1024
"""An outage of a hall writes some thousands of rows of a few hundred bytes each."""


def take_aboard(path: str, size: int = BYTES) -> str:
    """See that the ballast is there; why not, in words, or ''."""
    try:
        if os.path.exists(path) and os.path.getsize(path) >= size:
            return ""
        with open(path, "wb") as file:
            os.posix_fallocate(file.fileno(), 0, size)
            os.fsync(file.fileno())
    except OSError as error:
        throw_overboard(path)
        return f"no room for {size} bytes of ballast at {path}: {error.strerror}"
    return ""


def throw_overboard(path: str) -> bool:
    """Whether there was any."""
    with suppress(OSError):
        os.unlink(path)
        return True
    return False
