"""`teiden report SITE`: what a week of watching says, and what speaks against arming."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import datetime

import click

from teiden.commands import console, service_options
from teiden.commands.language import lang
from teiden.language.say import t

MANY = 20
"""Files; of fewer nobody waits for the end."""


@click.command(
    short_help="What a week of watching says, and what speaks against arming.",
    epilog=console.example("report my-site.yaml --days 7")
    + "\n  ./run teiden report my-site.yaml --events events-20261126T000812Z.jsonl",
)
@click.argument("site")
@click.argument("more", nargs=-1, metavar="[FILE]...")
@click.option(
    "--events",
    "events",
    multiple=True,
    metavar="FOLDER|FILE...",
    help="The events of a service, of several nodes, or copies.  [default: `live.events` of the site file]",
)
@click.option(
    "--days",
    type=click.FloatRange(min=0.01, max=400),
    default=7.0,
    show_default=True,
    help="So many of the last, and so many are to be covered.",
)
@click.option(
    "--until",
    type=click.DateTime(("%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M")),
    metavar="TIME",
    help="The days before this, by the site's clock.  [default: now; of files, their last event]",
)
@click.option("--json", "as_json", is_flag=True, help="The same for scripts.")
@service_options.SOCKET
@lang
@click.pass_context
def report(
    ctx: click.Context,
    site: str,
    more: tuple[str, ...],
    events: tuple[str, ...],
    days: float,
    until: datetime | None,
    as_json: bool,
    socket: str | None,
) -> None:
    """Show how often the service would have acted, and everything else that it saw: nothing is hidden.

    Of an armed service: how often it acted. Exit code 1 if something speaks against arming, 3 if there are no
    events.
    """
    ctx.exit(_report(site, [*events, *more], days, until, as_json=as_json, socket=socket))


def _report(
    site: str, paths: list[str], days: float, until: datetime | None, *, as_json: bool, socket: str | None
) -> int:
    import json

    from teiden.files.site_file import load_site
    from teiden.language.say import speaking
    from teiden.trust import show
    from teiden.trust.as_json import as_json as json_of
    from teiden.trust.verdict import verdict
    from teiden.trust.week import week

    loaded = load_site(site)
    given = paths or [loaded.contacts.live.events]
    late_s = _late_s(socket) if socket or not (paths or until) else None
    now_s = _until_s(until, loaded.site.time_zone, given)
    try:
        with _progress() as told:
            found = week(
                loaded, given, days=days, now_s=now_s, exactly=until is not None, late_s=late_s, told=told
            )
    except OSError as error:
        raise console.NotCarriedOut(f"{error.filename or given[0]}: {error.strerror or error}") from None
    if not found.nodes and not found.covered:
        nothing = t("{paths}: no events of these days", paths=", ".join(given))
        raise console.NotCarriedOut("\n".join(found.troubles) or nothing)
    with speaking("en") if as_json else nullcontext():
        judged = verdict(found, loaded.site, days)
        if as_json:
            console.speak_utf8()
            click.echo(json.dumps(json_of(found, loaded.site, judged, days), ensure_ascii=False, indent=2))
        else:
            console.say(show.text(found, loaded.site, judged))
    return judged.exit_code


def _until_s(until: datetime | None, zone: str, paths: list[str]) -> float | None:
    import os
    import time
    from zoneinfo import ZoneInfo

    if until is not None:
        return until.replace(tzinfo=ZoneInfo(zone)).timestamp()
    return time.time() if any(os.path.isdir(path) for path in paths) else None


def _late_s(socket: str | None) -> float | None:
    """What the running service tells of itself; None where none runs here."""
    from teiden.requests import NotReached
    from teiden.status import asking

    try:
        return asking.status(socket, timeout_s=2.0).lateness.max_s
    except NotReached:
        return None


@contextmanager
def _progress() -> Iterator[Callable[[int, int], None]]:
    """A line on a terminal that says how many of the files are read."""
    if not sys.stderr.isatty():
        yield lambda done, of: None
        return

    def told(done: int, of: int) -> None:
        if of >= MANY:
            click.echo("\r" + t("{done} of {of} files", done=done, of=of), nl=False, err=True)
        if done == of >= MANY:
            click.echo("\r\x1b[K", nl=False, err=True)

    yield told
