"""Tells systemd how the service does (sd_notify(3)), and pings its watchdog only while time really passes.

A loop that still turns says little: the pings stop when the sequencer's own clock stands still, and then
systemd starts the service again, which goes on from its journal.
"""

from __future__ import annotations

import asyncio
import logging
import os
import socket
from collections.abc import Callable, Mapping

log = logging.getLogger(__name__)


class Notify:
    """Without systemd (no NOTIFY_SOCKET) it says nothing to anybody. Nothing here blocks or raises."""

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        address = environment.get("NOTIFY_SOCKET", "")
        self._address = "\0" + address[1:] if address.startswith("@") else address
        self.watchdog_s = _watchdog_s(environment)
        """Without a ping for this long systemd starts us again; None: it does not watch."""

    def ready(self, status: str) -> None:
        self._say("READY=1", f"STATUS={_one_line(status)}", f"MAINPID={os.getpid()}")

    def status(self, status: str) -> None:
        """One line, shown by `systemctl status`."""
        self._say(f"STATUS={_one_line(status)}")

    def stopping(self) -> None:
        self._say("STOPPING=1")

    def ping(self) -> None:
        self._say("WATCHDOG=1")

    def _say(self, *lines: str) -> None:
        if not self._address:
            return
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as its:
                its.setblocking(False)
                its.sendto("\n".join(lines).encode("utf-8", "replace"), self._address)
        except OSError as error:
            log.warning("systemd was not told %s: %s", lines[0], error)

    async def watch(self, progress: Callable[[], float]) -> None:
        """Ping as long as `progress` (the clock's last moment, say) grows. Returns where nobody watches.

        Three looks in each watchdog time: one that comes too early costs nothing.
        """
        if self.watchdog_s is None:
            return
        last = None
        while True:
            now = progress()
            if now != last:
                self.ping()
            last = now
            await asyncio.sleep(self.watchdog_s / 3)


def _watchdog_s(environment: Mapping[str, str]) -> float | None:
    """WATCHDOG_USEC, if it is meant for this process (WATCHDOG_PID)."""
    if environment.get("WATCHDOG_PID", str(os.getpid())) != str(os.getpid()):
        return None
    try:
        usec = int(environment["WATCHDOG_USEC"])
    except (KeyError, ValueError):
        return None
    return usec / 1e6 if usec > 0 else None


def _one_line(text: str) -> str:
    """A newline would begin another assignment."""
    return " ".join(text.split())
