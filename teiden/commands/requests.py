"""`teiden off|on|hold|release`: ask the service that runs on this node (R2-05, R10-03, S27)."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from teiden.commands import console, service_options
from teiden.commands.language import lang
from teiden.language.say import t

if TYPE_CHECKING:
    from teiden.requests import Reply

F = TypeVar("F", bound=Callable[..., Any])

TYPED = "everything"
"""What has to be typed before a whole site goes off."""


def asking(command: F) -> F:
    """The options of every command that asks the service for something."""
    for option in (
        click.option("--json", "as_json", is_flag=True, help="The answer for scripts."),
        service_options.timeout(30.0),
        click.option("--by", default="", metavar="NAME", help="Who asks, for the journal."),
        service_options.SOCKET,
        lang,
    ):
        command = option(command)
    return command


@click.command(
    short_help="Shut servers down and cut their power.",
    epilog=console.example('off blade1 blade2 --by "backup job"'),
)
@click.argument("servers", nargs=-1, metavar="[SERVER]...")
@click.option("--yes", is_flag=True, help="Do not ask back when everything is meant.")
@asking
def off(servers: tuple[str, ...], yes: bool, **asked: Any) -> None:
    """Shut these servers down and cut their power; without a SERVER the whole site, in order.

    The answer comes when the service has accepted or refused. Exit code 1 if it refused, 3 if nobody
    was there or nobody knows.
    """
    from teiden import requests

    if not servers and not yes:
        confirm()
    tell(requests.power_off, servers, everything=not servers, **asked)


@click.command(
    short_help="Start servers, or everything that is off.", epilog=console.example("on blade1 blade2")
)
@click.argument("servers", nargs=-1, metavar="[SERVER]...")
@asking
def on(servers: tuple[str, ...], **asked: Any) -> None:
    """Start these servers; without a SERVER everything, in order, also where nothing starts by itself."""
    from teiden import requests

    tell(requests.power_on, servers, everything=not servers, **asked)


@click.command(
    short_help="Leave devices alone: no command until released.",
    epilog=console.example('hold ups5 --by "battery exchange"'),
)
@click.argument("devices", nargs=-1, required=True, metavar="DEVICE...")
@asking
def hold(devices: tuple[str, ...], **asked: Any) -> None:
    """Send these devices no command until they are released.

    Mind: in an outage they are not shut down either.
    """
    from teiden import requests

    tell(requests.hold, devices, **asked)


@click.command(short_help="End a hold.", epilog=console.example('release ups5 --by "battery exchange"'))
@click.argument("devices", nargs=-1, required=True, metavar="DEVICE...")
@asking
def release(devices: tuple[str, ...], **asked: Any) -> None:
    """Let these devices be commanded again."""
    from teiden import requests

    tell(requests.release, devices, **asked)


def confirm() -> None:
    """A whole site is not switched off by a slip of the hand."""
    if not sys.stdin.isatty():
        raise click.UsageError(t("this powers off the whole site; name servers, or say --yes"))
    click.echo(t("This powers off the whole site: every linked server, every array, the control nodes."))
    try:
        typed = click.prompt(t("Type {word} to go on", word=TYPED), default="", show_default=False)
    except click.Abort:
        raise KeyboardInterrupt from None
    if typed.strip() != TYPED:
        raise console.NotCarriedOut(t("not confirmed; nothing was asked"))


def tell(ask: Callable[..., Reply], names: tuple[str, ...], *, as_json: bool, **asked: Any) -> None:
    """Ask, and say what came back."""
    from teiden import requests

    try:
        reply = ask(*names, **asked)
    except requests.NotReached as error:
        raise console.NotCarriedOut(str(error)) from None
    if as_json:
        print_json(reply)
    else:
        click.echo(in_words(reply), err=not reply.accepted)
    codes = {True: console.HOLDS, False: console.BROKEN, None: console.NOT_DONE}
    click.get_current_context().exit(codes[reply.accepted])


def in_words(reply: Reply) -> str:
    match reply.accepted:
        case True:
            return t("accepted (request {id})", id=reply.id)
        case False:
            return t("refused: {reason}", reason=reply.reason)
    return t("not known: {reason} (request {id})", reason=reply.reason, id=reply.id)


def print_json(reply: Reply) -> None:
    import json
    from dataclasses import asdict

    console.speak_utf8()
    click.echo(json.dumps(asdict(reply), ensure_ascii=False))
