"""Runs the service on a control node until it is told to stop: its clock, its stream, its log, its life.

Led by an emulated room it waits for a line on its standard input, and keeps to the room's clock.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
import time
from collections.abc import Callable
from contextlib import AsyncExitStack, suppress
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from math import inf
from pathlib import Path
from zoneinfo import ZoneInfo

from realtime.clock import WallClock
from realtime.drift import watch_drift
from realtime.events_out import EventsOut
from realtime.led_clock import Page, follow
from realtime.log import About, logging_to
from realtime.notify import Notify
from realtime.outbox.letter import Letter
from realtime.outbox.outbox import Outbox, ways_of
from realtime.samples.sampler import Sampler
from realtime.service import Orders, Service, opened
from realtime.site_files import NO_FILES
from realtime.stop_file import unusable
from sequencer.events import Event, Source, Stream
from teiden.configuration.reloading import Reloading
from teiden.events_file import dumps_line
from teiden.monitor import monitored
from teiden.opening import devices, versions

READY = "ready"
PASSED_ON = ("alarm.raised", "alarm.cleared", "incident.opened", "incident.closed")
"""What goes out by webhook and mail."""
OUTBOX = "outbox.db"
LINGER_S = 25.0
"""Wall time; less than TimeoutStopSec of the unit, after which the service would be killed."""
LOOK_S = 0.1

log = logging.getLogger(__name__)


async def serve(
    orders: Orders,
    *,
    led_by: Path | None = None,
    pace: float = 1.0,
    log_file: str = "",
    told: Callable[[Event], None] = lambda event: None,
    reloading: Reloading | None = None,
) -> None:
    """Until SIGTERM or SIGINT; a node that goes down in an outage tells its UPSes first.

    `reloading`: it also ends when another life is to begin by another site file, which stands there then.

    `led_by`: an emulated room leads, by this page (`realtime.led_clock`).

    `pace`: how fast an emulated room runs. `log_file`: '' is standard error.
    """
    env = WallClock(rate=pace, origin_s=None if led_by is None else inf)
    stream = Stream()
    env.told = lambda seconds, cause: stream.seen(
        float(env.now), "clock.gap", orders.me, orders.me, lost_s=round(seconds, 3), cause=cause
    )
    start = orders.start or datetime.now(ZoneInfo(orders.site.time_zone))
    if pace != 1.0:
        orders = replace(orders, start=start)
    notify = Notify()
    async with AsyncExitStack() as stack:
        about = About(orders.me)
        stack.enter_context(logging_to(about, log_file))
        logging.getLogger("asyncssh").setLevel(logging.WARNING)  # each login would be three lines
        site_files = NO_FILES if reloading is None else reloading.keeping
        service = await stack.enter_async_context(opened(orders, env, stream, site_files))
        about.life = service.name
        stop = asyncio.Event()
        _on_signals(stop)
        if reloading is not None:
            reloading.ends(stop)
            _on_hangup(service)
        if led_by is not None:
            place = 1 + orders.site.cluster.nodes.index(orders.me)
            page = stack.enter_context(Page(led_by, place))
            print(READY, flush=True)
            await asyncio.to_thread(sys.stdin.readline)
            env.keep_to(*page.read())  # by its rate too: the room may be slower than it may go just now
            env.start(follow(env, page))
        driving = asyncio.create_task(env.live())
        env.act(lambda: _begin(service, about, start, told, stack))
        notify.ready(_in_a_line(service))
        env.start(notify.watch(lambda: float(env.now)))
        env.start(watch_drift(service))
        if reloading is not None:
            env.start(reloading.keeping.keep())
        stopping = asyncio.create_task(_all_told(stop, service))
        done, _ = await asyncio.wait({driving, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if reloading is None or reloading.next is None:
            notify.stopping()
        if driving in done:
            stopping.cancel()
            await driving  # an event has failed: a fault of ours, told as such
        env.act(service.end)
        driving.cancel()
        with suppress(asyncio.CancelledError):
            await driving
        await env.close()


def _begin(
    service: Service,
    about: About,
    start: datetime,
    told: Callable[[Event], None],
    stack: AsyncExitStack,
) -> None:
    orders, env = service.orders, service.env
    head = Event(
        float(env.now), "run.started", orders.site.name, orders.me, Source.SEEN, opening(service, start)
    )
    ways = ways_of(orders.contacts.alarms)
    out = EventsOut(orders.contacts.live.events, head, start, line=dumps_line)
    stack.callback(out.close)
    service.stream.listen(out.add)
    service.stream.listen(told)
    told(head)
    if ways:
        path = os.path.join(os.path.dirname(orders.contacts.live.journal), OUTBOX)
        outbox = Outbox(
            path,
            ways,
            site=orders.site.name,
            node=orders.me,
            armed=orders.armed,
            kept=partial(_kept, service),
        )
        stack.callback(outbox.close)
        service.stream.listen(lambda event: _pass_on(service, outbox, event))
    service.stream.listen(lambda event: _note(service, about, event))
    monitored(service.stream, orders.site, head, orders.me, lambda: float(env.now))
    if service.telling is not None:
        sampler = Sampler(orders.contacts.live.events, service.telling.upses, service.wall.now)
        stack.callback(sampler.close)
        env.start(sampler.keep())
    if why := unusable(orders.contacts.live.stop_file):
        log.warning("nobody could pull the emergency stop: %s", why)
    if orders.forced:
        text = f"armed by force, although {orders.forced}"
        service.stream.seen(float(env.now), "alarm.raised", orders.me, orders.me, text=text, rule="X-12")
    service.begin()


def opening(service: Service, start: datetime) -> dict[str, object]:
    """What a reader of the stream must know before anything happens."""
    orders, alarms = service.orders, service.orders.contacts.alarms
    return {
        "site": orders.site.name,
        "site_hash": orders.site_hash,
        "life": service.name,
        "armed": orders.armed,
        "outbox": bool(alarms.webhook or (alarms.mail_to and alarms.mail_server)),
        "start": start.isoformat(),
        "time_zone": orders.site.time_zone,
        "versions": versions(),
        "initial": {},
        "devices": devices(orders.site),
    }


def _pass_on(service: Service, outbox: Outbox, event: Event) -> None:
    if event.name in PASSED_ON:
        life = service.life
        epoch = life.run.facts.epoch if life is not None else 0
        told_at = datetime.now(UTC).isoformat(timespec="milliseconds")
        if not outbox.put(event, time=told_at, incident=epoch) and event.name == "alarm.raised":
            _queued(service, event.subject, str(event.details.get("rule", "")))  # said just now, and kept


def _kept(service: Service, letter: Letter) -> None:
    """On a thread of the outbox; a service that ends has nobody left to tell."""
    if letter.event == "alarm.raised":
        with suppress(RuntimeError):
            service.env.inject(lambda: _queued(service, letter.subject, letter.rule))


def _queued(service: Service, subject: str, rule: str) -> None:
    me = service.orders.me
    service.stream.seen(
        float(service.env.now), "alarm.queued", subject, me, **({"rule": rule} if rule else {})
    )


def _note(service: Service, about: About, event: Event) -> None:
    """Into the log, with the incident it belongs to."""
    if service.life is not None:
        about.incident = service.life.run.facts.epoch
    details = {f"event_{key}": value for key, value in event.details.items()}
    level = logging.WARNING if event.name in ("alarm.raised", "command.failed") else logging.INFO
    log.log(level, "%s %s", event.subject, event.name, extra=details)


def _in_a_line(service: Service) -> str:
    orders = service.orders
    return f"{orders.site.name}: {orders.me} {'armed' if orders.armed else 'watching'}"


async def _all_told(stop: asyncio.Event, service: Service) -> None:
    """Told to stop, and nothing is left that the power of our own node depends on."""
    await stop.wait()
    ends_s = time.monotonic() + LINGER_S
    while (left := service.still_to_tell()) and time.monotonic() < ends_s:
        log.info("this system goes down; %s still to be told to go off", ", ".join(left))
        await asyncio.sleep(LOOK_S)


def _on_signals(stop: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sign, stop.set)


def _on_hangup(service: Service) -> None:
    """SIGHUP reloads: `systemctl reload`. At a terminal it goes on meaning that nobody is there."""
    if not sys.stderr.isatty():
        asyncio.get_running_loop().add_signal_handler(
            signal.SIGHUP, lambda: service.env.start(_reload(service))
        )


async def _reload(service: Service) -> None:
    if refusal := await service.reload():
        log.warning("not reloaded: %s", refusal)
