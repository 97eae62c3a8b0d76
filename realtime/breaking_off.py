"""A connection is broken off at once, also one of TLS that its other end has just ended."""

from __future__ import annotations

import asyncio
from contextlib import suppress


def break_off(writer: asyncio.StreamWriter) -> None:
    """Whatever has not gone out yet is lost. Raises nothing.

    In Python 3.11.2 (Debian 12) the `abort()` of a TLS transport that has ended raises AttributeError:
    nothing is left there to be aborted.
    """
    with suppress(AttributeError):
        writer.transport.abort()
