"""The service's status as it was told last, kept up to date over its socket; or why there is none."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable

from realtime.status import Status
from realtime.status_json import NoStatus, from_json, news

AGAIN_S = 1.0
"""Between two attempts to reach a service that does not answer."""
SILENT_S = 15.0
"""A watched service says something every 5 s; after this long it counts for silent."""
LONGEST = 16 * 1024 * 1024
ASK = b'{"ask": "watch"}\n'


class Watch:
    """`keep()` it in a task. `changed()` is called when something else than an age is news."""

    def __init__(self, socket: str, changed: Callable[[], None]) -> None:
        self._socket = socket
        self._changed = changed
        self._news: object = None
        self._heard_s = 0.0
        self.status: Status | None = None
        """None: the service is not reached, and `why_not` says why."""
        self.why_not = "not asked yet"

    @property
    def age_s(self) -> float:
        """Since the service told this status: every age in it is older by so much."""
        return time.monotonic() - self._heard_s

    async def keep(self) -> None:
        """For ever: cancel it."""
        while True:
            try:
                await self._watch()
                why = "the service hung up"
            except TimeoutError:
                why = "the service says nothing any more"
            except (NoStatus, ValueError, RecursionError) as error:
                why = f"its answer is not understood: {error}"
            except OSError as error:
                why = (error.strerror or str(error)).lower()
            self._lost(why)
            await asyncio.sleep(AGAIN_S)

    async def _watch(self) -> None:
        reader, writer = await asyncio.open_unix_connection(self._socket, limit=LONGEST)
        try:
            writer.write(ASK)
            while True:
                async with asyncio.timeout(SILENT_S):
                    line = await reader.readline()
                if not line:
                    return
                self._heard(json.loads(line))
        finally:
            writer.close()

    def _heard(self, told: object) -> None:
        if isinstance(told, dict) and "accepted" in told:
            raise NoStatus(str(told.get("reason", "refused")))
        self.status, self.why_not, self._heard_s = from_json(told), "", time.monotonic()
        if (now := news(told)) != self._news:
            self._news = now
            self._changed()

    def _lost(self, why: str) -> None:
        if self.status is not None or why != self.why_not:
            self.status, self.why_not, self._news = None, why, None
            self._changed()
