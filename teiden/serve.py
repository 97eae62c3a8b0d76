"""Runs the service on a control node until it is told to stop: its clock, its stream, its life.

Led by an emulated room it waits for one line on its standard input, which says when all clocks began.
"""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from collections.abc import Callable
from contextlib import AsyncExitStack, suppress
from dataclasses import replace
from datetime import UTC, datetime
from math import inf
from pathlib import Path
from typing import TextIO

from realtime.clock import WallClock
from realtime.service import Orders, Service, opened
from sequencer.events import Event, Stream
from teiden.events_file import dumps_line
from teiden.opening import devices, versions

READY = "ready"


class EventLog:
    """The stream of this life, a line an event, on the disk before anything follows from it."""

    def __init__(self, folder: Path, name: str, start: datetime) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / f"{name.replace('/', '-')}.jsonl"
        self._start = start
        self._file: TextIO = self.path.open("a", encoding="utf-8", newline="\n")

    def write(self, event: Event) -> None:
        with suppress(OSError):  # a full disk holds nobody up; the journal's own trouble is told elsewhere
            self._file.write(dumps_line(event, self._start) + "\n")
            self._file.flush()

    def close(self) -> None:
        self._file.close()


async def serve(
    orders: Orders,
    *,
    led_at_rate: float | None = None,
    pace: float = 1.0,
    told: Callable[[Event], None] = lambda event: None,
) -> None:
    """Until SIGTERM or SIGINT. `led_at_rate`: an emulated room leads, and its clock runs this fast.

    `pace`: of an emulated room that does not lead.
    """
    led = led_at_rate is not None
    env = WallClock(rate=led_at_rate or pace, origin_s=inf if led else None)
    env.told = lambda seconds, cause: stream.seen(
        float(env.now), "clock.gap", orders.me, orders.me, lost_s=round(seconds, 3), cause=cause
    )
    stream = Stream()
    start = orders.start or datetime.now(UTC)
    if pace != 1.0:
        orders = replace(orders, start=start)
    async with AsyncExitStack() as stack:
        service = await stack.enter_async_context(opened(orders, env, stream))
        log = EventLog(Path(orders.contacts.live.events), service.name, start)
        stack.callback(log.close)
        stream.listen(log.write)
        stream.listen(told)
        stop = asyncio.Event()
        _on_signals(stop)
        if led:
            print(READY, flush=True)
            word = json.loads(await asyncio.to_thread(sys.stdin.readline))
            env.begin(float(word["origin_s"]))
        driving = asyncio.create_task(env.live())
        env.act(lambda: _begin(service, start))
        stopping = asyncio.create_task(stop.wait())
        done, _ = await asyncio.wait({driving, stopping}, return_when=asyncio.FIRST_COMPLETED)
        env.act(service.end)
        stopping.cancel()
        driving.cancel()
        if driving in done:
            await driving  # an event has failed: a fault of ours, told as such
        with suppress(asyncio.CancelledError):
            await driving


def _begin(service: Service, start: datetime) -> None:
    orders, env = service.orders, service.env
    service.stream.seen(
        float(env.now),
        "run.started",
        orders.site.name,
        orders.me,
        site=orders.site.name,
        site_hash=orders.site_hash,
        life=service.name,
        armed=orders.armed,
        start=start.isoformat(),
        time_zone=orders.site.time_zone,
        versions=versions(),
        devices=devices(orders.site),
    )
    service.begin()


def _on_signals(stop: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sign, stop.set)
