"""`teiden web SITE`: the console for a browser, beside the service that runs on this node."""

from __future__ import annotations

import click

from teiden.commands import console
from teiden.commands.language import lang

FOLDER = "/var/lib/teiden/web"


@click.command(
    short_help="The console for a browser, beside the service on this node.",
    epilog=console.example("web my-site.yaml --node control1"),
)
@click.argument("site")
@click.option(
    "--node", metavar="NAME", help="Which control node this is. Default: the one called like this machine."
)
@click.option(
    "--listen",
    default="127.0.0.1:7480",
    show_default=True,
    metavar="ADDRESS:PORT",
    help="Where browsers reach it. Another address than this machine's own needs --certificate.",
)
@click.option("--certificate", default="", metavar="FILE", help="The certificate it shows, PEM.")
@click.option("--key", default="", metavar="FILE", help="Its private key, PEM.")
@click.option(
    "--name", "names", multiple=True, metavar="HOST", help="A name that browsers call it; may be repeated."
)
@click.option(
    "--folder", default=None, metavar="DIR", help=f"Where it keeps its own things. Default: {FOLDER}."
)
@click.option(
    "--metrics-token", default="", metavar="FILE", help="Whoever brings this token may read /metrics."
)
@click.option("--watch-only", is_flag=True, help="Only show, whatever the account.")
@click.option("--two-persons", is_flag=True, help="Switching off needs another operator's approval.")
@click.option("--beside", type=int, hidden=True)
@click.option("--book", metavar="FILE", help="The book of an emulated room: a console for training.")
@lang
def web(
    site: str,
    node: str | None,
    listen: str,
    certificate: str,
    key: str,
    names: tuple[str, ...],
    folder: str | None,
    watch_only: bool,
    two_persons: bool,
    beside: int | None,
    book: str | None,
    metrics_token: str,
) -> None:
    """Show what the service on this node does, and let operators ask it for something.

    It is a process of its own: when it ends, stalls or fills its disk, no sequence is delayed. Without
    accounts (`teiden account add`) it only shows.
    """
    from teiden.web.command import Options, run

    options = Options(
        site=site,
        node=node,
        listen=listen,
        book=book,
        folder=folder or FOLDER,
        certificate=certificate,
        key=key,
        names=names,
        metrics_token=metrics_token,
        watch_only=watch_only,
        two_persons=two_persons,
    )
    try:
        run(options, beside)
    except OSError as error:
        raise console.NotCarriedOut(f"{error.filename or listen}: {error.strerror}") from None
