"""`teiden told shutdown|reboot`: for the cluster's manager, to tell what it is about to do itself (R2-08)."""

from __future__ import annotations

from typing import Any

import click

from teiden.commands import console, service_options
from teiden.commands.language import lang
from teiden.commands.requests import tell

MANAGER_SOCKET = "/run/teiden/manager.sock"


@click.command(
    short_help="Tell the service what the cluster's manager does itself.",
    epilog=console.example("told shutdown"),
)
@click.argument("news", type=click.Choice(["shutdown", "reboot"]))
@click.argument("nodes", nargs=-1, metavar="[NODE]...")
@lang
@click.option(
    "--socket",
    default=MANAGER_SOCKET,
    metavar="PATH",
    envvar="TEIDEN_MANAGER_SOCKET",
    show_envvar=True,
    help=f"Where the service listens for it.  [default: {MANAGER_SOCKET}]",
)
@click.option("--by", default="", metavar="NAME", help="Who tells it, for the journal.")
@service_options.timeout(10.0)
@click.option("--json", "as_json", is_flag=True, help="The answer for scripts.")
def told(news: str, nodes: tuple[str, ...], **asked: Any) -> None:
    """Tell that the cluster, or a NODE of it, is about to be shut down or booted again.

    For scripts of the cluster's manager. The service stops nobody then: it sees to the power. Exit code
    1 if it does not believe it, 3 if nobody was there.
    """
    from teiden import requests

    tell(requests.tell, (news, *nodes), **asked)
