"""`teiden broadcast ADDRESS/MASK`: the address for the cluster linkage's communication IP (R7-07)."""

from __future__ import annotations

import click

from teiden.commands import console
from teiden.commands.language import lang


@click.command(
    short_help="The local broadcast address of a control node's network.",
    epilog=console.example("broadcast 172.16.134.12/24"),
)
@click.argument("address", metavar="ADDRESS/MASK")
@lang
def broadcast(address: str) -> None:
    """Print the local broadcast address for a node's address and subnet mask.

    It goes into `cluster: {broadcast: ...}` of the site file, the same for every node.
    """
    from teiden.broadcast import NoBroadcast, broadcast_address

    try:
        click.echo(broadcast_address(address))
    except NoBroadcast as reason:
        raise click.BadParameter(str(reason), param_hint="'ADDRESS/MASK'") from None
