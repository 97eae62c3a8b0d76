"""Who runs on the control nodes of a room that stands: nobody, or the service, armed, while its node is up.

With the services the room's clock leads them, and a console runs beside, which no node takes with it.
"""

from __future__ import annotations

import asyncio
from contextlib import AbstractAsyncContextManager
from pathlib import Path

from realtime.led_clock import Page
from sequencer.events import Stream
from sequencer.requests import Request
from sim.server import Server
from teiden.emulator.rehearsal import PAGE, Playing
from teiden.emulator.room import EmulatedRoom
from teiden.story import Story


class Vacant:
    """A control node whose service is somebody else's business."""

    def __init__(self, server: Server) -> None:
        pass

    def begin(self) -> None:
        pass

    def hear(self, request: Request) -> None:
        pass


class Unattended:
    """People start what they like there: `teiden live --book`."""

    def __init__(self, story: Story, folder: Path, *, rate: float, stream: Stream) -> None:
        self.room = EmulatedRoom(story, folder, rate=rate, stream=stream, life=Vacant)

    async def prepare(self) -> None:
        """Before the room begins, when its book is written."""

    async def lead(self) -> None:
        """For ever: cancel it."""
        await asyncio.Event().wait()

    async def end(self) -> None:
        """Before the room is closed."""


class Attended:
    """`beside` is entered before the services, and left at the end. DidNotStart: one is not ready."""

    def __init__(
        self,
        story: Story,
        folder: Path,
        *,
        rate: float,
        stream: Stream,
        beside: AbstractAsyncContextManager[object],
    ) -> None:
        self._playing = Playing(
            story, folder, rate=rate, seed=story.seed, until_s=story.until_s, stream=stream
        )
        self._beside = beside
        self._page = Page(folder / PAGE, 0, create=True)
        self._entered = False
        self.room = self._playing.room

    async def prepare(self) -> None:
        await self._beside.__aenter__()
        self._entered = True
        await self._playing.prepare()

    async def lead(self) -> None:
        clock = self.room.clock
        self._page.write(clock.origin_s, clock.rate)
        await self._playing.lead(self._page)

    async def end(self) -> None:
        await self._playing.end_services()
        if self._entered:
            await self._beside.__aexit__(None, None, None)
        self._page.close()
