"""`teiden status`: how things are, from the service that runs on this node."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import click

from teiden.commands import console, service_options
from teiden.commands.language import lang

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console

    from realtime.status import Status

WIDE = 100
"""Columns where nobody's terminal says how many there are."""
NARROWEST = 30


@click.command(
    short_help="How things are: who commands, what it waits for, every device.",
    epilog=console.example("status --follow"),
)
@click.option("--follow", is_flag=True, help="Go on showing what changes, until Ctrl-C.")
@click.option("--json", "as_json", is_flag=True, help="For scripts; with --follow a line at each change.")
@click.option("--plain", is_flag=True, help="No colours, nothing that moves.")
@service_options.timeout(10.0)
@service_options.SOCKET
@lang
def status(follow: bool, as_json: bool, plain: bool, timeout_s: float, socket: str | None) -> None:
    """Show who commands and whether it is armed, what it waits for, and every device as it was last seen.

    It only looks. Exit code 3 if no service answers on this node.
    """
    from teiden.requests import NotReached
    from teiden.status import asking

    try:
        if not follow:
            one = asking.status(socket, timeout_s=timeout_s)
            say_json(one) if as_json else say(one, plain=plain)
            return
        told = asking.watched(socket, timeout_s=timeout_s)
        if not as_json and console.is_terminal(plain=plain):
            keep_showing(told)
        else:
            say_each(told, as_json=as_json, plain=plain)
    except NotReached as error:
        raise console.NotCarriedOut(str(error)) from None


def say_json(told: Status) -> None:
    import json

    from realtime.status_json import to_json

    console.speak_utf8()
    click.echo(json.dumps(to_json(told), ensure_ascii=False))


def say(told: Status, *, plain: bool) -> None:
    from teiden.status.picture import picture

    wide = max(NARROWEST, console.columns(plain=plain) or WIDE)
    screen = terminal(wide, colour=console.in_colour(plain=plain))
    for line in picture(told, wide):
        screen.print(line, soft_wrap=True)


def say_each(told: Iterator[Status | None], *, as_json: bool, plain: bool) -> None:
    """Whenever something else than an age has changed."""
    import sys

    from realtime.status_json import news, to_json

    known: object = None
    for one in told:
        if one is None or (now := news(to_json(one))) == known:
            continue
        if as_json:
            say_json(one)
        else:
            if known is not None:
                click.echo()
            say(one, plain=plain)
        known = now
        sys.stdout.flush()


def keep_showing(told: Iterator[Status | None]) -> None:
    """On a terminal, in place; ages grow while the service says nothing new."""
    import time

    from rich.console import Group
    from rich.live import Live

    from teiden.status.picture import picture

    wide = max(NARROWEST, console.columns() or WIDE)
    shown: Status | None = None
    heard_s = time.monotonic()
    with Live(
        console=terminal(wide, colour=console.in_colour()), auto_refresh=False, vertical_overflow="ellipsis"
    ) as live:
        for one in told:
            if one is not None:
                shown, heard_s = one, time.monotonic()
            if shown is not None:
                lines = picture(shown, wide, older_s=time.monotonic() - heard_s)
                live.update(Group(*lines), refresh=True)


def terminal(wide: int, *, colour: bool) -> Console:
    from rich.console import Console

    system: Literal["auto"] | None = "auto" if colour else None
    return Console(
        width=wide, highlight=False, markup=False, color_system=system, force_terminal=colour or None
    )
