"""`teiden reload`: the service on this node takes up its site file as it lies on the disk (R6-45)."""

from __future__ import annotations

import click

from teiden.commands import console, service_options
from teiden.commands.language import lang
from teiden.language.say import t


@click.command(
    "reload",
    short_help="Take up a changed site file, where that needs no more.",
    epilog=console.example("reload"),
)
@service_options.timeout(90.0)
@service_options.SOCKET
@lang
@click.pass_context
def reload_(ctx: click.Context, timeout_s: float, socket: str | None) -> None:
    """Let the service on this node take up its site file as it lies on the disk.

    Only keys that need nothing else, only while no incident is open and all mains are there, and an armed
    service only a proved file; anything else is refused, and it says what it needs. Exit code 1 then.
    """
    from teiden import requests
    from teiden.commands.requests import in_words

    try:
        reply = requests.reload(socket=socket, timeout_s=timeout_s)
    except requests.NotReached as error:
        raise console.NotCarriedOut(str(error)) from None
    if reply.accepted:
        click.echo(t("taken up: another life of the service begins by it"))
        return
    click.echo(in_words(reply), err=True)
    ctx.exit(console.BROKEN if reply.accepted is False else console.NOT_DONE)
