"""`teiden send SITE`: a proved site file to the other control nodes (R6-34, R8-01)."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from teiden.commands import console, service_options
from teiden.commands.language import lang
from teiden.language.say import t

if TYPE_CHECKING:
    from teiden.configuration.before_sending import Ready
    from teiden.configuration.sending import Sent, There


@click.command(
    short_help="Send a proved site file to the other control nodes.",
    epilog=console.example("send my-site.yaml --to control2"),
)
@click.argument("site")
@click.option("--to", "to", multiple=True, metavar="NODE", help="Only to this node; may be said again.")
@click.option("--node", metavar="NAME", help="Which control node this is.")
@click.option("--overwrite", is_flag=True, help="Also where somebody has changed the file there.")
@click.option("--yes", is_flag=True, help="Do not ask back.")
@click.option("--book", metavar="FILE", help="The book of an emulated room: its nodes.")
@click.option("--plain", is_flag=True, help="No colours, even on a terminal.")
@service_options.SOCKET
@lang
@click.pass_context
def send(
    ctx: click.Context,
    site: str,
    to: tuple[str, ...],
    node: str | None,
    overwrite: bool,
    yes: bool,
    book: str | None,
    plain: bool,
    socket: str | None,
) -> None:
    """Send SITE and what was proved of it to the other control nodes, on any one of them.

    The difference is shown first. Nothing is sent while an incident is open, nor what is not proved; each
    node checks it once more. It counts there after a reload or a restart, which `teiden status` there says.
    Who may read this node's key may send: root, and the service's user. Exit code 1 if a node refuses.
    """
    import asyncio
    from pathlib import Path

    from realtime.peers.tls import NoIdentity
    from teiden.configuration import sending
    from teiden.configuration.before_sending import NotToSend, ready
    from teiden.emulator import book as books

    try:
        found = ready(site, node, socket, None if book is None else books.read(Path(book)))
        nodes = _named(to, found.sender.others)
        there = asyncio.run(sending.look(found.sender, found.file, nodes))
        wanted = [one for one in there if _shown(one, found, overwrite=overwrite, plain=plain)]
        if wanted and not yes:
            _confirm(wanted)
        sent = [asyncio.run(sending.send(found.sender, found.file, found.proof, one)) for one in wanted]
    except (NotToSend, NoIdentity) as error:
        raise console.NotCarriedOut(t("nothing was sent: {why}", why=error)) from None
    except OSError as error:
        raise console.NotCarriedOut(f"{error.filename or site}: {error.strerror}") from None
    _say(sent, found)
    refused = [*(one for one in there if one.refusal or _conflicts(one, overwrite)), *filter(_no, sent)]
    ctx.exit(console.BROKEN if refused else console.HOLDS)


def _no(one: Sent) -> bool:
    return bool(one.refusal)


def _conflicts(there: There, overwrite: bool) -> bool:
    return there.conflict and not overwrite


def _named(to: tuple[str, ...], others: tuple[str, ...]) -> tuple[str, ...]:
    for name in to:
        if name not in others:
            known = ", ".join(others) or t("none")
            raise click.UsageError(
                t("{name} is no other control node; there are: {known}", name=name, known=known)
            )
    if not others:
        raise click.UsageError(t("this site has no other control node"))
    return tuple(dict.fromkeys(to)) or others


def _shown(there: There, found: Ready, *, overwrite: bool, plain: bool) -> bool:
    """Say what lies there; whether the file is to be sent there."""
    from teiden.configuration.changes import unified

    if there.refusal:
        click.echo(f"{there.node}: {there.refusal}", err=True)
        return False
    if there.next == found.file.digest:
        click.echo(t("{node}: has this file already", node=there.node))
        return False
    theirs, ours = (text.decode("utf-8-sig", "replace") for text in (there.content, found.file.content))
    name = found.file.path.name
    console.say(
        unified(theirs, ours, f"{there.node}/{name}", f"{found.sender.me}/{name}"),
        colour=console.in_colour(plain=plain),
    )
    if there.conflict:
        click.echo(
            t(
                "{node}: CONFLICT: somebody has changed the file there ({hash})",
                node=there.node,
                hash=there.next[:12],
            ),
            err=True,
        )
        if not overwrite:
            click.echo(t("not sent there; `--overwrite` takes this one all the same"), err=True)
    return overwrite or not there.conflict


def _confirm(wanted: list[There]) -> None:
    names = ", ".join(one.node for one in wanted)
    if not sys.stdin.isatty():
        raise click.UsageError(t("this sends a site file to {names}; say --yes", names=names))
    if not click.confirm(t("Send it to {names}?", names=names), default=False):
        raise console.NotCarriedOut(t("not confirmed; nothing was sent"))


def _say(sent: list[Sent], found: Ready) -> None:
    from teiden.configuration.before_sending import still_goes_by

    for one in sent:
        if one.refusal:
            click.echo(t("{node}: refused: {reason}", node=one.node, reason=one.refusal), err=True)
        else:
            click.echo(t("{node}: taken; it counts there after what its status says", node=one.node))
    if not still_goes_by(found):
        click.echo(t("mind: the service on this node goes by another file"), err=True)
