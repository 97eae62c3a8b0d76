"""`teiden live SITE`: the service on a control node. It watches, and acts only where it is armed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from teiden.commands import console
from teiden.commands.language import lang
from teiden.language.say import speaking, t

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from realtime.service import Orders
    from sequencer.events import Event
    from teiden.beside import Beside
    from teiden.configuration.reloading import Reloading

WEB = "127.0.0.1:7480"


@click.command(
    short_help="The service on a control node: watches; acts only with --arm.",
    epilog=console.example("live my-site.yaml --node control1"),
)
@click.argument("site")
@click.option(
    "--node", metavar="NAME", help="Which control node this is. Default: the one called like this machine."
)
@click.option(
    "--arm", is_flag=True, help="Act. Refused unless `teiden prove` has shown this very site file to hold."
)
@click.option(
    "--force", is_flag=True, help="With --arm: act although it was not shown. Written into the log."
)
@click.option(
    "--book", metavar="FILE", help="The book of an emulated room: its devices instead of the site's own."
)
@click.option("--plain", is_flag=True, help="No colours, even on a terminal.")
@click.option(
    "--log", "log_file", metavar="FILE", help="JSON lines of what it does. Default: standard error."
)
@click.option(
    "--web",
    is_flag=False,
    flag_value=WEB,
    metavar="[ADDRESS:PORT]",
    help=f"With the console for a browser beside it, at {WEB} if nothing else is said: `teiden web`.",
)
@click.option("--led-by", metavar="PAGE", hidden=True)
@click.option("--start", hidden=True)
@lang
def live(
    site: str,
    node: str | None,
    arm: bool,
    force: bool,
    book: str | None,
    plain: bool,
    log_file: str | None,
    web: str | None,
    led_by: str | None,
    start: str | None,
) -> None:
    """Run the sequence of SITE on its real devices, on this control node.

    Without --arm it looks at everything, tells what it would do and what it waits for, and sends nothing.
    It runs until it is stopped; SIGTERM ends it, with its own system going down in an
    outage when its UPSes are told, and the next start goes on where it was.
    """
    import asyncio
    import os
    import sys
    from datetime import datetime
    from pathlib import Path

    from teiden import compose
    from teiden.configuration.in_force import in_force, watched_with
    from teiden.emulator import book as books

    opened = None if book is None else books.read(Path(book))
    found = in_force(site, node, opened)
    begun = None if start is None else datetime.fromisoformat(start)
    orders = compose.orders(found.site_file, node, armed=arm, book=opened, start=begun)
    if arm and opened is None:
        orders = _armed(orders, found.site_file.path, force)
    pace = 1.0 if opened is None else opened.rate
    watched = sys.stderr.isatty() and led_by is None
    where = log_file or (os.devnull if watched else "")
    told = _Teller(orders.site.time_zone, colour=console.in_colour(plain=plain)) if watched else _silent
    page = None if led_by is None else Path(led_by)
    reloading = None if led_by is not None else watched_with(found, orders, opened)
    while True:
        beside = None if web is None else _console(site, orders.me, web, book)
        asyncio.run(_serve(orders, page, pace, where, told, beside, reloading))
        if reloading is None or reloading.next is None:
            return
        orders, reloading = reloading.next, reloading.after()


def _console(site: str, node: str, listen: str, book: str | None) -> Beside:
    from teiden.beside import Beside
    from teiden.web.command import Options, settings

    words = ["web", site, "--node", node, "--listen", listen, *(["--book", book] if book else [])]
    # What is wrong with them is said here, and once.
    settings(Options(site=site, node=node, listen=listen, book=book))
    return Beside(words)


def _silent(event: Event) -> None:
    """The log has it."""


def _armed(orders: Orders, site: str, force: bool) -> Orders:
    from dataclasses import replace

    from teiden.proved import why_not_armed

    why_not = why_not_armed(site, orders.site_hash)
    if not why_not:
        return orders
    if not force:
        raise console.NotCarriedOut(t("not armed: {why}", why=why_not))
    click.echo(t("armed by force, although {why}", why=why_not), err=True)
    with speaking("en"):
        return replace(orders, forced=why_not_armed(site, orders.site_hash))


async def _serve(
    orders: Orders,
    led_by: Path | None,
    pace: float,
    log_file: str,
    told: Callable[[Event], None],
    beside: Beside | None,
    reloading: Reloading | None,
) -> None:
    from contextlib import nullcontext

    from realtime.journal.journal import NoJournal
    from realtime.peers.listener import CannotListen
    from realtime.peers.tls import NoIdentity
    from realtime.request_socket import CannotServe
    from teiden import compose
    from teiden.serve import serve

    try:
        async with nullcontext() if beside is None else beside:
            await serve(
                compose.folders(orders),
                led_by=led_by,
                pace=pace,
                log_file=log_file,
                told=told,
                reloading=reloading,
            )
    except (NoJournal, NoIdentity, CannotListen, CannotServe) as error:
        raise console.NotCarriedOut(str(error)) from None
    except OSError as error:
        raise console.NotCarriedOut(f"{error.filename or ''}: {error.strerror}".removeprefix(": ")) from None


class _Teller:
    """Every event in a line, for whoever looks over its shoulder."""

    def __init__(self, zone: str, *, colour: bool) -> None:
        self._zone = zone
        self._colour = colour

    def __call__(self, event: Event) -> None:
        words = " ".join(f"{key}={value}" for key, value in event.details.items() if key != "devices")
        console.say(
            [f"{self._clock()}  {event.subject:<14} {event.name:<20} {words}"], colour=self._colour, err=True
        )

    def _clock(self) -> str:
        now: datetime = _now(self._zone)
        return now.strftime("%H:%M:%S")


def _now(zone: str) -> datetime:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    return datetime.now(ZoneInfo(zone))
