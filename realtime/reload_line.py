"""The one line at the request socket that begins another life: `{"ask": "reload"}` (R6-45)."""

from __future__ import annotations

import json
import logging
from collections.abc import Awaitable, Callable

from realtime.request_lines import reply_line

log = logging.getLogger(__name__)

RELOAD = "reload"
Reload = Callable[[], Awaitable[str]]
"""Why not; '' if it is done."""


async def tell_of_reload(reload: Reload | None, line: bytes, say: Callable[[bytes], Awaitable[None]]) -> bool:
    """Whether the line asked for a reload, and has been answered as a request is."""
    try:
        told = json.loads(line)
    except (ValueError, RecursionError):
        return False
    if told != {"ask": RELOAD}:
        return False
    refusal = "nobody here can reload" if reload is None else await _asked(reload)
    await say(reply_line("", not refusal, refusal))
    return True


async def _asked(reload: Reload) -> str:
    try:
        return await reload()
    except Exception:  # a fault of ours must not leave the caller waiting, nor end the service
        log.exception("the site file could not be reloaded")
        return "the service failed to reload; see its log"
